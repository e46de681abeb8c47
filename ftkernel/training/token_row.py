"""What training needs of a row; stands apart so that whoever only counts rows loads no torch."""

from typing import Protocol

IGNORED = -100
"""The label of a token that is read and not learned."""


class TokenRow(Protocol):
    """A row's tokens, and a label for each (or :data:`IGNORED`)."""

    @property
    def input_ids(self) -> list[int]: ...  # noqa: D102
    @property
    def labels(self) -> list[int]: ...  # noqa: D102
