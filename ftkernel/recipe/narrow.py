"""Values of unknown type as lists and dictionaries of objects, so that the type checker follows."""

from collections.abc import Mapping, Sequence
from typing import cast


def items_of(value: object) -> list[object] | None:
    """The items of a list or tuple; ``None`` for everything else."""
    return list(cast("Sequence[object]", value)) if isinstance(value, list | tuple) else None


def pairs_of(value: object) -> dict[str, object] | None:
    """A mapping as a dictionary with text keys; ``None`` for everything else."""
    if not isinstance(value, Mapping):
        return None
    return {str(key): item for key, item in cast("Mapping[object, object]", value).items()}
