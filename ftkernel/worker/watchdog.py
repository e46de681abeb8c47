"""Ending a worker that does not end by itself, with everything it started.

From the wish to stop on, the job has its grace time. Then a thread says the last words, ends the
children and leaves without any clean-up. Where even threads are stuck (a library that keeps the
interpreter's lock), a timer below the interpreter leaves a few seconds later.
"""

import contextlib
import faulthandler
import os
import threading
from collections.abc import Callable

import psutil

from ftkernel.runs.processes import processes_of_session
from ftkernel.worker.stop import StopSignal

KILLED = 4
"""The exit code of a worker that its watchdog ended."""
_BACKSTOP_SECONDS = 5.0
_LEAVING_SECONDS = 10.0


class Watchdog:
    """Waits for the wish to stop, then for the end of the job.

    Args:
        stop: the wish.
        grace_seconds: tells, at the wish, how long the job may take to its end.
        last_words: called before a forced end; must not block for long.
    """

    def __init__(
        self, stop: StopSignal, grace_seconds: Callable[[], float], last_words: Callable[[], None]
    ) -> None:
        self._grace_seconds = grace_seconds
        self._last_words = last_words
        self._ended = threading.Event()
        self._leaving = threading.Lock()
        stop.when_set(self._count_down)

    def job_ended(self) -> None:
        """The job is over: what is left is leaving, which has a limit of its own."""
        self._ended.set()
        faulthandler.dump_traceback_later(_LEAVING_SECONDS, exit=True)

    def leave_now(self, code: int = KILLED) -> None:
        """Say the last words, end the children, and leave. Does not return."""
        with self._leaving:
            self._last_words()
            end_children()
            os._exit(code)

    def _count_down(self) -> None:
        if self._ended.is_set():
            return
        grace = max(0.0, self._grace_seconds())
        faulthandler.dump_traceback_later(grace + _BACKSTOP_SECONDS, exit=True)
        threading.Thread(
            target=self._wait, args=(grace,), name="ftkernel-watchdog", daemon=True
        ).start()

    def _wait(self, grace: float) -> None:
        if self._ended.wait(grace):
            return
        faulthandler.dump_traceback(all_threads=True)
        self.leave_now()


def end_children() -> None:
    """Kill every process that this worker started, or that they started."""
    family = processes_of_session(os.getpid())
    for process in family:
        with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            process.kill()
