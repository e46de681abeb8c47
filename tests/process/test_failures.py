"""What goes wrong inside a worker, or to it, reaches a person as two to six lines with the cause."""

import os
import shutil
import subprocess
import sys

import pytest

from ftkernel.errors import FtError
from ftkernel.machine import read_machine
from ftkernel.runs.event_log import read_events
from ftkernel.runs.folder import RunFolder, read_json
from ftkernel.runs.launch import launch, launch_run
from ftkernel.runs.ownership import Ownership
from ftkernel.runs.state import error_of, state
from tests.process.support import has_stepped, kinds, last, recipe_of_tests
from tests.waiting import wait_until

pytestmark = pytest.mark.process

SECRET = "hf_abcdefghijklmnop"


def ended(folder, worker):
    worker.wait(15)
    wait_until(folder.exit_file.exists)
    return error_of(folder)


def test_an_unexpected_error_is_told_with_its_log_and_without_the_secret(begin):
    folder, worker = begin("fails", hf_hub_token=SECRET)
    error = ended(folder, worker)
    assert state(folder) == "failed"
    assert str(error) == (
        "The worker failed: RuntimeError: denied for [secret]\n"
        f"  The whole trace is in {folder.log}"
    )
    log = folder.log.read_text()
    assert "the secret is [secret]" in log
    assert "a library wrote to descriptor 1" in log
    assert "Traceback" in log


def test_no_file_of_a_run_holds_a_secret(begin):
    folder, worker = begin("fails", hf_hub_token=SECRET)
    ended(folder, worker)
    files = [path for path in folder.path.rglob("*") if path.is_file()]
    assert len(files) >= 6
    assert [path for path in files if SECRET.encode() in path.read_bytes()] == []


def test_a_token_of_the_environment_that_the_job_needs_stays_out_of_its_files(begin, monkeypatch):
    monkeypatch.setenv("WANDB_API_KEY", SECRET)
    folder, worker = begin("fails_over_its_environment", report_to="wandb")
    assert str(ended(folder, worker)).startswith("The worker failed: RuntimeError: denied for [se")
    assert "the key is [secret]\n" in folder.log.read_text()
    files = [path for path in folder.path.rglob("*") if path.is_file()]
    assert [path for path in files if SECRET.encode() in path.read_bytes()] == []


def test_out_of_memory_names_the_setting_to_lower_with_numbers(begin):
    folder, worker = begin("runs_out_of_memory")
    error = ended(folder, worker)
    message, place, hint = str(error).splitlines()
    assert message.startswith("Out of memory: 2.1 GB more were wanted, ")
    assert place == "  at per_device_train_batch_size"
    assert hint == "  Write `per_device_train_batch_size: 2` instead of 4, then resume."


def test_a_job_that_returns_without_an_end_is_an_error(begin):
    folder, worker = begin("silent")
    assert str(ended(folder, worker)) == (
        f"The worker's job ended without saying how.\n  The log is {folder.log}"
    )
    assert kinds(folder) == ["attempt_started", "phase_started", "run_failed"]


def test_a_worker_that_leaves_without_a_word_is_told_by_its_exit_code(begin):
    folder, worker = begin("crashes")
    assert str(ended(folder, worker)) == (
        "The worker of run first ended without a word, with exit code 7.\n"
        "  The end of its log tells more: `%ft log first`"
    )


def test_a_worker_killed_for_memory_is_told_so(begin):
    folder, worker = begin("kills_itself")
    ended(folder, worker)
    note = read_json(folder.exit_file)
    assert (note["returncode"], note["out_of_memory"]) == (-9, False)
    from ftkernel.runs.folder import write_json

    write_json(folder.exit_file, {**note, "out_of_memory": True})  # as its watcher does then
    assert str(error_of(folder)) == (
        "The worker of run first was killed by the system: out of memory.\n"
        "  Lower per_device_train_batch_size or cutoff_len, then `%ft resume first`."
    )


def test_a_run_whose_folder_is_moved_away_ends_and_says_so(begin):
    folder, worker = begin("loses_its_folder")
    assert worker.wait(15) == 1
    wait_until(lambda: worker.error)
    assert worker.error == {
        "code": "run.folder_lost",
        "params": {"path": str(folder.path)},
        "where": None,
    }
    with pytest.raises(FtError) as caught:
        state(folder)
    assert str(caught.value) == (
        f"The folder of the run is gone: {folder.path}\n"
        "  It was removed or renamed, or its disk is not there. Put it back, or start a new run."
    )
    moved = RunFolder(f"{folder.path}-elsewhere")
    assert kinds(moved) == ["attempt_started", "phase_started"]


def test_a_folder_deleted_under_a_run_ends_its_worker(begin):
    folder, worker = begin("steady")
    wait_until(lambda: has_stepped(folder))
    shutil.rmtree(folder.path, ignore_errors=True)
    shutil.rmtree(folder.path, ignore_errors=True)  # the worker may have put a file back in between
    assert worker.wait(15) == 1
    wait_until(lambda: worker.error)
    assert worker.error["code"] == "run.folder_lost"


@pytest.fixture
def small_disk(tmp_path):
    """A disk of one megabyte."""
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)]
    if shutil.which("mount") is None or subprocess.run(command, capture_output=True).returncode:
        pytest.skip("no disk can be mounted here")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


@pytest.mark.parametrize("behaviour", ["fills_the_disk", "says_until_the_disk_is_full"])
def test_a_full_disk_is_told_in_the_run_itself(behaviour, begin, small_disk, tmp_path):
    from ftkernel.runs import store

    folder = store.create_run(small_disk, "first", recipe_of_tests(tmp_path))
    folder, worker = begin(behaviour, folder=folder)
    assert worker.wait(30) == 1
    assert state(folder) == "failed"
    assert str(error_of(folder)) == (
        f"The disk is full: {folder.path}\n"
        "  Make room (`%ft rm NAME` removes a run), then `%ft resume` goes on from the last checkpoint."
    )
    events = read_events(folder.events)
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))


def test_a_second_worker_is_refused_and_leaves_the_run_alone(begin, tmp_path):
    folder, worker = begin("steady")
    wait_until(lambda: has_stepped(folder))
    host = read_machine().host
    said = (
        f"Run first is driven by process {worker.pid} on {host}.\n"
        "  Look at it with `%ft show first`, or end it first with `%ft stop first`."
    )
    with pytest.raises(FtError) as caught:
        launch_run(folder, recipe_of_tests(tmp_path), resume_from=0)
    assert str(caught.value) == said
    with pytest.raises(FtError) as caught:
        Ownership.take(folder, 2)
    assert str(caught.value) == said

    second = launch(  # as when two kernels start one at the same moment
        {"job": "train", "run": str(folder.path), "attempt": 2},
        log=tmp_path / "second.log",
        python=recipe_of_tests(tmp_path)["worker_python"],
    )
    lines = list(second.lines())
    assert second.wait(10) == 3
    assert [line["error"]["code"] for line in lines] == ["run.driven_elsewhere"]
    assert {event["attempt"] for event in read_events(folder.events)} == {1}
    assert state(folder) == "running"


def test_a_run_is_starting_before_its_worker_can_say_so(begin):
    folder, worker = begin("silent")
    assert folder.launch_file.exists()
    assert state(folder) in {"starting", "failed"}
    worker.wait(10)
    wait_until(lambda: state(folder) == "failed")


def test_an_interpreter_that_does_not_exist_is_refused_by_name(begin, tmp_path):
    with pytest.raises(FtError) as caught:
        launch({"job": "chat"}, log=tmp_path / "log", python="/nowhere/python")
    assert str(caught.value) == (
        "The worker could not be started with '/nowhere/python': No such file or directory.\n"
        "  `worker_python` must name a Python that has ftkernel; leave it out for the kernel's own."
    )


def test_an_interpreter_without_the_package_is_told_by_the_package(begin, tmp_path):
    bare = tmp_path / "bare"
    bare.write_text(f'#!/bin/sh\nexec "{sys.executable}" -I -S "$@"\n')
    bare.chmod(0o755)
    folder, worker = begin("steady", worker_python=str(bare))
    assert str(ended(folder, worker)) == (
        "The worker's Python lacks the package ftkernel.\n"
        "  Install it there: `pip install ftkernel`; `%ft doctor` shows all that is missing."
    )


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root may mount a disk")
def test_a_read_only_place_is_said_before_a_worker_starts(small_disk, tmp_path):
    from ftkernel.runs import store

    recipe = recipe_of_tests(tmp_path)
    folder = store.create_run(small_disk, "first", recipe)
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with pytest.raises(FtError) as caught:
        launch_run(folder, recipe)
    assert str(caught.value) == (
        f"The folder can not be written: {folder.path}\n"
        "  Allow writing there, or choose another place with `runs_dir`."
    )
    with pytest.raises(FtError) as caught:
        store.create_run(small_disk, "second", recipe)
    assert caught.value.code == "recipe.runs_dir_impossible"
    assert "Read-only file system" in str(caught.value)
    assert not folder.events.exists()


def test_a_worker_ends_by_itself_when_no_job_comes(tmp_path):
    worker = subprocess.run(
        [sys.executable, "-m", "ftkernel.worker"], input=b"", capture_output=True, timeout=20
    )
    assert (worker.returncode, worker.stdout, worker.stderr) == (0, b"", b"")


def test_the_last_event_of_a_failed_run_is_its_end(begin):
    folder, worker = begin("fails")
    ended(folder, worker)
    assert last(folder)["kind"] == "run_failed"
