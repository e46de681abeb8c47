"""One kill without warning at each place that matters; the run goes on to the losses of an unharmed one.

Starting a worker costs seconds, so each run is killed several times, each attempt at another place, and
only then left to finish. After every kill its folder must be readable and nothing of it alive.
"""

import signal

import pytest

from ftkernel.runs.commands import send_command
from ftkernel.runs.failpoints import FAILPOINTS, VARIABLE
from ftkernel.runs.integrity import fault_of
from ftkernel.runs.state import state
from tests.process.support import nothing_is_left
from tests.process.training import SECONDS, Run, small_recipe
from tests.waiting import wait_until

pytestmark = [pytest.mark.process, pytest.mark.timeout(600)]

CHAINS: dict[str, list[str]] = {
    "from the start to the first checkpoint": [
        "worker.owned",
        "data.tokenizing",
        "model.loaded",
        "step.after:2",
        "checkpoint.before_file",
    ],
    "within checkpoints": [
        "checkpoint.after_file:3",
        "checkpoint.before_manifest",
        "checkpoint.before_rename",
        "checkpoint.after_rename",
        "evaluate.middle",
    ],
    "at the end": [
        "checkpoint.before_delete",
        "resume.before_load",
        "resume.after_load",
        "result.before_rename",
        "result.after_rename",
    ],
}
STOPS = ["stop.before_checkpoint", "stop.after_checkpoint"]
ELSEWHERE = {"merge.middle", "merge.before_rename", "merge.after_rename"}


@pytest.fixture(scope="module")
def unharmed(tmp_path_factory, tiny_model_folder):
    """The run that nothing happens to."""
    home = tmp_path_factory.mktemp("unharmed")
    run = Run(home / "runs", small_recipe(tiny_model_folder, home))
    assert run.finish() == 0, run.log()
    assert len(run.losses()) == 6
    return run


def kill_at(run: Run, place: str, monkeypatch, *, stop: bool = False) -> None:
    """One attempt, killed at a place; what it leaves is in order."""
    attempt = max((one["attempt"] for one in run.events()), default=0) + 1
    monkeypatch.setenv(VARIABLE, place)
    worker = run.start(resume=attempt > 1)
    monkeypatch.delenv(VARIABLE)
    if stop:
        wait_until(lambda: run.has("step_logged", attempt=attempt), SECONDS)
        send_command(run.folder, "stop", attempt)
    assert worker.wait(SECONDS) == -signal.SIGKILL, f"{place} was not reached\n{run.log()}"
    wait_until(lambda: nothing_is_left(run.folder), 10)
    wait_until(lambda: state(run.folder) == "died", 10)
    assert all(fault_of(found.path) is None for found in run.folder.checkpoints())
    assert [one["seq"] for one in run.events()] == list(range(1, len(run.events()) + 1))


def assert_same(run: Run, unharmed: Run) -> None:
    assert state(run.folder) == "finished"
    assert run.losses() == pytest.approx(unharmed.losses(), abs=1e-4)
    assert run.eval_losses() == pytest.approx(unharmed.eval_losses(), abs=1e-4)
    assert run.has("run_finished", step=6)
    # Whoever watches for the worker's end may be writing `exit.json` at this moment.
    wait_until(lambda: not list(run.folder.path.glob(".*")), 10)
    assert (run.folder.result / "adapter_model.safetensors").read_bytes() == (
        unharmed.folder.result / "adapter_model.safetensors"
    ).read_bytes()


@pytest.mark.parametrize("name", CHAINS)
def test_a_run_that_is_killed_again_and_again_ends_as_if_nothing_had_happened(
    name, unharmed, tmp_path, tiny_model_folder, monkeypatch
):
    run = Run(tmp_path / "runs", small_recipe(tiny_model_folder, tmp_path, save_total_limit=1))
    for place in CHAINS[name]:
        kill_at(run, place, monkeypatch)
    assert run.finish(resume=True) == 0, run.log()
    assert_same(run, unharmed)


def test_a_run_that_is_killed_while_it_stops_loses_nothing(
    unharmed, tmp_path, tiny_model_folder, monkeypatch
):
    run = Run(tmp_path / "runs", small_recipe(tiny_model_folder, tmp_path, save_total_limit=1))
    for place in STOPS:
        kill_at(run, place, monkeypatch, stop=True)
    assert run.finish(resume=True) == 0, run.log()
    assert_same(run, unharmed)


def test_every_failpoint_is_killed_at_somewhere():
    places = {place.partition(":")[0] for chain in CHAINS.values() for place in chain}
    assert places | set(STOPS) | ELSEWHERE == FAILPOINTS.keys()
    assert len(FAILPOINTS) <= 20
