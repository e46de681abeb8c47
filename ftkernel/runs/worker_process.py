"""A worker as the process that started it sees it: its life line, its stream, its end.

Closing the life line (the pipe to its standard input) asks a worker to end. That happens at exit
of this process, when this object is dropped, and by itself when this process dies in whatever way.
Nothing here prints; all threads are daemons.
"""

import contextlib
import io
import json
import signal
import subprocess
import sys
import threading
import weakref
from collections.abc import Iterator, Mapping
from typing import IO, Any, cast

import psutil

from ftkernel.errors import FtError
from ftkernel.runs.processes import processes_of_session

_KILLED_WITHIN = 5.0


class WorkerProcess:
    """A running worker, and the two pipes to it."""

    def __init__(self, popen: "subprocess.Popen[bytes]", *, detached: bool = False) -> None:
        self._popen = popen
        self._sending = threading.Lock()
        self.detached = detached
        self.error: dict[str, Any] | None = None
        """The last error on its stream, once :mod:`ftkernel.runs.exit_watch` has read it."""
        self.loaded: dict[str, Any] | None = None
        """The base model it has loaded, read likewise: see :mod:`ftkernel.models.kept`."""
        self.pid = popen.pid
        self.create_time = _create_time(popen.pid)
        assert popen.stdout is not None  # noqa: S101 - launch always makes the pipes
        self._stdout = io.BufferedReader(cast("io.FileIO", popen.stdout))
        # Also at exit of this process. A Popen that is dropped would keep the pipe open.
        self._life_line = weakref.finalize(self, _close, self._stdin)
        self._life_line.atexit = not detached
        # Not at exit: a thread that reads it holds its lock until the worker has ended.
        weakref.finalize(self, _close, self._stdout).atexit = False

    def take_over(self, *, detached: bool) -> None:
        """From now on it has a job, which goes on without this process if ``detached``."""
        self.detached = detached
        self._life_line.atexit = not detached

    def send(self, message: Mapping[str, object]) -> None:
        """Send one JSON line to the worker.

        Raises:
            FtError: ``worker.gone`` if it does not listen any more.
        """
        line = json.dumps(message, ensure_ascii=True, default=str).encode() + b"\n"
        with self._sending:
            view = memoryview(line)
            try:
                while view:
                    view = view[self._stdin.write(view) or 0 :]
            except (OSError, ValueError) as error:
                raise FtError("worker.gone", pid=self.pid) from error

    def lines(self) -> Iterator[dict[str, Any]]:
        """What the worker says on its private stream, until it ends. For one reader.

        A reader that was interrupted goes on with a new iterator.
        """
        for line in self._stdout:
            with contextlib.suppress(ValueError):
                value = json.loads(line)
                if isinstance(value, dict):
                    yield cast("dict[str, Any]", value)
        _close(self._stdout)

    def poll(self) -> int | None:
        """The exit code (minus the signal that killed it), ``None`` while it lives."""
        return self._popen.poll()

    def wait(self, timeout: float | None = None) -> int | None:
        """Wait for its end; ``None`` when it goes on after ``timeout`` seconds."""
        try:
            return self._popen.wait(timeout)
        except subprocess.TimeoutExpired:
            return None

    def close_lifeline(self) -> None:
        """Ask it to end, by closing the pipe it watches. Returns at once."""
        _close(self._stdin)

    def terminate(self) -> None:
        """Ask it to end by a signal: stop with a checkpoint; the second time at once."""
        if self.poll() is not None:
            return
        with contextlib.suppress(OSError):
            if sys.platform == "win32":
                self._popen.send_signal(signal.CTRL_BREAK_EVENT)
            else:
                self._popen.terminate()

    def kill_tree(self) -> None:
        """End it and everything it started, now."""
        if self.poll() is not None and psutil.pid_exists(self.pid):
            return  # it is gone for so long that another process has its number
        family = processes_of_session(self.pid)
        for process in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        if self.poll() is None:
            with contextlib.suppress(OSError):
                self._popen.kill()
        self.wait(_KILLED_WITHIN)
        psutil.wait_procs(family, timeout=_KILLED_WITHIN)

    @property
    def _stdin(self) -> IO[bytes]:
        assert self._popen.stdin is not None  # noqa: S101 - launch always makes the pipe
        return self._popen.stdin


def _close(pipe: IO[bytes] | io.BufferedReader) -> None:
    with contextlib.suppress(OSError):
        pipe.close()


def _create_time(pid: int) -> float:
    try:
        return psutil.Process(pid).create_time()
    except psutil.NoSuchProcess:
        return 0.0
