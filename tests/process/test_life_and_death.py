"""A worker dies with whoever started it, in each way that can die; detached it lives on. Nothing is left."""

import contextlib
import os
import signal
import subprocess
import sys

import psutil
import pytest

from ftkernel.runs.folder import RunFolder
from ftkernel.runs.ownership import liveness
from ftkernel.runs.state import error_of, state
from tests.process.support import (
    HERE,
    environment_of_child,
    family,
    has_stepped,
    kinds,
    last,
    lock_is_free,
    nothing_is_left,
    worker_pid,
)
from tests.waiting import wait_until

pytestmark = pytest.mark.process

both_ways = pytest.mark.parametrize("start", ["cold", "warm"])
"""For what matters most: a worker of its own, and a spare one that took the run."""


@pytest.fixture
def kernel(tmp_path, behave):
    """Start a process that starts a run; returns it and the run's folder."""
    started = []

    def kernel(way, behaviour="with_children", start="cold"):
        behave(behaviour)
        process = subprocess.Popen(
            [sys.executable, str(HERE / "kernel_of_tests.py"), str(tmp_path), way, start],
            stdout=subprocess.PIPE,
            env=environment_of_child(),
            start_new_session=True,
            text=True,
        )
        started.append(process)
        assert process.stdout.readline() == "started\n"
        folder = RunFolder(tmp_path / "first")
        if way != "exit":
            wait_until(lambda: has_stepped(folder))
        return process, folder

    yield kernel
    for process in started:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()
    if started:
        for process in family(RunFolder(tmp_path / "first")):
            process.kill()


def stopped_for(folder, reason):
    event = last(folder)
    return event["kind"] == "run_stopped" and event["reason"] == reason


@both_ways
def test_a_killed_kernel_leaves_a_checkpoint_and_no_process(kernel, start):
    process, folder = kernel("idle", start=start)
    process.kill()
    process.wait()
    wait_until(lambda: nothing_is_left(folder), 10)
    assert stopped_for(folder, "owner_gone")
    assert folder.latest_checkpoint().step == last(folder)["step"]
    assert state(folder) == "stopped"
    assert liveness(folder) == "none"
    assert lock_is_free(folder)


@both_ways
def test_a_forked_sibling_that_keeps_the_life_line_open_does_not_keep_the_worker(kernel, start):
    process, folder = kernel("sibling", start=start)
    sibling = psutil.Process(process.pid).children()
    assert any(worker_pid(folder) != child.pid for child in sibling)
    process.kill()
    process.wait()
    wait_until(lambda: nothing_is_left(folder), 10)
    assert stopped_for(folder, "owner_gone")


@both_ways
def test_a_kernel_that_ends_by_itself_takes_its_worker_along(kernel, start):
    process, folder = kernel("exit", "steady", start)
    assert process.wait(10) == 0
    wait_until(lambda: folder.launch_file.exists() and nothing_is_left(folder), 10)
    assert stopped_for(folder, "owner_gone") or kinds(folder) == []


def test_a_run_goes_on_when_the_object_that_started_it_is_dropped(kernel):
    _, folder = kernel("forget", "steady")
    seen = len(kinds(folder))
    wait_until(lambda: len(kinds(folder)) > seen + 5)
    assert state(folder) == "running"


def test_a_terminated_kernel_takes_its_worker_along(kernel):
    process, folder = kernel("idle", "steady")
    process.terminate()
    process.wait()
    wait_until(lambda: nothing_is_left(folder), 10)
    assert stopped_for(folder, "owner_gone")


@both_ways
def test_a_kernels_interrupt_does_not_reach_the_worker(kernel, start):
    process, folder = kernel("idle", "steady", start)
    os.killpg(process.pid, signal.SIGINT)  # as Jupyter does it: to the kernel's group
    process.wait()
    wait_until(lambda: nothing_is_left(folder), 10)
    assert stopped_for(folder, "owner_gone")  # because the script ended, not by a signal of its own


@both_ways
def test_sigint_to_the_worker_itself_is_ignored(begin, start):
    folder, worker = begin("steady", start=start)
    wait_until(lambda: has_stepped(folder))
    os.kill(worker.pid, signal.SIGINT)
    seen = len(kinds(folder))
    wait_until(lambda: len(kinds(folder)) > seen + 5)
    assert worker.poll() is None


@both_ways
def test_a_detached_worker_survives_its_kernel_and_obeys_from_elsewhere(kernel, start):
    from ftkernel.runs.commands import send_command

    process, folder = kernel("detach", "steady", start)
    process.kill()
    process.wait()
    seen = len(kinds(folder))
    wait_until(lambda: len(kinds(folder)) > seen + 150)  # three seconds: the owner was looked at
    assert state(folder) == "running"
    send_command(folder, "stop", attempt=1)
    wait_until(lambda: nothing_is_left(folder), 10)
    assert stopped_for(folder, "command")


@both_ways
def test_closing_the_life_line_stops_with_a_checkpoint(begin, start):
    folder, worker = begin("with_children", start=start)
    wait_until(lambda: has_stepped(folder))
    worker.close_lifeline()
    assert worker.wait(10) == 0
    wait_until(lambda: nothing_is_left(folder), 5)
    assert stopped_for(folder, "owner_gone")
    wait_until(folder.exit_file.exists)


@both_ways
def test_sigterm_stops_with_a_checkpoint(begin, start):
    folder, worker = begin("steady", start=start)
    wait_until(lambda: has_stepped(folder))
    worker.terminate()
    assert worker.wait(10) == 0
    assert stopped_for(folder, "signal")
    assert folder.latest_checkpoint() is not None


@both_ways
def test_a_second_sigterm_ends_the_worker_now_even_inside_a_library(begin, start):
    folder, worker = begin("busy", stop_grace_seconds=600, start=start)
    wait_until(lambda: has_stepped(folder))
    worker.terminate()
    worker.terminate()  # two signals may merge into one while none was handled
    wait_until(lambda: worker.terminate() or worker.poll() is not None, 10)
    assert worker.poll() == 4
    assert stopped_for(folder, "signal")


@both_ways
def test_the_watchdog_ends_a_worker_that_heeds_nothing_and_its_children(begin, start):
    folder, worker = begin("deaf_with_children", stop_grace_seconds=1, start=start)
    wait_until(lambda: len(family(folder)) >= 3 and has_stepped(folder))
    worker.close_lifeline()
    assert worker.wait(10) == 4
    wait_until(lambda: nothing_is_left(folder), 5)
    assert stopped_for(folder, "owner_gone")
    assert last(folder)["checkpoint"] == "checkpoints/step-000001"
    assert "deaf_with_children" in folder.log.read_text()  # where it hung


def test_a_worker_whose_interpreter_is_stuck_at_its_stop_is_ended_from_below(begin):
    folder, worker = begin("stuck", stop_grace_seconds=1)
    wait_until(lambda: has_stepped(folder))
    worker.close_lifeline()
    assert worker.wait(15) == 1
    wait_until(lambda: state(folder) == "died")
    assert "Timeout" in folder.log.read_text()  # with the place where it hung


@both_ways
def test_a_killed_worker_leaves_no_children_and_no_lock(begin, start):
    folder, worker = begin("with_children", start=start)
    wait_until(lambda: len(family(folder)) >= 3 and has_stepped(folder))
    os.kill(worker.pid, signal.SIGKILL)
    wait_until(lambda: nothing_is_left(folder), 10)
    wait_until(folder.exit_file.exists)
    assert state(folder) == "died"
    assert liveness(folder) == "stale"
    assert lock_is_free(folder)
    assert str(error_of(folder)) == (
        "The worker of run first was killed by SIGKILL.\n"
        "  `%ft resume first` starts it again from the beginning: there is no checkpoint; "
        f"the log is {folder.log}"
    )


def test_worker_and_kernel_killed_together_leave_no_forked_child(kernel):
    process, folder = kernel("idle")
    wait_until(lambda: len(family(folder)) >= 3)
    program = [one for one in family(folder) if "time.sleep(1000)" in " ".join(one.cmdline())]
    process.kill()
    os.kill(worker_pid(folder), signal.SIGKILL)
    process.wait()
    for (
        one
    ) in program:  # a program of its own is nobody's any more: no one is left who could know it
        one.kill()
    wait_until(lambda: nothing_is_left(folder), 10)
    assert lock_is_free(folder)
    assert state(folder) == "died"


def test_a_killed_run_is_resumed_by_a_second_attempt_with_its_numbers(begin):
    folder, worker = begin("steady")
    wait_until(lambda: has_stepped(folder))
    os.kill(worker.pid, signal.SIGKILL)
    wait_until(folder.exit_file.exists)
    folder, worker = begin("short", folder=folder, resume_from=0)
    assert worker.wait(10) == 0
    wait_until(lambda: state(folder) == "finished")
    from ftkernel.runs.event_log import read_events
    from ftkernel.runs.history import metrics

    events = read_events(folder.events)
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert [event["attempt"] for event in events] == sorted(event["attempt"] for event in events)
    assert events[-1]["attempt"] == 2
    assert [row["step"] for row in metrics(events)] == [1, 2, 3]
