"""A tokenized text: its ids, and which characters each of them stands for."""

from bisect import bisect_right
from collections.abc import Sequence

from ftkernel.data.tokenizer import Encoding


class Tokens:
    """The tokens of one text, with their characters either listed or asked of the tokenizer.

    Args:
        ids: the token ids.
        offsets: the first character of each token and the one after its last.
        encoding: knows the same; asking it now and then is cheaper than listing all.
    """

    __slots__ = ("_encoding", "_offsets", "ids")

    def __init__(
        self,
        ids: list[int],
        *,
        offsets: Sequence[tuple[int, int]] | None = None,
        encoding: Encoding | None = None,
    ) -> None:
        self.ids = ids
        self._offsets = offsets
        self._encoding = encoding

    @property
    def offsets(self) -> Sequence[tuple[int, int]]:
        """The characters of every token."""
        if self._offsets is None:
            self._offsets = self._encoding.offsets if self._encoding else ()
        return self._offsets

    def start_of(self, index: int) -> int:
        """The first character of a token."""
        if self._offsets is None and self._encoding is not None:
            found = self._encoding.token_to_chars(index)
            if found is not None:
                return found[0]
        return self.offsets[index][0]

    def first_after(self, position: int) -> int:
        """The index of the first token that has a character at or after a position."""
        if self._offsets is None and self._encoding is not None:
            found = self._encoding.char_to_token(position)
            if found is not None:
                return found
        return bisect_right(self.offsets, position, key=lambda pair: pair[1])

    def first_from(self, position: int) -> int:
        """The index of the first token that begins at or after a position."""
        return bisect_right(self.offsets, position - 1, key=lambda pair: pair[0])
