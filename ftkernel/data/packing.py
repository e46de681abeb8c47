"""Several short rows in one: less padding, and nothing else changes.

Rows are packed by best-fit decreasing (the longest first, each where it leaves the least room):
Ding et al. 2024, "Fewer Truncations Improve Language Modeling", https://arxiv.org/abs/2404.10830.
Parts of a packed row do not see each other, and each begins at position 0; so what is learned of
them is what would be learned of each alone. Rows are packed within windows, so that a stream of any
length is packed in constant memory and a preview packs as a run does.
"""

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")

WINDOW = 4096
"""Rows that are packed with one another. Larger windows waste hardly less."""


def best_fit(lengths: Sequence[int], room: int) -> list[list[int]]:
    """Which rows go together.

    Args:
        lengths: tokens of each row, none more than ``room``.
        room: tokens of a packed row.

    Returns:
        The indices of each packed row in their order; packed rows by their first index.
    """
    bins: list[list[int]] = []
    left: list[tuple[int, int]] = []
    """Room that is left and the bin that has it, ascending."""
    for index in sorted(range(len(lengths)), key=lambda i: (-lengths[i], i)):
        length = lengths[index]
        place = bisect_left(left, (length, -1))
        if place < len(left):
            space, number = left.pop(place)
            bins[number].append(index)
        else:
            space, number = room, len(bins)
            bins.append([index])
        if space > length:
            insort(left, (space - length, number))
    return sorted(sorted(one) for one in bins)


def windows(rows: Iterable[T], size: int = WINDOW) -> Iterator[list[T]]:
    """Rows in lists of ``size``; the last may be shorter."""
    window: list[T] = []
    for row in rows:
        window.append(row)
        if len(window) == size:
            yield window
            window = []
    if window:
        yield window
