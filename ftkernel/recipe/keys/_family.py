"""Rows of keys that are not available yet: what they share is said once for the family."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ftkernel.recipe.key import Key

Row = tuple[str, str, object] | tuple[str, str, object, Mapping[str, object]]
"""Name, kind, default, and further fields of :class:`Key`."""


@dataclass(frozen=True)
class Family:
    """What its keys are about, in both languages, and the keys."""

    en: str
    zh: str
    rows: tuple[Row, ...]


def keys_of(families: Iterable[Family]) -> tuple[Key, ...]:
    """The declarations of all rows, with status ``later``."""
    return tuple(_key(family, row) for family in families for row in family.rows)


def _key(family: Family, row: Row) -> Key:
    fields: dict[str, Any] = {**(row[3] if len(row) == 4 else {})}
    fields |= {
        "name": row[0],
        "kind": row[1],
        "default": row[2],
        "group": "later",
        "status": "later",
        "en": f"Not available yet ({family.en}).",
        "zh": f"尚未提供（{family.zh}）。",
    }
    return Key(**fields)
