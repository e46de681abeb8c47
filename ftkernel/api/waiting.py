"""Waiting for the end of a run, without blocking anything else and without a thread.

Each front end has its own rules for an interrupt; all of them go over :func:`ticks`.
"""

import sys
import time
from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ftkernel import messages
from ftkernel.api.control import LIVE
from ftkernel.errors import FtError, Halt
from ftkernel.views.text import progress_line

if TYPE_CHECKING:
    from ftkernel.api.run import Run

TICK_SECONDS = 0.2
_LEAST_PAUSE = 0.5
_PAUSE_PER_READING = 10.0
"""Between two readings of the events for the progress line, in times of how long one took."""


def check_timeout(timeout: object) -> None:
    """Refuse a time to wait that is none.

    Raises:
        FtError: if it is neither ``None`` nor a number of seconds from 0 on.
    """
    if timeout is None:
        return
    if isinstance(timeout, bool) or not isinstance(timeout, int | float) or not timeout >= 0:
        raise FtError("api.bad_timeout", value=str(timeout))


def ticks(run: "Run", timeout: float | None = None) -> Iterator[str]:
    """The run's state, now and about five times a second until the run has ended.

    The last state given is that of the end.

    Raises:
        TimeoutError: if the run goes on after ``timeout`` seconds.
    """
    end = None if timeout is None else time.monotonic() + timeout
    while True:
        state = run.state
        yield state
        if state not in LIVE:
            return
        if end is not None and time.monotonic() >= end:
            raise TimeoutError(
                messages.text("api.wait_timeout", {"name": run.name, "seconds": f"{timeout:g}"})
            )
        time.sleep(TICK_SECONDS)


def ended(run: "Run", timeout: float | None = None) -> str:
    """Wait without a word; returns the state at the end.

    Raises:
        TimeoutError: as :func:`ticks`.
    """
    return deque(ticks(run, timeout), maxlen=1)[0]


def stopped_by_interrupt(run: "Run") -> Halt:
    """What ends a cell or a command whose run was stopped by an interrupt."""
    whole = run.files.latest_checkpoint() is not None or run.state == "finished"
    code = "notebook.stopped_by_interrupt" if whole else "notebook.stopped_before_checkpoint"
    state = {"code": f"views.state.{run.state}", "params": {}}
    return Halt(code, name=run.name, state=state)


class ProgressLine:
    """One line of a terminal that is written over; a log gets a line a minute and the last one."""

    _SECONDS_BETWEEN_LINES_OF_A_LOG = 60.0

    def __init__(self) -> None:
        self._out = sys.stderr
        self._in_place = self._out.isatty()
        self._last = ""
        self._said = time.monotonic()

    def update(self, text: str, *, last: bool = False) -> None:
        """Show ``text``; ``last`` ends the line, and no text leaves an empty one to write on."""
        now = time.monotonic()
        if self._in_place:
            pad = " " * max(0, len(self._last) - len(text))
            if text != self._last or last:
                self._out.write(f"\r{text}{pad}" + ("\n" if last else "" if text else "\r"))
        elif last or now - self._said >= self._SECONDS_BETWEEN_LINES_OF_A_LOG:
            self._out.write(text + "\n")
            self._said = now
        self._last = text
        self._out.flush()


def wait_with_a_line(run: "Run", timeout: float | None = None) -> str:
    """Wait in a script or a terminal, showing one progress line; returns the state at the end."""
    line = ProgressLine()
    state = run.state
    due = 0.0
    for state in ticks(run, timeout):
        begun = time.monotonic()
        last = state not in LIVE
        if last or begun >= due:
            line.update(progress_line(run.summary()), last=last)
            took = time.monotonic() - begun
            due = begun + max(_LEAST_PAUSE, _PAUSE_PER_READING * took)
    return state
