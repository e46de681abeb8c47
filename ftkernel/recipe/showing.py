"""Values and ranges as a person writes and reads them: on one line, the same in every language."""

import math

from ftkernel.recipe.key import Key
from ftkernel.recipe.narrow import items_of, pairs_of


def example(key: Key) -> str:
    """A value to show in a hint, as it would be written."""
    shown = key.example if key.example is not None else key.default
    return as_yaml(shown)


def as_yaml(value: object) -> str:
    """A value on one line as YAML writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    if isinstance(value, float):
        return _number_text(value)
    if (items := items_of(value)) is not None:
        return ",".join(str(item) for item in items)
    if (pairs := pairs_of(value)) is not None:
        return "{" + ", ".join(f"{name}: {as_yaml(item)}" for name, item in pairs.items()) + "}"
    return str(value)


def range_text(key: Key) -> str:
    """The allowed range as an inequality, which reads the same in every language."""
    left = (
        f"{as_yaml(key.ge)} ≤ "
        if key.ge is not None
        else f"{as_yaml(key.gt)} < "
        if key.gt is not None
        else ""
    )
    right = (
        f" ≤ {as_yaml(key.le)}"
        if key.le is not None
        else f" < {as_yaml(key.lt)}"
        if key.lt is not None
        else ""
    )
    return f"{left}{key.name}{right}"


def _number_text(value: float) -> str:
    if math.isfinite(value) and value == int(value) and abs(value) < 1e16:
        return str(int(value))
    return repr(value)
