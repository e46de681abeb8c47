"""What is known before a worker starts is said before one starts."""

import dataclasses

import pytest

from ftkernel.api import precheck as module
from ftkernel.api.finetune import start
from ftkernel.api.precheck import precheck
from ftkernel.errors import FtError
from ftkernel.machine import read_machine
from ftkernel.recipe.recipe import Recipe


def recipe(**keys):
    return Recipe.from_mapping({"model": "smollm2-135m", "data": "demo", **keys})


def refusal(wanted) -> FtError | None:
    try:
        precheck(wanted)
    except FtError as error:
        return error
    return None


@pytest.fixture
def small_machine(monkeypatch):
    small = dataclasses.replace(read_machine(), memory_total=200_000_000, gpus=())
    monkeypatch.setattr(module, "read_machine", lambda: small)


def test_a_model_that_can_never_fit_is_refused_with_numbers(small_machine):
    with pytest.raises(FtError) as caught:
        precheck(recipe())
    assert caught.value.lines() == [
        "The model has 0.1 billion parameters and needs at least 0.3 GB; this machine has 0.2 GB.",
        "  at model",
        "  Choose a smaller model, or start anyway with force: true.",
    ]


def test_force_starts_it_anyway_and_excuses_nothing_else(small_machine, tmp_path):
    assert refusal(recipe()).code == "api.model_too_large"
    assert refusal(recipe(force=True)) is None
    forced = recipe(force=True, data=str(tmp_path / "none.jsonl"))
    assert refusal(forced).code == "data.source_missing"


def test_a_refused_run_leaves_no_folder(tmp_path):
    with pytest.raises(FtError) as caught:
        start(recipe(data=str(tmp_path / "none.jsonl"), runs_dir=str(tmp_path / "runs")))
    assert caught.value.code == "data.source_missing"
    assert not (tmp_path / "runs").exists()


def test_a_folder_of_runs_that_cannot_be_made_is_said_with_its_line():
    with pytest.raises(FtError) as caught:
        start(Recipe.parse("model: smollm2-135m\ndata: demo\nruns_dir: /proc/foo", first_line=2))
    assert caught.value.lines("en") == [
        "The folder of runs /proc/foo cannot be created: No such file or directory.",
        "  at line 4: runs_dir",
        "  Choose a folder that can be written to with `runs_dir`.",
    ]


def test_a_variable_that_cannot_be_written_leaves_no_folder(tmp_path, monkeypatch):
    rows = Recipe.from_mapping(
        {"model": "smollm2-135m", "data": [{"text": "x"}], "runs_dir": str(tmp_path / "runs")}
    )

    def full(*_):
        raise FtError("run.disk_full", path="x")

    monkeypatch.setattr("ftkernel.api.finetune.write_rows", full)
    with pytest.raises(FtError):
        start(rows)
    assert list((tmp_path / "runs").iterdir()) == []
