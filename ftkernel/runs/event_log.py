"""``events.jsonl``: written by one process, readable by anybody after any death of the writer.

A line is one ``write`` to a file opened for appending, so a death leaves at most one torn line,
the last: readers drop it and the next writer cuts it off. Step events are not synced (they survive
the death of a process, not that of the machine); what others build on, a checkpoint or an end, is.
"""

import json
import math
import os
import threading
import time
from pathlib import Path
from typing import Any, cast

from ftkernel.errors import FtError
from ftkernel.runs.events import Event
from ftkernel.runs.faults import writing
from ftkernel.runs.folder import RunFolder

SYNCED = frozenset(
    {
        "attempt_started", "run_resumed", "checkpoint_saved", "checkpoint_deleted",
        "run_finished", "run_stopped", "run_failed", "merge_verified",
    }
)  # fmt: skip
"""Kinds that are on the disk before :meth:`EventWriter.write` returns."""

_BLOCK = 1 << 16
_LARGEST_SEQ = 10**15
"""No writer comes near it, and pages, which name an event by its number, hold it exactly."""


class EventWriter:
    """Appends events for one attempt; ``seq`` goes on from the last line in the file.

    May be used from several threads. Only the process that holds the run's lock makes one.

    Raises:
        FtError: if the folder is gone or read-only, or the disk is full.
    """

    def __init__(self, folder: RunFolder, attempt: int) -> None:
        self.attempt = attempt
        self._folder = folder.path
        self._path = folder.events
        self._lock = threading.Lock()
        with writing(self._folder):
            flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0)
            self._fd = os.open(self._path, flags, 0o644)
            self._end, self._seq = _cut_torn_tail(self._fd)

    @property
    def last_seq(self) -> int:
        """The number of the last event in the file, 0 when there is none."""
        return self._seq

    def write(self, event: Event) -> None:
        """Append an event.

        Raises:
            FtError: ``run.disk_full``, ``run.folder_lost`` or ``run.read_only``; the file then
                ends with a whole line.
        """
        with self._lock:
            self._append(event)

    def try_write(self, event: Event, seconds: float) -> bool:
        """Append an event unless another thread is stuck in doing so; for last words.

        Returns:
            Whether the event stands in the file.
        """
        if not self._lock.acquire(timeout=seconds):
            return False
        try:
            self._append(event)
        except (FtError, OSError):
            return False
        finally:
            self._lock.release()
        return True

    def close(self) -> None:
        """Close the file; later writes fail."""
        with self._lock:
            fd, self._fd = self._fd, -1
            if fd >= 0:
                os.close(fd)

    def _append(self, event: Event) -> None:
        line = encode_line(event, seq=self._seq + 1, attempt=self.attempt)
        with writing(self._folder):
            self._check_in_place()
            try:
                _write_all(self._fd, line)
            except OSError:
                os.ftruncate(self._fd, self._end)
                raise
            if event.KIND in SYNCED:
                os.fsync(self._fd)
        self._end += len(line)
        self._seq += 1

    def _check_in_place(self) -> None:
        """A removed file takes writes without complaint: does the name still lead here?"""
        here, there = os.fstat(self._fd), os.stat(self._path)
        if (here.st_ino, here.st_dev) != (there.st_ino, there.st_dev):
            raise FtError("run.folder_lost", path=str(self._folder))


def encode_line(event: Event, *, seq: int, attempt: int) -> bytes:
    """One line of the file. What JSON has no word for (NaN, infinity) becomes ``null``."""
    record = {"seq": seq, "t": round(time.time(), 3), "attempt": attempt, "kind": event.KIND}
    record |= cast("dict[str, Any]", _plain(event.payload()))
    text = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "backslashreplace") + b"\n"


def read_events(path: Path, after: int = 0) -> list[dict[str, Any]]:
    """The events in a file whose ``seq`` is above ``after``, without torn and unreadable lines."""
    try:
        content = path.read_bytes()
    except OSError:
        return []
    return parse_lines(content[: content.rfind(b"\n") + 1], after)


class EventTail:
    """Reads what was appended since the last look, at the cost of the new lines only."""

    def __init__(self, path: Path, after: int = 0) -> None:
        self._path = path
        self._offset = 0
        self._after = after
        self._inode: int | None = None

    def poll(self) -> list[dict[str, Any]]:
        """The events since the last poll, in order, each once; empty when there is no file."""
        try:
            with open(self._path, "rb") as file:
                status = os.fstat(file.fileno())
                if status.st_ino != self._inode or status.st_size < self._offset:
                    self._inode, self._offset = status.st_ino, 0
                file.seek(self._offset)
                content = file.read()
        except OSError:
            return []
        whole = content[: content.rfind(b"\n") + 1]
        self._offset += len(whole)
        events = parse_lines(whole, self._after)
        if events:
            self._after = events[-1]["seq"]
        return events


def read_tail(path: Path, size: int = _BLOCK) -> tuple[list[dict[str, Any]], bool]:
    """The events in the last ``size`` bytes of a file, and whether these are all there are."""
    try:
        with open(path, "rb") as file:
            start = max(0, file.seek(0, os.SEEK_END) - size)
            file.seek(start)
            content = file.read()
    except OSError:
        return [], True
    first = content.find(b"\n") + 1 if start else 0
    return parse_lines(content[first : content.rfind(b"\n") + 1], 0), start == 0


def parse_lines(content: bytes, after: int = 0) -> list[dict[str, Any]]:
    """The events in whole lines whose ``seq`` is above ``after``, without unreadable ones."""
    records = (_record(line) for line in content.split(b"\n") if line)
    return [record for record in records if record is not None and record["seq"] > after]


def _record(line: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict):
        return None
    record = cast("dict[str, Any]", value)
    whole = isinstance(record.get("seq"), int) and isinstance(record.get("kind"), str)
    whole = whole and isinstance(record.get("attempt", 0), int)
    return record if whole and record["seq"] <= _LARGEST_SEQ else None


def _cut_torn_tail(fd: int) -> tuple[int, int]:
    """Cut off what follows the last whole event; return the new length and that event's ``seq``.

    A dead machine can leave more than half a line (blocks of zeros), so this goes back to the last
    line that reads as an event.
    """
    size = os.fstat(fd).st_size
    window = _BLOCK
    while True:
        start = max(0, size - window)
        os.lseek(fd, start, os.SEEK_SET)
        content = _read_all(fd, size - start)
        end = content.rfind(b"\n") + 1
        while end > 0:
            begin = content.rfind(b"\n", 0, end - 1) + 1
            record = _record(content[begin : end - 1]) if begin or start == 0 else None
            if record is not None:
                return _truncate(fd, size, start + end), record["seq"]
            end = begin
        if start == 0:
            return _truncate(fd, size, 0), 0
        window *= 8


def _truncate(fd: int, size: int, length: int) -> int:
    if length != size:
        os.ftruncate(fd, length)
    return length


def _read_all(fd: int, size: int) -> bytes:
    parts: list[bytes] = []
    while size > 0 and (part := os.read(fd, size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _write_all(fd: int, content: bytes) -> None:
    view = memoryview(content)
    while view:
        view = view[os.write(fd, view) :]


def _plain(value: object) -> object:
    """The value in JSON types: scalars of arrays as numbers, NaN as ``null``, the rest as text."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        entries = cast("dict[object, object]", value).items()
        return {str(key): _plain(entry) for key, entry in entries}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(entry) for entry in cast("list[object]", value)]
    item = getattr(value, "item", None)
    return _plain(item()) if callable(item) else str(value)
