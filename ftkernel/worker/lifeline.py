"""Noticing that whoever started this worker is gone, in each way a kernel can die.

Two witnesses: the end of standard input, prompt and sure unless a forked sibling holds the pipe
open; and the owner's process, by number and creation time, looked at every two seconds. A detached
worker heeds neither. The same thread that reads the pipe passes on the requests of an interactive
job.
"""

import json
import os
import threading
from collections.abc import Iterator, Mapping
from typing import Any

from ftkernel.runs.processes import is_running
from ftkernel.worker.requests import Requests
from ftkernel.worker.stop import StopSignal

POLL_SECONDS = 2.0
_BLOCK = 1 << 16


class LineReader:
    """Whole lines from a descriptor, blocking; ends at the end of the pipe."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._rest = b""

    def __iter__(self) -> Iterator[bytes]:
        while (line := self.read()) is not None:
            yield line

    def read(self) -> bytes | None:
        """The next line without its end, ``None`` when no whole one is left."""
        parts = [self._rest]
        while b"\n" not in parts[-1]:
            try:
                part = os.read(self._fd, _BLOCK)
            except OSError:
                return None
            if not part:
                return None
            parts.append(part)
        line, _, self._rest = b"".join(parts).partition(b"\n")
        return line

    def read_object(self) -> dict[str, Any] | None:
        """The next line as a JSON object; ``None`` at the end, or when it is not one."""
        line = self.read()
        return _object(line) if line is not None else None


def watch(
    lines: LineReader,
    requests: Requests,
    stop: StopSignal,
    *,
    owner: Mapping[str, Any] | None,
    detached: bool,
    poll_seconds: float = POLL_SECONDS,
) -> None:
    """Watch the life line from now on, in daemon threads.

    Args:
        lines: standard input, behind the job.
        requests: where later lines go.
        stop: is set with ``owner_gone``.
        owner: ``pid`` and ``create_time`` of the process that started this one.
        detached: whether the job goes on without its owner.
        poll_seconds: how often the owner is looked at.
    """

    def gone() -> None:
        requests.close()
        if not detached:
            stop.set("owner_gone")

    def read() -> None:
        for line in lines:
            request = _object(line)
            if request is not None:
                requests.put(request)
        gone()

    def poll(pid: int, create_time: float) -> None:
        while is_running(pid, create_time):
            if stop.wait(poll_seconds):
                return
        gone()

    _thread(read, "ftkernel-lifeline")
    if owner and not detached:
        pid, created = int(owner["pid"]), float(owner["create_time"])
        _thread(lambda: poll(pid, created), "ftkernel-owner")


def _thread(target: Any, name: str) -> None:  # noqa: ANN401 - a function
    threading.Thread(target=target, name=name, daemon=True).start()


def _object(line: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(line)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None
