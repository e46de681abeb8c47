"""How LLaMA-Factory shares a cutoff out, and which rows it packs together. Numbers only."""

import bisect
from collections.abc import Sequence


def share(source: int, target: int, cutoff: int) -> tuple[int, int]:
    """How many of a prompt's and an answer's tokens are kept, counted from their beginning.

    A short answer is kept whole and the prompt cut; beside a short prompt the answer is cut; where
    both are long, each keeps its part of the cutoff.
    """
    if target * 2 < cutoff:
        room = cutoff
    elif source * 2 < cutoff:
        room = cutoff - source
    else:
        room = int(cutoff * (target / (source + target)))
    answer = min(room, target)
    return min(source, max(cutoff - answer, 0)), answer


def bins(lengths: Sequence[int], capacity: int) -> list[list[int]]:
    """The rows (their indices) that go into each packed row.

    The longest row that still fits is taken, again and again; among equally long rows the last.

    Args:
        lengths: of the rows, none over the capacity.
        capacity: of a packed row, in tokens.
    """
    # By length, then by index: the one before the first that is too long is the one to take.
    left = sorted((length, index) for index, length in enumerate(lengths))
    out: list[list[int]] = []
    while left:
        room = capacity
        taken: list[int] = []
        while place := bisect.bisect_left(left, (room + 1, -1)):
            length, index = left.pop(place - 1)
            room -= length
            taken.append(index)
        out.append(taken)
    return out
