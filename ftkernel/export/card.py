"""The card of a merged model: what it was made from, how, how well, and the proof.

Pure text from plain data. The block at the top is YAML as the hub's model card specification has
it. What a person or a file has said stands in code blocks or is escaped, so that it can not become
markup.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import yaml

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+!|~])")
_FENCES = re.compile(r"`{3,}")


@dataclass(frozen=True, kw_only=True)
class CardFacts:
    """Everything the card says. ``None`` and empty values are left out of it."""

    title: str
    base: str
    base_hub_id: str | None = None
    method: str
    step: int | None = None
    licence: str | None = None
    licence_name: str | None = None
    licence_link: str | None = None
    datasets: Sequence[str] = ()
    """Hub ids only; they become links."""
    dtype: str
    recipe_yaml: str | None = None
    data: Mapping[str, object] = field(default_factory=dict)
    losses: Mapping[str, float] = field(default_factory=dict)
    proof: Mapping[str, object] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    chat: bool = True


def render_card(facts: CardFacts) -> str:
    """The text of ``README.md``."""
    parts = [
        f"---\n{_front_matter(facts)}---\n",
        f"# {escape(facts.title)}\n",
        _summary(facts),
        _usage(),
        _table("Data", facts.data),
        _table("Losses", {name: f"{value:.4f}" for name, value in facts.losses.items()}),
        _proof(facts),
        _recipe(facts),
        _table("Versions", facts.versions),
    ]
    return "\n".join(part for part in parts if part)


def escape(text: str) -> str:
    """Text of others as text of ours: no markup, no HTML, one line."""
    plain = " ".join(text.split()).replace("&", "&amp;")
    return _SPECIAL.sub(r"\\\1", plain).replace("\\<", "&lt;").replace("\\>", "&gt;")


def fence(text: str, language: str = "") -> str:
    """A code block that its content can not end."""
    longest = max((len(run) for run in _FENCES.findall(text)), default=2)
    ticks = "`" * max(3, longest + 1)
    return f"{ticks}{language}\n{text.rstrip()}\n{ticks}\n"


def _front_matter(facts: CardFacts) -> str:
    values: dict[str, object] = {"library_name": "transformers", "pipeline_tag": "text-generation"}
    if facts.licence:
        values["license"] = facts.licence
    if facts.licence_name:
        values["license_name"] = facts.licence_name
    if facts.licence_link:
        values["license_link"] = facts.licence_link
    if facts.base_hub_id:
        values["base_model"] = facts.base_hub_id
        values["base_model_relation"] = "finetune"
    if facts.datasets:
        values["datasets"] = list(facts.datasets)
    values["tags"] = ["ftkernel", "sft", facts.method]
    return yaml.safe_dump(values, sort_keys=False, allow_unicode=True)


def _summary(facts: CardFacts) -> str:
    how = "tuned whole" if facts.method == "full" else f"tuned with {escape(facts.method)}, merged"
    at = f" at step {facts.step:,}" if facts.step is not None else ""
    licence = (
        f"The base is licensed under {escape(facts.licence_name or facts.licence)}; this model "
        "is a derivative of it."
        if facts.licence
        else "The licence of the base is not known here; look it up before you pass this model on."
    )
    return f"{escape(facts.base)}, {how}{at}, in {facts.dtype}. Made with ftkernel.\n\n{licence}\n"


def _usage() -> str:
    code = (
        "from transformers import pipeline\n\n"
        'chat = pipeline("text-generation", model="path/to/this/folder")\n'
        'print(chat([{"role": "user", "content": "Who are you?"}])[0]["generated_text"][-1])'
    )
    return f"## Use\n\n{fence(code, 'python')}"


def _table(title: str, values: Mapping[str, object]) -> str:
    if not values:
        return ""
    rows = [f"| {escape(name)} | {escape(_shown(value))} |" for name, value in values.items()]
    return "\n".join([f"## {title}\n", "| | |", "|---|---|", *rows, ""])


def _proof(facts: CardFacts) -> str:
    if not facts.proof:
        return ""
    text = (
        "Base and adapter, unmerged in float32, and this folder, loaded afresh, were compared at "
        "every token of real prompts."
        if facts.method != "full"
        else "The run's result in float32 and this folder, loaded afresh, were compared at every "
        "token of real prompts."
    )
    return _table("Proof of the merge", facts.proof).replace("\n\n", f"\n\n{text}\n\n", 1)


def _recipe(facts: CardFacts) -> str:
    if not facts.recipe_yaml:
        return ""
    return f"## Recipe\n\n{fence(facts.recipe_yaml, 'yaml')}"


def _shown(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    return f"{value:,}" if isinstance(value, int) else f"{value:.4g}"
