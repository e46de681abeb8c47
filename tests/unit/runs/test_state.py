"""The state of a run and why it ended, from every combination of what its folder can hold."""

import time

import pytest

from ftkernel.errors import FtError
from ftkernel.runs.event_log import EventWriter
from ftkernel.runs.events import (
    AttemptStarted,
    PhaseProgressed,
    PhaseStarted,
    RunFailed,
    RunFinished,
    RunResumed,
    RunStopped,
)
from ftkernel.runs.folder import write_json
from ftkernel.runs.processes import this_process
from ftkernel.runs.state import current_attempt, error_of, next_attempt, state
from tests.unit.runs.support import make_checkpoint, make_run, step_event

STARTED = AttemptStarted(run_id="x", host="h", pid=1, python="3", versions={})
FINISHED = RunFinished(step=3, result="result")
STOPPED = RunStopped(step=3, reason="command", checkpoint=None)
FAILED = RunFailed(error=FtError("run.disk_full", path="/full").to_json())


@pytest.fixture
def folder(tmp_path):
    return make_run(tmp_path)


def say(folder, *events, attempt=1):
    writer = EventWriter(folder, attempt)
    for event in events:
        writer.write(event)
    writer.close()


def owned(folder, attempt=1, **changes):
    record = {**this_process().to_json(), "attempt": attempt, "heartbeat": time.time(), **changes}
    write_json(folder.owner_file, record)


def launched(folder, attempt=1, **changes):
    write_json(folder.launch_file, {**this_process().to_json(), "attempt": attempt, **changes})


def exited(folder, attempt=1, returncode=-9, **more):
    write_json(folder.exit_file, {"attempt": attempt, "returncode": returncode, **more})


DEAD = {"create_time": 1.0}


def test_a_new_run_is_created(folder):
    assert state(folder) == "created"
    assert (current_attempt(folder), next_attempt(folder)) == (0, 1)


def test_a_launched_worker_that_has_not_spoken_is_starting(folder):
    launched(folder)
    assert state(folder) == "starting"
    assert next_attempt(folder) == 2


def test_a_launched_worker_that_ended_before_it_spoke_has_died(folder):
    launched(folder, **DEAD)
    assert state(folder) == "died"
    launched(folder)
    exited(folder, returncode=1)
    assert state(folder) == "died"


def test_an_owner_that_has_not_trained_is_starting_and_then_running(folder):
    owned(folder)
    assert state(folder) == "starting"
    say(
        folder,
        STARTED,
        PhaseStarted(phase="tokenizing"),
        PhaseProgressed(phase="tokenizing", done=1),
    )
    assert state(folder) == "starting"
    say(folder, PhaseStarted(phase="training"))
    assert state(folder) == "running"
    say(folder, step_event(1))
    assert state(folder) == "running"


@pytest.mark.parametrize(
    ("end", "reached"), [(FINISHED, "finished"), (STOPPED, "stopped"), (FAILED, "failed")]
)
def test_the_end_that_was_said_counts_whether_the_worker_lives_or_not(folder, end, reached):
    say(folder, STARTED, step_event(1), end)
    assert state(folder) == reached
    owned(folder)
    assert state(folder) == reached
    owned(folder, **DEAD)
    exited(folder)
    assert state(folder) == reached


def test_a_run_whose_owner_is_dead_has_died(folder):
    say(folder, STARTED, step_event(1))
    owned(folder, **DEAD)
    assert state(folder) == "died"


def test_a_resumed_run_has_the_state_of_its_last_attempt(folder):
    say(folder, STARTED, step_event(1), STOPPED)
    launched(folder, 2)
    assert state(folder) == "starting"
    owned(folder, 2)
    say(folder, STARTED, RunResumed(from_step=1, checkpoint="x"), attempt=2)
    assert state(folder) == "starting"
    say(folder, step_event(2), attempt=2)
    assert state(folder) == "running"
    say(folder, FINISHED, attempt=2)
    assert state(folder) == "finished"
    assert next_attempt(folder) == 3


def test_a_long_run_is_read_from_its_end(folder):
    say(folder, STARTED, *(step_event(step) for step in range(1, 1500)))
    owned(folder)
    assert state(folder) == "running"
    say(folder, *(PhaseProgressed(phase="evaluating", done=n) for n in range(1500)))
    assert state(folder) == "running"  # what shows it lies far before the end


def test_a_deleted_run_has_no_state(folder):
    import shutil

    shutil.rmtree(folder.path)
    with pytest.raises(FtError) as caught:
        state(folder)
    assert caught.value.code == "run.folder_lost"


def why(folder):
    error = error_of(folder)
    assert error is not None
    assert 2 <= len(error.lines()) <= 6
    return str(error)


def test_a_failed_run_tells_its_error(folder):
    say(folder, STARTED, FAILED)
    assert why(folder) == (
        "The disk is full: /full\n"
        "  Make room (`%ft rm NAME` removes a run), then `%ft resume` goes on from the last checkpoint."
    )


def test_a_run_that_went_well_has_no_error(folder):
    assert error_of(folder) is None
    say(folder, STARTED, FINISHED)
    assert error_of(folder) is None


def test_each_way_to_die_has_its_words(folder):
    say(folder, STARTED, step_event(1))
    owned(folder, **DEAD)
    again = "  `%ft resume first` starts it again from the beginning: there is no checkpoint"
    gone = "The worker of run first is gone, and nobody saw it end."
    assert why(folder) == f"{gone}\n{again}; the log is {folder.log}"
    make_checkpoint(folder, 1)
    goes_on = f"  `%ft resume first` goes on from the last checkpoint; the log is {folder.log}"
    assert why(folder) == f"{gone}\n{goes_on}"
    owned(folder, boot_id="another start")
    assert why(folder) == (
        "The machine was restarted while run first was going on.\n"
        "  `%ft resume first` goes on from the last checkpoint."
    )
    exited(folder, out_of_memory=True)
    assert why(folder) == (
        "The worker of run first was killed by the system: out of memory.\n"
        "  Lower per_device_train_batch_size or cutoff_len, then `%ft resume first`."
    )
    exited(folder)
    assert why(folder) == f"The worker of run first was killed by SIGKILL.\n{goes_on}"
    exited(folder, returncode=-11)
    assert why(folder) == f"The worker of run first was killed by SIGSEGV.\n{goes_on}"
    exited(folder, returncode=7)
    assert why(folder) == (
        "The worker of run first ended without a word, with exit code 7.\n"
        "  The end of its log tells more: `%ft log first`"
    )
    exited(folder, returncode=1, error=FtError("run.disk_full", path="/full").to_json())
    assert why(folder).startswith("The disk is full: /full\n")
    exited(folder, returncode=1)
    folder.log.write_text("...\n/usr/bin/python: No module named ftkernel\n")
    assert why(folder).startswith("The worker's Python lacks the package ftkernel.\n")


def test_the_exit_of_an_earlier_attempt_does_not_explain_this_one(folder):
    say(folder, STARTED, step_event(1), attempt=2)
    owned(folder, 2, **DEAD)
    exited(folder, attempt=1)
    assert why(folder).startswith("The worker of run first is gone, and nobody saw it end.")
