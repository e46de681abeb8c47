"""What training needs of a row; stands apart so that whoever only counts rows loads no torch."""

from collections.abc import Sequence
from typing import Protocol

IGNORED = -100
"""The label of a token that is read and not learned."""


class TokenRow(Protocol):
    """A row's tokens, and a label for each (or :data:`IGNORED`)."""

    @property
    def input_ids(self) -> list[int]: ...  # noqa: D102
    @property
    def labels(self) -> list[int]: ...  # noqa: D102


def lengths_of(rows: Sequence[TokenRow]) -> Sequence[int]:
    """How many tokens each row has; rows that know it are not read for it."""
    known: Sequence[int] | None = getattr(rows, "lengths", None)
    return [len(row.input_ids) for row in rows] if known is None else known
