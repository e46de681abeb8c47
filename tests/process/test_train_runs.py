"""Real training workers: what a run says and leaves, how it stops, and what it refuses."""

import json
import os
import signal

import pytest

from ftkernel.api.jobs import lines_of
from ftkernel.errors import from_json
from ftkernel.machine import read_machine
from ftkernel.recipe.recipe import Recipe
from ftkernel.runs.commands import send_command
from ftkernel.runs.failpoints import ACTION_VARIABLE, VARIABLE
from ftkernel.runs.launch import launch_run
from ftkernel.runs.state import state
from tests.process.support import nothing_is_left
from tests.process.training import SECONDS, Run, small_recipe
from tests.waiting import wait_until

pytestmark = [pytest.mark.process, pytest.mark.timeout(300)]


@pytest.fixture
def make(tmp_path, tiny_model_folder):
    runs = []

    def make(**keys):
        runs.append(Run(tmp_path / "runs", small_recipe(tiny_model_folder, tmp_path, **keys)))
        return runs[-1]

    yield make
    for run in runs:
        if run.worker is not None:
            run.worker.kill_tree()


def error_of(run):
    return from_json(run.events("run_failed")[-1]["error"])


def test_a_run_says_all_its_phases_and_leaves_an_adapter(make):
    run = make(plot_loss=True, val_size=0, save_steps=3)
    assert run.finish() == 0, run.log()
    kinds = list(dict.fromkeys(one["kind"] for one in run.events()))
    assert [k for k in kinds if k not in ("adjusted", "warned", "phase_progressed")] == [
        "attempt_started", "phase_started", "data_prepared", "plan_made", "model_loaded",
        "step_logged", "evaluated", "checkpoint_saved", "run_finished",
    ]  # fmt: skip
    phases = list(dict.fromkeys(one["phase"] for one in run.events("phase_started")))
    assert phases == [
        "checking", "loading_model", "reading_data", "tokenizing", "preparing", "training",
        "evaluating", "saving", "finishing",
    ]  # fmt: skip
    made_again = Recipe.load(run.folder.recipe_yaml)
    assert (made_again["per_device_train_batch_size"], made_again.effective_batch) == (1, 12)
    assert "is deprecated" not in run.folder.log.read_text()
    assert made_again["bf16"] is not None
    assert made_again["activation_checkpointing"] is False
    # Attention in blocks on a CPU is what `auto` alone can mean.
    blocks = any(one["code"] == "models.attention_blocks" for one in run.events("adjusted"))
    assert made_again["flash_attn"] == ("auto" if blocks else "sdpa")
    assert [one["reason"] for one in run.events("checkpoint_saved")] == ["steps", "end"]
    plan, figures = run.events("plan_made")[0], run.events("run_finished")[0]["figures"]
    assert (plan["total_steps"], plan["micro_batch"], plan["accumulation"]) == (6, 1, 12)
    assert plan["epochs"] == 3.0
    assert figures["last_loss"] < figures["first_loss"]
    assert figures["last_eval_loss"] < figures["first_eval_loss"]
    assert figures["steps"] == 6
    assert 100 << 20 < figures["peak_memory_bytes"] < 3 << 30
    assert {"adapter_config.json", "adapter_model.safetensors", "tokenizer.json"} <= {
        path.name for path in run.folder.result.iterdir()
    }
    assert run.folder.loss_picture.read_bytes().startswith(b"\x89PNG")
    lines = [json.loads(line) for line in run.folder.trainer_log.read_text().splitlines()]
    assert {"current_steps", "total_steps", "loss", "lr", "epoch", "percentage", "elapsed_time",
            "remaining_time", "throughput", "total_tokens"} == lines[0].keys()  # fmt: skip
    assert sum("eval_loss" in line for line in lines) == 2
    assert lines[-2]["percentage"] == 100.0


def test_a_stopped_run_goes_on_where_it_was_and_a_broken_checkpoint_is_passed_over(make):
    run = make()
    worker = run.start()
    wait_until(lambda: run.has("step_logged", step=3), SECONDS, run.log())
    worker.close_lifeline()
    assert worker.wait(SECONDS) == 0, run.log()
    stopped = run.events("run_stopped")[-1]
    assert stopped["reason"] == "owner_gone"
    assert stopped["step"] >= 3
    assert stopped["checkpoint"] == f"checkpoints/step-{stopped['step']:06d}"
    *_, earlier, newest = run.folder.checkpoints()
    assert newest.step == stopped["step"]

    # It still looks whole and is not: hashes decide.
    content = bytearray((newest.path / "optimizer.pt").read_bytes())
    content[-1] ^= 1
    (newest.path / "optimizer.pt").write_bytes(content)
    worker = run.start(resume=True)
    wait_until(lambda: run.has("run_resumed"), SECONDS, run.log())
    os.kill(worker.pid, signal.SIGTERM)
    assert worker.wait(SECONDS) == 0, run.log()
    resumed = run.events("run_resumed")[-1]
    assert resumed["from_step"] == earlier.step
    (warned,) = (one for one in run.events("warned") if one["code"] == "training.checkpoint_broken")
    assert warned["params"]["reason"] == "optimizer.pt has changed since it was written"
    assert run.events()[-1]["kind"] == "run_stopped"
    assert run.events()[-1]["reason"] == "signal"
    wait_until(lambda: nothing_is_left(run.folder), 10)

    for found in run.folder.all_checkpoints():
        (found.path / "rng_state.pt").unlink()
    assert run.finish(resume=True) == 1
    assert (
        error_of(run)
        .message("en")
        .startswith("This run cannot be resumed: its checkpoint is broken (newest:")
    )


def test_a_resume_from_a_named_step_goes_on_from_there_and_keeps_later_checkpoints_aside(
    make, monkeypatch
):
    run = make(use_cpu=None)
    monkeypatch.setenv(VARIABLE, "result.before_rename")
    assert run.finish() == -signal.SIGKILL
    monkeypatch.delenv(VARIABLE)
    assert [one.step for one in run.folder.checkpoints()] == [2, 4, 6]
    losses = run.losses()
    assert len(losses) == 6

    wait_until(lambda: state(run.folder) == "died", 10)
    worker = launch_run(run.folder, run.recipe, resume_from=2)
    run.worker = worker
    wait_until(lambda: run.has("run_resumed"), SECONDS, run.log())
    names = {path.name for path in run.folder.checkpoints_folder.iterdir()}
    assert {"superseded-step-000004", "superseded-step-000006"} <= names
    assert worker.wait(SECONDS) == 0, run.log()
    assert run.events("run_resumed")[0]["from_step"] == 2
    assert run.losses() == pytest.approx(losses, abs=1e-4)
    assert [one.step for one in run.folder.checkpoints()] == [2, 4, 6]
    if not read_machine().gpus:
        assert Recipe.load(run.folder.recipe_yaml)["devices"] == ["cpu"]


def test_a_full_disk_ends_the_run_and_leaves_the_earlier_checkpoint(make, monkeypatch):
    run = make()
    monkeypatch.setenv(VARIABLE, "checkpoint.before_manifest:2")
    monkeypatch.setenv(ACTION_VARIABLE, "raise:ENOSPC")
    assert run.finish() == 1
    assert error_of(run).code == "run.disk_full"
    assert [one.step for one in run.folder.all_checkpoints()] == [2]
    assert state(run.folder) == "failed"


def test_commands_are_answered_and_a_stop_ends_the_run(make):
    run = make(steps=2000, save_steps=2000, eval_steps=2000)
    worker = run.start()
    wait_until(lambda: run.has("step_logged"), SECONDS, run.log())
    send_command(run.folder, "save", 1)
    send_command(run.folder, "evaluate", 1)
    wait_until(lambda: len(run.events("command_answered")) == 2, 30)
    send_command(run.folder, "stop", 1)
    assert worker.wait(SECONDS) == 0, run.log()
    answers = {one["command"]: one for one in run.events("command_answered")}
    assert answers["save"]["ok"]
    assert answers["evaluate"]["params"]["loss"] > 0
    assert answers["stop"]["params"]["checkpoint"] == run.events("run_stopped")[0]["checkpoint"]
    assert state(run.folder) == "stopped"


def test_a_plan_counts_for_real_and_writes_nothing(tmp_path, tiny_model_folder):
    recipe = small_recipe(tiny_model_folder, tmp_path)
    lines = list(lines_of("plan", recipe))
    result = lines[-1]
    assert result["refusal"] is None
    assert result["plan"]["total_steps"] == 6
    assert result["plan"]["tokens_per_epoch"] == result["data"]["tokens"] > 300
    assert result["plan"]["memory_bytes"] > 600 << 20
    assert result["plan"]["seconds"] > 0
    assert result["data"]["train_rows"] == 24
    assert sorted(path.name for path in tmp_path.iterdir()) == ["held_out.jsonl", "rows.jsonl"]
