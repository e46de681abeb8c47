"""A tokenized text: its ids, and which characters each of them stands for."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence

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

    def after(self, position: int) -> int:
        """The index after the token that a text's part up to a position ends with."""
        if self._offsets is None and self._encoding is not None:
            found = self._encoding.char_to_token(position - 1)
            if found is not None:
                return found + 1
        return self.first_from(position)


class Parted(Tokens):
    """The tokens of a text that was tokenized in parts.

    Args:
        parts: where each part begins in the text, and its tokens.
    """

    __slots__ = ("_begins", "_firsts", "_parts")

    def __init__(self, parts: Iterable[tuple[int, Tokens]]) -> None:
        super().__init__([])
        self._begins: list[int] = []
        self._firsts: list[int] = []
        self._parts: list[Tokens] = []
        for begin, tokens in parts:
            self._begins.append(begin)
            self._firsts.append(len(self.ids))
            self._parts.append(tokens)
            self.ids.extend(tokens.ids)

    @property
    def offsets(self) -> Sequence[tuple[int, int]]:
        """The characters of every token."""
        if self._offsets is None:
            self._offsets = [
                (begin + start, begin + stop)
                for begin, part in zip(self._begins, self._parts, strict=True)
                for start, stop in part.offsets
            ]
        return self._offsets

    def start_of(self, index: int) -> int:
        """The first character of a token."""
        part = bisect_right(self._firsts, index) - 1
        return self._begins[part] + self._parts[part].start_of(index - self._firsts[part])

    def first_after(self, position: int) -> int:
        """The index of the first token that has a character at or after a position."""
        part = max(bisect_right(self._begins, position) - 1, 0)
        return self._firsts[part] + self._parts[part].first_after(position - self._begins[part])

    def first_from(self, position: int) -> int:
        """The index of the first token that begins at or after a position."""
        part = max(bisect_right(self._begins, position) - 1, 0)
        return self._firsts[part] + self._parts[part].first_from(position - self._begins[part])

    def after(self, position: int) -> int:
        """The index after the token that a text's part up to a position ends with."""
        part = max(bisect_right(self._begins, position - 1) - 1, 0)
        return self._firsts[part] + self._parts[part].after(position - self._begins[part])
