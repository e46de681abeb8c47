"""Waiting in a cell, and what Interrupt means there.

The first Interrupt ends the waiting, never the run; the cell says so and listens a little longer. A
second one in that time stops the run with a checkpoint. Either way the cell ends with a quiet
error, so that Run All does not go on as if the run had ended.
"""

import time
from typing import TYPE_CHECKING, NoReturn

from ftkernel import messages
from ftkernel.api import frontend
from ftkernel.api.control import LIVE
from ftkernel.api.waiting import ended, stopped_by_interrupt
from ftkernel.errors import Halt

if TYPE_CHECKING:
    from ftkernel.api.run import Run

LISTEN_SECONDS = 2.0


def wait_in_cell(run: "Run", timeout: float | None = None) -> str:
    """Wait until the run has ended, and return its state.

    Raises:
        Halt: if the person interrupted.
        TimeoutError: if the run goes on after ``timeout`` seconds.
    """
    try:
        return ended(run, timeout)
    except KeyboardInterrupt:
        _end_waiting(run)
    finally:
        if (shown := frontend.current()) is not None:
            shown.finish(run)


def _end_waiting(run: "Run") -> NoReturn:
    try:
        _say("notebook.stopped_waiting", run)
        time.sleep(LISTEN_SECONDS)
    except KeyboardInterrupt:
        _stop(run)
        raise stopped_by_interrupt(run) from None
    raise Halt("notebook.waiting_ended", name=run.name) from None


def _stop(run: "Run") -> None:
    """Stop the run and wait for its checkpoint; a third Interrupt ends this waiting too."""
    try:
        _say("notebook.stopping", run)
        if run.state in LIVE:
            run.stop()
        ended(run)
    except KeyboardInterrupt:
        raise Halt("notebook.still_stopping", name=run.name) from None


def _say(code: str, run: "Run") -> None:
    print(messages.text(code, {"name": run.name}), flush=True)
