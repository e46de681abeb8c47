"""Runs that were started with paths relative to a folder, and names that are taken, by way of Python's calls."""

import os
import shutil
import struct

import pytest

import ftkernel
from ftkernel.api import finetune as module
from ftkernel.api.jobs import lines_of
from ftkernel.api.run import Run
from ftkernel.errors import FtError
from ftkernel.runs.launch import start_folder
from ftkernel.runs.state import error_of
from tests.process.support import interpreter, kinds
from tests.waiting import wait_until

pytestmark = pytest.mark.process


@pytest.fixture
def start(tmp_path, monkeypatch, behave):
    """Start runs in a folder that holds a model and rows; afterwards none goes on."""
    home = tmp_path / "home"
    (home / "model").mkdir(parents=True)
    (home / "model" / "config.json").write_text('{"model_type": "llama"}')
    header = b'{"w": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}'
    weights = struct.pack("<Q", len(header)) + header + bytes(4)
    (home / "model" / "model.safetensors").write_bytes(weights)
    (home / "rows.jsonl").write_text('{"text": "x"}\n')
    monkeypatch.chdir(home)
    runs = []

    def start(behaviour, **keys):
        behave(behaviour)
        python = interpreter(tmp_path)
        values = {"model": "model", "data": "rows.jsonl", "name": "first", "runs_dir": "runs"}
        run = ftkernel.finetune(**values, worker_python=python, **keys, wait=False)
        runs.append(run)
        return run

    yield start
    for run in runs:
        if run.folder.exists() and run.is_live:
            run.stop()
            run.wait(20)


def running(run):
    assert error_of(run.files) is None, error_of(run.files)
    return run.state == "running"


def test_a_run_with_relative_paths_goes_on_from_wherever_it_is_resumed(
    start, tmp_path, monkeypatch, behave
):
    run = start("reads_its_files")
    wait_until(lambda: running(run))
    run.stop()
    assert run.wait(20) == "stopped"
    home = tmp_path / "home"
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    found = Run(str(run.folder))
    found.resume(wait=False)
    wait_until(lambda: "run_resumed" in kinds(found.files) and running(found))
    found.stop()
    assert found.wait(20) == "stopped"
    behave("where")
    line = next(iter(lines_of("chat", found.recipe, found.files)))
    assert line["cwd"] == str(home)
    shutil.rmtree(home / "model")
    shutil.move(run.folder, elsewhere / "first")
    shutil.rmtree(home)
    moved = Run(str(elsewhere / "first"))
    assert start_folder(moved.files) == elsewhere


def test_a_name_in_use_gets_a_number_that_is_said_and_both_runs_go_on(start):
    first = start("steady")
    said = []
    second = module.start(first.recipe, say=said.append)
    try:
        assert (first.name, second.name) == ("first", "first-2")
        assert said == ["`first` was in use: this run is `first-2`."]
        assert Run("first").name == Run(str(second.folder)).name == "first-2"
        wait_until(lambda: running(first) and running(second))
    finally:
        second.stop()
        second.wait(20)


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("../x", "'../x' is no name for a run: a name is not a path."),
        ("a b", "'a b' is no name for a run: it contains a space."),
        ("x" * 65, "The name of the run is too long: 65 characters, at most 64."),
    ],
)
def test_a_bad_name_starts_nothing(tmp_path, monkeypatch, name, first):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FtError) as caught:
        ftkernel.finetune(model="smollm2-135m", data="demo", name=name, wait=False)
    assert caught.value.lines()[0] == first
    assert os.listdir(tmp_path) == []


def test_whoever_waits_for_a_run_is_told_when_its_folder_is_deleted(start):
    run = start("steady")
    wait_until(lambda: running(run))
    shutil.rmtree(run.folder, ignore_errors=True)
    shutil.rmtree(run.folder, ignore_errors=True)  # the worker may have put a file back
    with pytest.raises(FtError) as caught:
        run.wait(20)
    assert caught.value.lines()[0] == f"The folder of the run is gone: {run.folder}"
    with pytest.raises(FtError, match="gone"):
        run.resume(wait=False)
    assert run.events() == []
