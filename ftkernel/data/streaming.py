"""Rows as a stream that is never gone through first: shuffled within a buffer, resumed exactly.

What a stream gives depends on its seed and on how many rows were taken, and that is all there is to
remember of it. To go on, as many rows are read again and passed over: what becomes of a row (its
tokens) is made only for those that are given.
"""

import itertools
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")
Open = Callable[[], Iterator[T]]


@dataclass(frozen=True)
class Place:
    """How far a stream was read: passes that ended, and rows taken of the one after them."""

    passes: int = 0
    taken: int = 0


def shuffled(rows: Iterator[T], buffer_size: int, seed: object, skip: int = 0) -> Iterator[T]:
    """Rows in an order drawn from a buffer.

    Each row that is read takes the place of one that is drawn from the buffer; at the end the rest
    of the buffer comes in a drawn order.

    Args:
        rows: from their beginning.
        buffer_size: rows held at once.
        seed: a number or a text.
        skip: rows of the outcome that were taken before and are passed over.
    """
    dice = random.Random(str(seed))  # noqa: S311
    buffer = list(itertools.islice(rows, buffer_size))
    for row in rows:
        index = int(dice.random() * len(buffer))
        given, buffer[index] = buffer[index], row
        if skip:
            skip -= 1
            continue
        yield given
    dice.shuffle(buffer)
    yield from buffer[skip:]


def endless(
    opened: Open[T], buffer_size: int, seed: int, place: Place | None = None
) -> Iterator[tuple[T, Place]]:
    """Rows pass after pass, each pass in another order, and the place behind each row.

    Ends only where a pass has no rows at all.

    Args:
        opened: opens the rows from the beginning.
        buffer_size: rows held at once; 1 keeps their order.
        seed: of the recipe.
        place: where an earlier reading of the same stream was left.
    """
    place = place or Place()
    passes, taken = place.passes, place.taken
    while True:
        found = 0
        rows = shuffled(opened(), buffer_size, f"{seed}/stream/{passes}", taken)
        for row in rows:
            taken, found = taken + 1, found + 1
            yield row, Place(passes, taken)
        if not found and not taken:
            return
        passes, taken = passes + 1, 0


def parted(opened: Open[T], held_out: int) -> tuple[Open[T], Open[T]]:
    """The rows that are learned and those held out: the first ones, in every pass the same."""

    def learned() -> Iterator[T]:
        return itertools.islice(opened(), held_out, None)

    def measured() -> Iterator[T]:
        return itertools.islice(opened(), held_out)

    return learned, measured
