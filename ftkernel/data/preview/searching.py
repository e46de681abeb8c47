"""Looking for a text in rows, a while at a time: who asks is answered at once, and asks again."""

import time
from collections.abc import Callable

_AT_A_TIME = 0.4
"""Seconds that are looked for before there is an answer, found or not."""


class Search:
    """One text, upper or lower case, and the rows that have it, in order.

    Attributes:
        found: the indices of rows that have it, of those looked at.
        looked_at: how many rows were.
    """

    def __init__(self, text: str) -> None:
        self.text = text.casefold()
        self.found: list[int] = []
        self.looked_at = 0

    def go_on(self, words: Callable[[int], str], rows: int, enough: int) -> None:
        """Look at more rows, until so many are found, all are looked at, or time is over.

        Args:
            words: the text of a row.
            rows: how many there are by now.
            enough: rows found after which there is no need to go on.
        """
        end = time.monotonic() + _AT_A_TIME
        while self.looked_at < rows and len(self.found) < enough and time.monotonic() < end:
            if self.text in words(self.looked_at).casefold():
                self.found.append(self.looked_at)
            self.looked_at += 1
