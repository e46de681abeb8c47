"""A spare worker waits for a job, becomes the worker of it as if it had been started for it, and never stays behind."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import psutil
import pytest

from ftkernel.machine import read_machine
from ftkernel.recipe.recipe import Recipe
from ftkernel.runs import spares, store
from ftkernel.runs.environment import worker_environment
from ftkernel.runs.launch import launch, launch_run
from ftkernel.runs.state import state
from tests.process.support import (
    HERE,
    environment_of_child,
    interpreter,
    kinds,
    put_spare,
    recipe_of_tests,
)
from tests.waiting import wait_until

pytestmark = pytest.mark.process


@pytest.fixture(autouse=True)
def nothing_stays():
    yield
    spares.close()
    wait_until(lambda: not spares.runs_going_on())


def ask(tmp_path, env, **fields):
    """Start the chat job that tells what it was given; returns the worker and what it says."""
    worker = launch(
        {"job": "chat", **fields},
        log=tmp_path / "of the job.log",
        python=interpreter(tmp_path),
        env=env,
        cwd=tmp_path,
        may_be_warm=True,
    )
    return worker, next(worker.lines())


def test_a_job_finds_its_folder_log_and_token_in_a_spare_that_knew_none_of_them(
    tmp_path, behave, monkeypatch
):
    behave("tells")
    monkeypatch.setenv("HF_TOKEN", "hf_of_the_job")
    spare = put_spare(tmp_path)
    assert spare.ready.wait(10)
    before = Path(f"/proc/{spare.worker.pid}/environ").read_text()
    assert "FTKERNEL_TEST_BEHAVIOUR" in before
    assert "hf_of_the_job" not in before
    recipe = recipe_of_tests(tmp_path, model="some/model")
    worker, told = ask(
        tmp_path,
        worker_environment(recipe, read_machine()),
        secrets={"hf_hub_token": "hf_given_in_the_recipe"},
    )
    assert worker is spare.worker
    log = tmp_path / "of the job.log"
    assert told == {
        "kind": "ready",
        "cwd": str(tmp_path),
        "token": "hf_of_the_job",
        "log": str(log),
        "session": worker.pid,
    }
    assert worker.wait(10) == 0
    assert log.read_text() == "the secret is [secret]\nit is [secret]\n"


@pytest.mark.parametrize("what", ["environment", "packages", "gpus"])
def test_a_spare_that_read_something_else_at_its_start_is_not_used_and_gives_its_memory_back(
    tmp_path, behave, monkeypatch, what
):
    behave("short")
    spare = put_spare(tmp_path)
    if what == "environment":
        monkeypatch.setenv("OMP_NUM_THREADS", "3")
    elif what == "packages":
        os.utime(interpreter(tmp_path))
    recipe = recipe_of_tests(tmp_path, **({"devices": "cpu"} if what == "gpus" else {}))
    folder = store.create_run(tmp_path, "first", recipe)
    worker = launch_run(folder, recipe)
    assert worker is not spare.worker
    assert spare.worker.wait(10) == 0
    assert worker.wait(10) == 0
    wait_until(lambda: state(folder) == "finished")


def test_a_run_takes_a_spare_that_is_still_importing(tmp_path, behave):
    behave("short")
    (tmp_path / "slow_module.py").write_text("import time\ntime.sleep(0.5)\n")
    os.environ["PYTHONPATH"] = str(tmp_path)
    try:
        spare = put_spare(tmp_path, modules=["slow_module"])
        recipe = recipe_of_tests(tmp_path)
        folder = store.create_run(tmp_path, "first", recipe)
        worker = launch_run(folder, recipe)
    finally:
        del os.environ["PYTHONPATH"]
    assert worker is spare.worker
    assert not spare.ready.is_set()
    assert worker.wait(20) == 0
    assert kinds(folder)[0] == "attempt_started"


def test_a_job_is_done_even_if_the_spare_dies_at_that_moment(tmp_path, behave):
    behave("short")
    spare = put_spare(tmp_path)
    assert spare.ready.wait(10)
    os.kill(spare.worker.pid, signal.SIGSTOP)  # it is there, and will never answer
    threading.Timer(0.3, os.kill, [spare.worker.pid, signal.SIGKILL]).start()
    recipe = recipe_of_tests(tmp_path)
    folder = store.create_run(tmp_path, "first", recipe)
    worker = launch_run(folder, recipe)
    assert worker is not spare.worker
    assert worker.wait(10) == 0
    wait_until(lambda: state(folder) == "finished")


def test_a_spare_leaves_after_idle_time_and_when_memory_is_short(tmp_path):
    idle = put_spare(tmp_path, idle_seconds=0.01)
    assert idle.worker.wait(10) == 0
    assert spares.current() is None
    hungry = put_spare(tmp_path, least_memory=1 << 60)
    assert hungry.worker.wait(10) == 0


def test_what_cannot_be_imported_is_the_jobs_to_say(tmp_path, behave):
    behave("short")
    spare = put_spare(tmp_path, modules=["no_such_module"])
    assert spare.ready.wait(10)
    recipe = recipe_of_tests(tmp_path)
    folder = store.create_run(tmp_path, "first", recipe)
    worker = launch_run(folder, recipe)
    assert worker is spare.worker
    assert worker.wait(10) == 0
    assert "no_such_module" in (tmp_path / "spare.log").read_text()
    assert "no_such_module" not in folder.log.read_text()


@pytest.mark.parametrize("end", ["kill", "terminate", "interrupt"])
def test_a_spare_dies_with_its_kernel(tmp_path, end):
    process = subprocess.Popen(
        [sys.executable, str(HERE / "kernel_of_tests.py"), str(tmp_path), "wait"],
        stdout=subprocess.PIPE,
        env=environment_of_child(),
        start_new_session=True,
        text=True,
    )
    with process:
        assert process.stdout.readline() == "started\n"
        pid = int((tmp_path / "spare.pid").read_text())
        spare = psutil.Process(pid)
        assert spare.is_running()
        if end == "interrupt":
            os.killpg(process.pid, signal.SIGINT)  # which the spare does not get
        else:
            getattr(process, end)()
        process.wait(10)
    wait_until(lambda: not psutil.pid_exists(pid), 5)


def test_a_model_that_may_be_quantized_has_a_worker_of_its_own_where_its_library_is_there(
    tmp_path, monkeypatch
):
    from ftkernel.runs.launch import may_be_warm

    (tmp_path / "plain").mkdir()
    (tmp_path / "plain" / "config.json").write_text("{}")
    (tmp_path / "small").mkdir()
    (tmp_path / "small" / "config.json").write_text('{"quantization_config": {"bits": 4}}')
    (tmp_path / "model.gguf").write_bytes(b"GGUF")
    names = [str(tmp_path / name) for name in ("plain", "small", "model.gguf")]
    recipes = [
        Recipe.from_mapping({"model": name, "data": "demo"})
        for name in (*names, "smollm2-135m", "some/model")
    ]
    for library, expected in (
        (False, [True, True, True, True, True]),
        (True, [True, False, True, True, False]),
    ):
        monkeypatch.setattr(spares, "has_quantization_library", lambda _, there=library: there)
        assert [may_be_warm(recipe) for recipe in recipes] == expected
