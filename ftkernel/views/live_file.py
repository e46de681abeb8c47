"""Reading a run's events as they are appended, in pieces, whoever wrote them and however.

Other than :class:`ftkernel.runs.event_log.EventTail` it trusts the order of the lines and not their
numbers, as the static views do, so that a number that is out of place hides nothing.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ftkernel.runs.event_log import parse_lines

_PIECE = 1 << 20


@dataclass(frozen=True)
class Piece:
    """What was read at once."""

    events: list[dict[str, Any]]
    is_new_file: bool
    """Whether the file was replaced or cut, so that what was read before does not count."""
    has_more: bool


class EventFile:
    """The place in a file of events up to which it was read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = 0
        self._inode: int | None = None

    def read(self) -> Piece:
        """The whole lines after the last piece, at most a megabyte; nothing when there is no file.

        A line that is longer than that is read as a whole.
        """
        try:
            with open(self._path, "rb") as file:
                status = os.fstat(file.fileno())
                known = self._inode is not None
                replaced = known and status.st_ino != self._inode
                restarts = replaced or status.st_size < self._offset
                if restarts:
                    self._offset = 0
                self._inode = status.st_ino
                file.seek(self._offset)
                content = file.read(_PIECE)
                while b"\n" not in content and (more := file.read(len(content))):
                    content += more
        except OSError:
            return Piece([], is_new_file=False, has_more=False)
        whole = content.rfind(b"\n") + 1
        self._offset += whole
        has_more = whole > 0 and self._offset < status.st_size and len(content) >= _PIECE
        return Piece(parse_lines(content[:whole]), restarts, has_more)
