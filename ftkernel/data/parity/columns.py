"""Which columns of a row hold what, and which words name the roles, as LLaMA-Factory takes them.

An entry that lists some columns takes away the default names of all others, and likewise for tags.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from ftkernel.data.registry import Attributes

_COLUMNS = {
    "prompt": "instruction",
    "query": "input",
    "response": "output",
    "messages": "conversations",
    "history": None,
    "system": None,
    "tools": None,
    "images": None,
    "videos": None,
    "audios": None,
    "chosen": None,
    "rejected": None,
    "kto_tag": None,
}
_TAGS = {
    "role_tag": "from",
    "content_tag": "value",
    "user_tag": "human",
    "assistant_tag": "gpt",
    "observation_tag": "observation",
    "function_tag": "function_call",
    "system_tag": "system",
}


@dataclass(frozen=True)
class Layout:
    """The form of a data set's rows.

    ``columns`` and ``tags`` have every key; ``None`` where there is no such column or tag.
    """

    formatting: str
    ranking: bool
    columns: Mapping[str, str | None]
    tags: Mapping[str, str | None]


def layout_of(attributes: Attributes) -> Layout:
    """The layout of a source by what was said of it."""
    said = attributes
    return layout(said.formatting, said.ranking, said.columns, said.tags)


def layout(
    formatting: str | None = None,
    ranking: bool = False,
    columns: Mapping[str, str | None] | None = None,
    tags: Mapping[str, str | None] | None = None,
) -> Layout:
    """The layout of an entry of ``dataset_info.json``; ``None`` where the entry has no such key."""
    return Layout(
        formatting or "alpaca", bool(ranking), _names(columns, _COLUMNS), _names(tags, _TAGS)
    )


def _names(
    given: Mapping[str, str | None] | None, defaults: Mapping[str, str | None]
) -> Mapping[str, str | None]:
    if given is None:
        return defaults
    return {key: given.get(key) for key in defaults}
