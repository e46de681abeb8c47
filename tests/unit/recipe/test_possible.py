"""What this machine lacks is refused before a worker is started."""

import dataclasses

import pytest

from ftkernel.errors import FtError
from ftkernel.machine import Gpu, read_machine
from ftkernel.recipe import Recipe, possible

BARE = dataclasses.replace(read_machine(), gpus=())
ONE_GPU = dataclasses.replace(BARE, gpus=(Gpu(0, "H", 1 << 37, 1 << 37),))


@pytest.fixture(autouse=True)
def no_other_gpus(monkeypatch):
    monkeypatch.setattr(possible, "_UNSEEN_GPUS", ())


def refusal(line, machine):
    recipe = Recipe.parse(f"model: smollm2-135m\ndata: demo\n{line}", first_line=2)
    try:
        possible.check(recipe, machine)
    except FtError as error:
        return error.lines("en")
    return None


def test_a_gpu_is_refused_where_there_is_none():
    assert refusal('devices: "7"', BARE) == [
        "'devices: 7' asks for a GPU, and this machine has none.",
        "  at line 4: devices",
        "  Remove the line, or write `devices: cpu`.",
    ]


def test_another_gpu_is_refused_with_those_that_exist():
    assert refusal("devices: 7", ONE_GPU) == [
        "There is no GPU 7 on this machine.",
        "  at line 4: devices",
        "  There is: 0. Write one of these numbers, or `devices: cpu`.",
    ]


def test_fp16_is_refused_without_a_gpu(monkeypatch):
    monkeypatch.setattr("sys.platform", "linux")
    assert refusal("fp16: yes", BARE)[:2] == [
        "float16 does not train or run on a CPU.",
        "  at line 4: fp16",
    ]


def test_a_tracker_that_is_not_installed_is_refused(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert refusal("plot_loss: no\nreport_to: wandb", BARE) == [
        "report_to names wandb, whose package wandb is not installed.",
        "  at line 5: report_to",
        "  pip install wandb, or remove it from report_to.",
    ]


@pytest.mark.parametrize("line", ["", "devices: cpu", "devices: 0", "fp16: yes"])
def test_what_is_there_is_accepted(line):
    assert refusal(f"plot_loss: no\n{line}", ONE_GPU) is None
