"""What the first rows hold in a column, whatever it is called."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from ftkernel.data.formats.cells import is_missing, parsed
from ftkernel.data.formats.names import CONTENT_KEYS, ROLE_KEYS, ROLES, TAGS
from ftkernel.data.rows import Row

Shape = Literal["nothing", "turns", "turn", "text", "truth", "number", "list", "mapping"]


@dataclass(frozen=True)
class Tags:
    """How turns are written: the names of who speaks and what is said, and the words for roles."""

    role: str = "role"
    content: str = "content"
    roles: Mapping[str, str] = field(default_factory=lambda: ROLES)

    @property
    def is_sharegpt(self) -> bool:
        """Whether turns are written as ShareGPT's are."""
        return self.role != "role"


def values_of(rows: Sequence[Row], column: str) -> list[object]:
    """What some rows hold in a column, where they hold something."""
    found = (row.data.get(column) for row in rows)
    return [value for value in found if not is_missing(value) and value != ""]


def shape_of(rows: Sequence[Row], column: str) -> Shape:
    """What most of the first rows hold in a column.

    Single rows may hold something else: they are then refused one by one, and do not decide what
    the others are.
    """
    shapes: Counter[Shape] = Counter(_shape(value) for value in values_of(rows, column))
    del shapes["nothing"]
    return shapes.most_common(1)[0][0] if shapes else "nothing"


def _shape(value: object) -> Shape:
    value = parsed(value)
    if isinstance(value, bool):
        return "truth"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        return "text"
    if isinstance(value, Mapping):
        return "turn" if _is_turn(value) else "mapping"
    if isinstance(value, list):
        if not value:
            return "nothing"
        return "turns" if any(isinstance(v, Mapping) and _is_turn(v) for v in value) else "list"
    return "mapping"


def _is_turn(value: Mapping[object, object]) -> bool:
    return any(key in value for key in ROLE_KEYS) and any(
        key in value for key in (*CONTENT_KEYS, "tool_calls")
    )


def turns_of(value: object) -> list[Mapping[str, object]]:
    """The turns in a cell; none if it holds none."""
    value = parsed(value)
    if isinstance(value, Mapping):
        value = [value]
    if not isinstance(value, list):
        return []
    return [turn for turn in value if isinstance(turn, Mapping)]


def tags_of(
    rows: Sequence[Row], columns: Sequence[str], asked: Mapping[str, str], *, sharegpt: bool
) -> Tags:
    """How the turns in some columns are written.

    Args:
        rows: the first ones.
        columns: that hold turns.
        asked: the recipe's ``tags``; what is not among them is as it is found, or as usual.
        sharegpt: whether to take ShareGPT's names where no row shows any.
    """
    role, content = ("from", "value") if sharegpt else ("role", "content")
    for turn in (t for column in columns for v in values_of(rows, column) for t in turns_of(v)):
        found_role = next((key for key in ROLE_KEYS if key in turn), None)
        found_content = next((key for key in CONTENT_KEYS if key in turn), None)
        if found_role and found_content:
            role, content = found_role, found_content
            break
    named = {asked[tag].lower(): role for tag, role in TAGS.items() if asked.get(tag)}
    return Tags(
        asked.get("role_tag") or role,
        asked.get("content_tag") or content,
        {**ROLES, **named} if named else ROLES,
    )


def roles_in(rows: Sequence[Row], columns: Sequence[str], tags: Tags) -> tuple[str, ...]:
    """Who speaks in the first rows, as they are called there, in the order of appearance."""
    found: dict[str, None] = {}
    for column in columns:
        for value in values_of(rows, column):
            for turn in turns_of(value):
                if isinstance(said := turn.get(tags.role), str):
                    found.setdefault(said)
    return tuple(found)
