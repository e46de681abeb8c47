"""Reading one value out of an event that an older, newer or broken writer may have written.

A view never fails because of a line in a file: what is missing or of another type is ``None``.
"""

import math
from collections.abc import Mapping
from typing import Any, cast

Event = Mapping[str, Any]


def number(event: Event, name: str) -> float | None:
    """A finite number, or ``None``."""
    value = event.get(name)
    if type(value) is float:  # nearly always, and there are as many of these as steps
        return value if math.isfinite(value) else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        found = float(value)
    except OverflowError:
        return None
    return found if math.isfinite(found) else None


def whole(event: Event, name: str) -> int | None:
    """A whole number, or ``None``."""
    value = event.get(name)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63:
        return value
    return None


def text(event: Event, name: str) -> str:
    """A string, empty when there is none."""
    value = event.get(name)
    return value if isinstance(value, str) else ""


def mapping(event: Event, name: str) -> dict[str, object]:
    """A mapping with string keys, empty when there is none."""
    value = event.get(name)
    if not isinstance(value, Mapping):
        return {}
    return {str(key): item for key, item in cast("Mapping[object, object]", value).items()}


def rows(event: Event, name: str) -> list[Event]:
    """A list of mappings; anything else in it is left out."""
    value = event.get(name)
    if not isinstance(value, list | tuple):
        return []
    items = cast("list[object]", value)
    return [cast("Event", item) for item in items if isinstance(item, Mapping)]
