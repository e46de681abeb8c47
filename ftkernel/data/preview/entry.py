"""The entry of a ``dataset_info.json`` that says of a source what was recognised in it."""

from typing import Any

from ftkernel.data.forms import Form

_TAGS = {
    "user": "user_tag",
    "assistant": "assistant_tag",
    "tool": "observation_tag",
    "call": "function_tag",
    "system": "system_tag",
}


def entry_of(form: Form) -> dict[str, Any]:
    """``formatting``, ``ranking``, ``columns`` and ``tags`` of a form, as far as they say anything.

    Turns and columns are named as LLaMA-Factory names them; what it has no name for (pairs of
    whole texts, ratings) goes under ours, whose columns are found again by their names.
    """
    known = form.base in ("alpaca", "sharegpt", "openai")
    out: dict[str, Any] = {"formatting": form.base if known else form.kind}
    if form.kind == "preference" and known:
        out["ranking"] = True
    columns = {part: name for part, name in form.columns.items() if name in form.found}
    if columns and (known or form.guessed):
        out["columns"] = columns
    if form.roles and form.base in ("sharegpt", "openai"):
        out["tags"] = {"role_tag": form.tags.role, "content_tag": form.tags.content}
        for word in form.roles:
            tag = _TAGS.get(form.tags.roles.get(word, ""))
            if tag is not None:
                out["tags"].setdefault(tag, word)
    return out
