"""Interrupt while waiting: the first ends the waiting, a second one soon after stops the run."""

import signal
import threading
from pathlib import Path

import pytest

from ftkernel.errors import Halt
from ftkernel.notebook import interrupt


class Run:
    """A run whose state the test decides."""

    name = "first"

    def __init__(self):
        self.state = "running"
        self.stops = 0
        self.files = self

    def latest_checkpoint(self):
        """Written by the stop."""
        return Path("step-000003") if self.stops else None

    def stop(self):
        self.stops += 1
        self.state = "stopped"


def interrupt_after(*delays):
    """Send this process an interrupt after each of the delays."""
    timers = [threading.Timer(delay, signal.raise_signal, [signal.SIGINT]) for delay in delays]
    for timer in timers:
        timer.start()


def test_the_state_is_returned_when_the_run_ends():
    run = Run()
    threading.Timer(0.1, lambda: setattr(run, "state", "finished")).start()
    assert interrupt.wait_in_cell(run) == "finished"


def test_one_interrupt_ends_the_waiting_and_leaves_the_run(monkeypatch, capsys):
    monkeypatch.setattr(interrupt, "LISTEN_SECONDS", 0.4)
    run = Run()
    interrupt_after(0.1)
    with pytest.raises(Halt) as caught:
        interrupt.wait_in_cell(run)
    assert caught.value.lines() == [
        "Stopped waiting for run 'first', which goes on.",
        "  %ft wait first waits again; %ft stop first stops it with a checkpoint.",
    ]
    assert capsys.readouterr().out == (
        "No longer waiting; run 'first' goes on. "
        "Interrupt again within two seconds to stop it with a checkpoint.\n"
    )
    assert run.stops == 0


def test_a_second_interrupt_stops_the_run(capsys):
    run = Run()
    interrupt_after(0.1, 0.6)
    with pytest.raises(Halt) as caught:
        interrupt.wait_in_cell(run)
    assert caught.value.lines() == [
        "Run 'first' was interrupted and is now stopped.",
        "  %ft resume first goes on from its checkpoint.",
    ]
    assert run.stops == 1
    assert capsys.readouterr().out.endswith("Stopping run 'first' with a checkpoint …\n")


def test_waiting_gives_up_after_its_timeout():
    with pytest.raises(TimeoutError):
        interrupt.wait_in_cell(Run(), timeout=0.1)
