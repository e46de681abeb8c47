"""Rows that were tokenized while a run trained, kept for the next run on them.

What is kept is what came out of each place of :class:`ftkernel.data.later.Tokenizing`: examples, or
a refusal. The next run goes the same way (it looks at the same sample first and learns in the same
order) and only spares the tokenizer.
"""

import contextlib
from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ftkernel.data import cache
from ftkernel.data.encode import Counts
from ftkernel.data.encoded import Encoded
from ftkernel.data.rows import Refused
from ftkernel.data.store import StoredRows, Writer
from ftkernel.errors import FtError

_EMPTY = Encoded(array("i", [0]), ())

Place = tuple[Encoded, ...] | Refused
"""What came out of a row."""


class KeptPlaces:
    """What came out of rows, from where it is kept."""

    def __init__(self, rows: StoredRows, said: Mapping[str, Any]) -> None:
        self._rows = rows
        self._starts = [i for i, row in enumerate(rows.rows) if not i or row != rows.rows[i - 1]]
        self._starts.append(len(rows))
        self._refused = {int(place): Refused(**one) for place, one in said["refused"]}
        self.counts = Counts(**said["counts"])
        """What happened to all of them."""

    def __len__(self) -> int:
        return len(self._starts) - 1

    def __getitem__(self, place: int) -> Place:
        if (refused := self._refused.get(place)) is not None:
            return refused
        return tuple(self._rows[i] for i in range(self._starts[place], self._starts[place + 1]))


@dataclass(frozen=True)
class Keeping:
    """Where what comes out of the rows of a run is kept; ``parts`` is what it depends on."""

    parts: Mapping[str, object]
    overwrite: bool = False

    def found(self, count: int) -> KeptPlaces | None:
        """What is kept already of so many rows."""
        kept = None if self.overwrite else cache.kept(self.parts)
        places = None if kept is None else KeptPlaces(kept.rows, kept.said)
        return places if places is not None and len(places) == count else None

    def keep(self, places: Sequence[Place], counts: Counts, *, wait: Callable[[], None]) -> None:
        """Keep what came out of all rows; where that cannot be, nothing is lost but time.

        Args:
            places: all of them.
            counts: of the encoder.
            wait: is called while another process keeps the same; what it raises ends that.
        """
        if any(isinstance(place, tuple) and not place for place in places):
            return

        def make(writer: Writer) -> dict[str, Any]:
            refused: list[tuple[int, dict[str, Any]]] = []
            for number, place in enumerate(places):
                if isinstance(place, Refused):
                    refused.append((number, cache.as_json(place)))
                    writer.add(_EMPTY, begins=True)
                    continue
                for index, one in enumerate(place):
                    writer.add(one, begins=not index)
            return {"refused": refused, "counts": cache.as_json(counts)}

        with contextlib.suppress(FtError, OSError):
            cache.kept_or_made(self.parts, make, overwrite=self.overwrite, wait=wait)
