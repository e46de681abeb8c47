"""Values of variables that no file of rows can hold: only their type is written in their place."""

from collections.abc import Mapping
from typing import cast

_KEY = "$type_of_no_text"


def stands_for(value: object) -> dict[str, str]:
    """What is written in the place of a value that is no text, no number and no list of such."""
    return {_KEY: type(value).__name__}


def type_in(value: object) -> str | None:
    """The type of the first such value in a cell; ``None`` if there is none."""
    if isinstance(value, Mapping):
        entries = cast("Mapping[str, object]", value)
        if len(entries) == 1 and _KEY in entries:
            return str(entries[_KEY])
        found = map(type_in, entries.values())
    elif isinstance(value, list):
        found = map(type_in, cast("list[object]", value))
    else:
        return None
    return next((name for name in found if name is not None), None)
