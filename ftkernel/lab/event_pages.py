"""Pages of a run's events as they stand in its file, from any event on, whatever the file's size.

Read in pieces of bounded size: a line that is longer than a piece is passed over, and an endless
file costs one page at a time. Where each piece began is remembered, so that the next page is found
at once.
"""

import os
from bisect import bisect_right
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ftkernel.runs.event_log import parse_lines

MOST_EVENTS = 5_000
MOST_BYTES = 1 << 20
_PIECE = 256 << 10
_MOST_PIECES = 64
"""Read for one page; what is further on is for the next request."""


@dataclass(frozen=True)
class Page:
    """Events, and how to go on."""

    events: list[dict[str, Any]]
    seq: int
    more: bool
    reset: bool


@dataclass
class _Places:
    """Where pieces of one file begin, by the last ``seq`` before them."""

    inode: int = 0
    seqs: list[int] = field(default_factory=lambda: [0])
    offsets: list[int] = field(default_factory=lambda: [0])


class EventPages:
    """The pages of one file. One thread at a time may use it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._places = _Places()

    def page(self, after: int, limit: int = MOST_EVENTS) -> Page:
        """The events after one, in the order of the file.

        Args:
            after: the ``seq`` of the last event that is known, 0 for none.
            limit: events at most; a page has a megabyte at most, too.
        """
        try:
            with open(self._path, "rb", buffering=0) as file:
                status = os.fstat(file.fileno())
                cut = status.st_size < self._places.offsets[-1]
                other = self._places.inode not in (0, status.st_ino)
                if cut or other:
                    self._places = _Places()
                self._places.inode = status.st_ino
                reset = after > 0 and (cut or other)
                return self._read(file.fileno(), 0 if reset else after, limit, reset=reset)
        except OSError:
            return Page([], 0, more=False, reset=after > 0)

    def _read(self, fd: int, after: int, limit: int, *, reset: bool) -> Page:
        places = self._places
        index = bisect_right(places.seqs, after) - 1
        seq, offset = places.seqs[index], places.offsets[index]
        out: list[dict[str, Any]] = []
        size = 0
        for _ in range(_MOST_PIECES):
            os.lseek(fd, offset, os.SEEK_SET)
            content = os.read(fd, _PIECE)
            whole = content.rfind(b"\n") + 1
            if not whole and len(content) < _PIECE:
                return Page(out, _last(out, after), more=False, reset=reset)
            # In the order of the file: numbers out of order neither hide nor repeat anything.
            for line in content[:whole].splitlines(keepends=True):
                for event in parse_lines(line):
                    seq = max(seq, event["seq"])
                    if event["seq"] > after:
                        if out and (len(out) >= limit or size + len(line) > MOST_BYTES):
                            return Page(out, _last(out, after), more=True, reset=reset)
                        out.append(event)
                        size += len(line)
            offset += whole or len(content)  # else inside of a line that nobody can want
            if offset > places.offsets[-1] and seq >= places.seqs[-1]:
                places.seqs.append(seq)
                places.offsets.append(offset)
        return Page(out, _last(out, after), more=True, reset=reset)


def _last(events: list[dict[str, Any]], after: int) -> int:
    return max((event["seq"] for event in events), default=after)
