"""Several sources made into one row after another: in a row, or in turn.

Rows are taken as they are asked for, and of each source one is read ahead, to know when it is used
up. Where a source begins again it is opened again. The order depends on the seed and the numbers of
rows alone: Python's own generator gives the same on every machine.

- ``concat``: all of the first source, then all of the second.
- ``interleave_under``: until one source is used up. In turn, the round it ends in is finished.
- ``interleave_over``: until each was used up once; a source that is begins again.
- ``interleave_once``: until all are used up; a source that is has no more turns.
"""

import bisect
import itertools
import random
from collections.abc import Callable, Iterator, Sequence
from typing import Generic, TypeVar

from ftkernel.recipe.recipe import Recipe

T = TypeVar("T")
Open = Callable[[], Iterator[T]]
"""Opens the rows of a source from the beginning, each time anew."""


def mixed(
    sources: Sequence[Open[T]],
    strategy: str = "concat",
    picks: Iterator[int] | None = None,
) -> Iterator[T]:
    """The rows of all sources in the order of a strategy.

    Args:
        sources: each opens its rows from the beginning.
        strategy: a value of ``mix_strategy``.
        picks: which source each turn goes to, without end (:func:`drawn_turns`); left out: they
            take turns in their order.
    """
    if strategy == "concat" or len(sources) < 2:
        return itertools.chain.from_iterable(opened() for opened in sources)
    return _interleaved([_Taken(opened) for opened in sources], strategy, picks)


def turns(recipe: Recipe, chances: Sequence[float | None]) -> Iterator[int] | None:
    """Whose turn it is, as a recipe asks: drawn by probabilities or weights, else ``None``.

    Args:
        recipe: the recipe.
        chances: what each source was given by itself.
    """
    seed = int(str(recipe["seed"]))
    if (given := recipe["interleave_probs"]) is not None:
        return drawn_turns([float(str(one)) for one in given], seed)
    own = [one for one in chances if one is not None]
    return drawn_turns(own, seed) if own and len(own) == len(chances) else None


def drawn_turns(chances: Sequence[float], seed: int) -> Iterator[int]:
    """Turns drawn by how likely each source is, without end; the chances need not sum up to 1."""
    bounds = list(itertools.accumulate(chances))
    dice = random.Random(f"{seed}/mixing")  # noqa: S311
    last = len(bounds) - 1
    while True:
        yield min(bisect.bisect_right(bounds, dice.random() * bounds[-1]), last)


class _Taken(Generic[T]):
    """A source that rows are taken from, one of them read ahead."""

    def __init__(self, opened: Open[T]) -> None:
        self._open = opened
        self._rows = opened()
        self._next = list(itertools.islice(self._rows, 1))
        self.is_empty = not self._next
        self.was_used_up = self.is_empty
        """Whether its last row was given at least once."""

    def take(self, *, again: bool) -> T:
        """The next row; after the last one the first, if it begins again."""
        [row] = self._next
        self._next = list(itertools.islice(self._rows, 1))
        if not self._next:
            self.was_used_up = True
            if again:
                self._rows = self._open()
                self._next = list(itertools.islice(self._rows, 1))
        return row


def _interleaved(
    sources: list[_Taken[T]], strategy: str, picks: Iterator[int] | None
) -> Iterator[T]:
    again = strategy == "interleave_over"
    is_over = any if strategy == "interleave_under" else all
    in_turn = picks is None
    for number, index in enumerate(picks or itertools.cycle(range(len(sources)))):
        # In turn, every source has as many turns as the others: only whole rounds count.
        may_end = not in_turn or number % len(sources) == 0 or strategy == "interleave_once"
        if may_end and is_over(source.was_used_up for source in sources):
            return
        source = sources[index]
        if source.is_empty or (source.was_used_up and strategy == "interleave_once"):
            continue
        yield source.take(again=again)
