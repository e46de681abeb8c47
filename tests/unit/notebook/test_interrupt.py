"""Interrupt while waiting: the first ends the waiting, a second one soon after stops the run."""

import signal
import sys
import threading
from pathlib import Path

import pytest

from ftkernel.errors import Halt
from ftkernel.notebook import interrupt
from tests.waiting import wait_until


class Run:
    """A run that goes on until it is stopped, or until somebody has looked at it so many times."""

    name = "first"

    def __init__(self, *, looks_to_its_end=None):
        self.looks = self.stops = 0
        self.files = self
        self._looks_to_its_end = looks_to_its_end

    @property
    def state(self):
        self.looks += 1
        assert self.looks < 50, "it is waited for without end"
        if self.stops:
            return "stopped"
        return "finished" if self.looks == self._looks_to_its_end else "running"

    def latest_checkpoint(self):
        """Written by the stop."""
        return Path("step-000003") if self.stops else None

    def stop(self):
        self.stops += 1


def interrupt_when(*conditions):
    """Interrupt the main thread at each of the conditions, one after the other."""

    def send():
        for condition in conditions:
            wait_until(condition)
            signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)

    threading.Thread(target=send, daemon=True).start()


def listens():
    """Whether the cell has said that it listens for a second interrupt."""
    return "Interrupt again within two seconds" in sys.stdout.getvalue()


def test_the_state_is_returned_when_the_run_ends():
    run = Run(looks_to_its_end=3)
    assert interrupt.wait_in_cell(run) == "finished"
    assert (run.looks, run.stops) == (3, 0)


def test_one_interrupt_ends_the_waiting_and_leaves_the_run(monkeypatch, capsys):
    monkeypatch.setattr(interrupt, "LISTEN_SECONDS", 0.4)
    run = Run()
    interrupt_when(lambda: run.looks)
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
    interrupt_when(lambda: run.looks, listens)
    with pytest.raises(Halt) as caught:
        interrupt.wait_in_cell(run)
    assert caught.value.lines() == [
        "Run 'first' was interrupted and is now stopped.",
        "  %ft resume first goes on from its checkpoint.",
    ]
    assert caught.value.message("zh") == "运行“first”被中断，现在的状态：已停止。"
    assert run.stops == 1
    assert capsys.readouterr().out.endswith("Stopping run 'first' with a checkpoint …\n")


def test_waiting_gives_up_after_its_timeout():
    run = Run()
    with pytest.raises(TimeoutError, match=r"Run 'first' goes on after 0\.1 s of waiting\."):
        interrupt.wait_in_cell(run, timeout=0.1)
    assert run.looks > 1
    assert run.stops == 0
