"""A template read off a tokenizer's chat template, by what it makes of four conversations.

LLaMA-Factory does so where a recipe names no template. What it finds is not always what the chat
template means (it sees no tools, and a system prompt that is written in by itself it finds by
comparing letters), but it is what its users have trained with.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from ftkernel.data.parity.reading import problem
from ftkernel.data.templates.spec import CONTENT, TemplateSpec
from ftkernel.errors import FtError

_PROBE = "{{content}}"


def own_spec(tokenizer: Any) -> TemplateSpec:  # noqa: ANN401 - transformers' own
    """The template that a tokenizer's chat template looks like.

    Raises:
        FtError: if the chat template refuses one of the conversations.
    """
    prefix = tokenizer.decode(tokenizer.encode(""))

    def shown(*turns: tuple[str, str], asks: bool) -> str:
        messages = [{"role": role, "content": content} for role, content in turns]
        return _rendered(tokenizer, messages, asks)[len(prefix) :]

    question, answer = ("user", _PROBE), ("assistant", _PROBE)
    system = shown(("system", _PROBE), asks=False)
    user = shown(question, asks=True)
    with_empty_system = shown(("system", ""), question, asks=True)
    said = shown(question, answer, asks=False)[len(user) :]
    thinks = "<think>" in said
    said = said.replace("<think>", "").replace("</think>", "").lstrip("\n")
    default = ""
    if len(user) > len(with_empty_system):
        default = _extra(with_empty_system, user)
        user = user[len(system.replace(_PROBE, default, 1)) :]

    def text(part: str) -> str:
        if _PROBE not in part:
            raise FtError("parity.own_template", problem=repr(part))
        return part.replace(_PROBE, CONTENT, 1)

    return TemplateSpec(
        name="",
        source="",
        prefix=(prefix,) if prefix else (),
        system=(text(system),),
        user=(text(user),),
        assistant=(text(said),),
        function=(text(said),),
        observation=(text(user),),
        default_system=default,
        kind="reasoning" if thinks else "plain",
    )


def _rendered(tokenizer: Any, messages: Sequence[Mapping[str, str]], asks: bool) -> str:  # noqa: ANN401
    try:
        return tokenizer.apply_chat_template(messages, add_generation_prompt=asks, tokenize=False)
    except Exception as fault:  # a boundary: chat templates raise what they like
        raise FtError("parity.own_template", problem=problem(fault)) from fault


def _extra(short: str, long: str) -> str:
    """The characters of a text that are left when those of a shorter one are taken out in order."""
    left = iter(long)
    extra: list[str] = []
    for wanted in short:
        for found in left:
            if found == wanted:
                break
            extra.append(found)
        else:
            return "".join(extra)
    return "".join(extra)
