"""A worker killed at each step that matters: the folder stays readable, nothing is left behind, and the run
goes on to the losses of one that was never interrupted.
"""

import json
import stat
import subprocess
import sys

import pytest

import ftkernel
from ftkernel.runs.commands import send_command
from ftkernel.runs.event_log import read_events
from ftkernel.runs.failpoints import FAILPOINTS
from ftkernel.runs.folder import RunFolder
from ftkernel.runs.ownership import liveness
from ftkernel.runs.state import error_of, state
from tests.process.support import HERE, environment_of_child, has_stepped, lock_is_free
from tests.waiting import wait_until

pytestmark = pytest.mark.process

STEPS = 8
SETTINGS = {
    "steps": STEPS,
    "save_steps": 2,
    "save_total_limit": 1,
    "eval_steps": 4,
    "eval_strategy": "steps",
    "val_size": 8,
    "per_device_eval_batch_size": 2,
    "cutoff_len": 64,
    "per_device_train_batch_size": 2,
    "lr": 1e-3,
    "stop_grace_seconds": 30,
}
PASS = {
    "step.after": 5,
    "checkpoint.before_file": 6,
    "checkpoint.after_file": 6,
    "checkpoint.before_manifest": 2,
    "checkpoint.before_rename": 2,
    "checkpoint.after_rename": 2,
    "checkpoint.before_delete": 2,
}
"""At which pass a place kills, where the first says little: later ones have something to lose."""

TRAINING = [name for name in FAILPOINTS if name.split(".")[0] not in {"stop", "resume", "merge"}]


@pytest.fixture(scope="module")
def interpreter(tmp_path_factory):
    """A stand-in for Python whose workers are forked from a process that has imported everything."""
    place = tmp_path_factory.mktemp("warm")
    server = subprocess.Popen(
        [sys.executable, str(HERE / "warm_server.py"), str(place / "socket")],
        env={**environment_of_child(), "OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE"},
        stdout=subprocess.PIPE,
        text=True,
        cwd=place,
    )
    path = place / "python-of-tests"
    path.write_text(
        f'#!/bin/sh\nexec "{sys.executable}" "{HERE / "warm_client.py"}" "{place / "socket"}"\n'
    )
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    assert server.stdout.readline() == "ready\n"
    yield str(path)
    server.kill()
    server.wait()
    server.stdout.close()


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    path = tmp_path_factory.mktemp("rows") / "rows.jsonl"
    lines = [
        {"instruction": f"What is {n} and {n + 1}?", "output": f"It is {2 * n + 1}" + "." * (n % 7)}
        for n in range(40)
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


@pytest.fixture(scope="module")
def train(tmp_path_factory, interpreter, rows, tiny_model_folder):
    """Start a run of the tiny model."""
    root = tmp_path_factory.mktemp("ft-runs")

    def train(name):
        return ftkernel.finetune(
            model=str(tiny_model_folder),
            data=str(rows),
            name=name,
            runs_dir=str(root),
            worker_python=interpreter,
            wait=False,
            **SETTINGS,
        )

    return train


@pytest.fixture(scope="module")
def reference(train):
    """The losses of a run that nothing interrupts."""
    run = train("reference")
    ended(run)
    assert state(run.files) == "finished", run.logs()
    return losses(run)


@pytest.fixture
def fail_at(monkeypatch):
    def fail_at(name):
        monkeypatch.setenv("FTKERNEL_FAILPOINT", f"{name}:{PASS.get(name, 1)}")

    yield fail_at
    monkeypatch.delenv("FTKERNEL_FAILPOINT", raising=False)


def ended(run):
    wait_until(lambda: not run.is_live and run.files.exit_file.exists(), 90, "the end of a run")
    wait_until(lambda: liveness(run.files) != "alive", 20)


def losses(run):
    rows = [(row["step"], row["loss"], row.get("eval_loss")) for row in run.metrics()]
    return [row for row in rows if row[1] is not None]


def assert_killed_and_readable(folder: RunFolder):
    assert state(folder) == "died", folder.log.read_text()[-2000:]
    assert error_of(folder).code == "run.killed"
    events = read_events(folder.events)
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    wait_until(lambda: lock_is_free(folder), 10)


def assert_same(run, reference):
    run.files.exit_file.unlink(missing_ok=True)
    run.resume(wait=False)
    ended(run)
    assert state(run.files) == "finished", run.logs()
    found = losses(run)
    assert [row[0] for row in found] == [row[0] for row in reference] == list(range(1, STEPS + 1))
    for mine, theirs in zip(found, reference, strict=True):
        assert mine[1] == pytest.approx(theirs[1], abs=1e-4)
        assert mine[2] == (None if theirs[2] is None else pytest.approx(theirs[2], abs=1e-4))
    left = [path.name for path in run.files.checkpoints_folder.iterdir()]
    assert [name for name in left if not name.startswith("step-")] == []
    assert run.files.latest_checkpoint().step == STEPS


@pytest.mark.parametrize("name", TRAINING)
def test_killed_in_training(name, train, fail_at, reference, monkeypatch):
    fail_at(name)
    run = train(name.replace(".", "-"))
    ended(run)
    assert_killed_and_readable(run.files)
    monkeypatch.delenv("FTKERNEL_FAILPOINT")
    assert_same(run, reference)


@pytest.mark.parametrize("name", ["stop.before_checkpoint", "stop.after_checkpoint"])
def test_killed_at_a_stop(name, train, fail_at, reference, monkeypatch):
    fail_at(name)
    run = train(name.replace(".", "-"))
    wait_until(lambda: has_stepped(run.files), 60)
    send_command(run.files, "stop", 1)
    ended(run)
    assert_killed_and_readable(run.files)
    monkeypatch.delenv("FTKERNEL_FAILPOINT")
    assert_same(run, reference)


@pytest.mark.parametrize("name", ["resume.before_load", "resume.after_load"])
def test_killed_at_a_resume(name, train, fail_at, reference, monkeypatch):
    fail_at("step.after")
    run = train(name.replace(".", "-"))
    ended(run)
    assert_killed_and_readable(run.files)
    run.files.exit_file.unlink()
    fail_at(name)
    run.resume(wait=False)
    ended(run)
    assert_killed_and_readable(run.files)
    monkeypatch.delenv("FTKERNEL_FAILPOINT")
    assert_same(run, reference)


@pytest.mark.parametrize("name", ["merge.middle", "merge.before_rename", "merge.after_rename"])
def test_killed_in_a_merge(name, train, fail_at, reference, monkeypatch, tmp_path):
    run = train(name.replace(".", "-"))
    ended(run)
    target = tmp_path / "merged"
    fail_at(name)
    with pytest.raises(ftkernel.FtError):
        run.merge(target)
    if name == "merge.after_rename":
        assert (target / "config.json").exists()
        return
    assert not target.exists()
    monkeypatch.delenv("FTKERNEL_FAILPOINT")
    run.merge(target)
    assert (target / "config.json").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["merged"]
