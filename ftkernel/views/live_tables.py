"""A run's numbers in columns, as a live view takes them: Float64, a row a step, NaN for none.

Rows stand in the order of their steps. Each remembers the number of the event that told it, so that
what came after an event is found at once. Long tables are shown with fewer rows; the lowest and the
highest value of each stretch are kept, so that a spike of one step is still to be seen.
"""

import math
import sys
from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise

NAN = math.nan

_MOST_FIELDS = 40
_LEAST_STRETCHES = 100
"""So many buckets at least, before the extremes of one more column are kept."""


class Table:
    """Columns of one kind of event.

    Args:
        name: what it is called in a frame.
        fields: the columns that there always are; the first is ``step``.
        hidden: columns that no frame carries.
        guarded: the columns whose extremes are kept first when the table is thinned.
    """

    def __init__(
        self,
        name: str,
        fields: Sequence[str],
        hidden: Sequence[str] = (),
        guarded: Sequence[str] = ("loss",),
    ) -> None:
        self.name = name
        self._columns: dict[str, array[float]] = {one: array("d") for one in (*fields, *hidden)}
        self._hidden = frozenset(hidden)
        self._guarded = tuple(guarded)
        self._told = array("q")
        self._is_sorted = True

    def __len__(self) -> int:
        return len(self._told)

    @property
    def fields(self) -> list[str]:
        """The columns that frames carry, in their order."""
        return [name for name in self._columns if name not in self._hidden]

    def column(self, name: str) -> "array[float]":
        """A column; not to be changed."""
        return self._columns[name]

    def get(self, name: str, index: int) -> float | None:
        """One value, ``None`` where there is none."""
        value = self._columns[name][index]
        return None if math.isnan(value) else value

    def set(self, name: str, values: "array[float]") -> None:
        """Replace a column."""
        self._columns[name] = values

    def add(self, values: Mapping[str, float | None], at: int) -> bool:
        """Append a row told by event number ``at``; a value for a new column makes that column.

        Returns:
            Whether those who know the rows so far need only this one.
        """
        is_new = False
        for name in values:
            if name not in self._columns and len(self._columns) < _MOST_FIELDS:
                self._columns[name] = array("d", [NAN]) * len(self)
                is_new = True
        steps = self._columns["step"]
        step = values["step"]
        in_order = not steps or (step is not None and step > steps[-1])
        for name, column in self._columns.items():
            value = values.get(name)
            column.append(NAN if value is None else value)
        self._told.append(at)
        self._is_sorted = self._is_sorted and in_order
        return in_order and not is_new

    def sort(self) -> bool:
        """Put rows that came out of order in their places; the later of two for a step stays.

        Returns:
            Whether anything had to be moved.
        """
        if self._is_sorted:
            return False
        last = {step: index for index, step in enumerate(self._columns["step"])}
        self._keep([last[step] for step in sorted(last)])
        self._is_sorted = True
        return True

    def cut(self, step: int) -> None:
        """Forget the rows after a step."""
        self.sort()
        self._keep(range(bisect_right(self._columns["step"], step)))

    def first_after(self, at: int) -> int:
        """The index of the first row that was told after event number ``at``."""
        return bisect_right(self._told, at)

    def _keep(self, indexes: Sequence[int]) -> None:
        for name, column in self._columns.items():
            self._columns[name] = array("d", map(column.__getitem__, indexes))
        self._told = array("q", map(self._told.__getitem__, indexes))

    def thinned(self, start: int, most: int) -> Sequence[int]:
        """At most ``most`` indexes from ``start`` on: all, or with the extremes among them."""
        end = len(self)
        if end - start <= most:
            return range(start, end)
        if most < 4:
            return range(end - most, end)
        guarded = self._guarded[: max(1, most // (2 * _LEAST_STRETCHES))]
        stretches = (most - 2) // (2 * len(guarded))
        inner = end - start - 2
        edges = [start + 1 + round(part * inner / stretches) for part in range(stretches + 1)]
        kept = {start, end - 1}
        for name in guarded:
            value = self._columns[name].__getitem__
            for first, behind in pairwise(edges):
                kept.update(_extremes(value, range(first, behind)))
        return sorted(kept)

    def packed(self, indexes: Sequence[int]) -> bytes:
        """Rows as little-endian Float64, one column after the other."""
        parts = [_taken(self._columns[name], indexes) for name in self.fields]
        if sys.byteorder == "big":
            for part in parts:
                part.byteswap()
        return b"".join(part.tobytes() for part in parts)


def _taken(column: "array[float]", indexes: Sequence[int]) -> "array[float]":
    if isinstance(indexes, range):
        return column[indexes.start : indexes.stop]
    return array("d", map(column.__getitem__, indexes))


def _extremes(value: Callable[[int], float], stretch: range) -> Iterable[int]:
    """Where the lowest and the highest value of a stretch lie; its middle where there is none."""
    known = [index for index in stretch if value(index) == value(index)]
    if known:
        return (min(known, key=value), max(known, key=value))
    return (stretch[len(stretch) // 2],) if stretch else ()
