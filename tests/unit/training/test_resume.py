"""A resumed run says the losses of the uninterrupted one, to the bit on a CPU."""

import json

import pytest
import torch

from ftkernel.errors import FtError
from ftkernel.runs.folder import Checkpoint
from tests.unit.training.support import again, small_run

RUNS = {
    "dropout, accumulation, grouped, over epochs": {
        "lora_dropout": 0.1, "max_steps": 9, "accumulation": 2, "save_steps": 4,
    },
    "one epoch of single batches, random order": {
        "max_steps": 5, "accumulation": 1, "micro_batch": 3, "save_steps": 2,
        "train_sampling_strategy": "random", "rows": 20, "neftune_noise_alpha": 5,
    },
    "a checkpoint at the end of an epoch": {
        "lora_dropout": 0.1, "max_steps": 7, "accumulation": 2, "save_steps": 3,
    },
    "full, with evaluations between": {
        "finetuning_type": "full", "max_steps": 6, "save_steps": 4, "held_out": 3,
        "eval_strategy": "steps", "eval_steps": 2, "learning_rate": 1e-3,
    },
    "sgd with momentum": {
        "optim": "sgd", "optim_args": "momentum=0.9", "max_steps": 6, "save_steps": 3, "lora_dropout": 0.2,
    },
}  # fmt: skip


def same(one, other):
    assert one.keys() == other.keys()
    for key in one:
        assert one[key] == pytest.approx(other[key], abs=1e-6), key


@pytest.mark.parametrize("name", RUNS)
def test_a_run_that_lost_its_process_after_a_checkpoint_goes_on_exactly(
    name, tmp_path, tiny_model_folder
):
    keys = dict(RUNS[name])
    whole = small_run(tmp_path / "a", tiny_model_folder, **keys)
    whole.train()

    cut = again(whole, tmp_path / "b")
    # What a killed process leaves: everything up to its last periodic checkpoint.
    cut.train(
        stop_at_forward=(keys["save_steps"] + 1) * keys.get("accumulation", 2)
        + 40 * bool(keys.get("held_out"))
    )
    steps = [found.step for found in cut.folder.checkpoints()]
    for found in cut.folder.checkpoints():
        if found.step != keys["save_steps"]:
            _remove(found)
    assert keys["save_steps"] in steps
    cut.train(resume=True)

    same(cut.losses(), whole.losses())
    for key, value in whole.weights().items():
        assert torch.allclose(cut.weights()[key], value, atol=1e-6), key


@pytest.mark.parametrize("forward", [2, 4, 8])
def test_a_stop_between_micro_batches_goes_back_to_the_last_whole_step(
    forward, tmp_path, tiny_model_folder
):
    whole = small_run(
        tmp_path / "a", tiny_model_folder, max_steps=5, accumulation=3, rows=16, lora_dropout=0.3
    )
    whole.train()
    cut = again(whole, tmp_path / "b")
    cut.train(stop_at_forward=forward)
    latest = cut.folder.latest_checkpoint()
    ends = {2: 0, 4: 1, 8: 3}  # eight batches an epoch: steps of 3, 3 and 2
    assert (latest.step if latest else 0) == ends[forward]
    cut.train(resume=True)
    same(cut.losses(), whole.losses())
    assert cut.trainer.desk.totals.tokens == whole.trainer.desk.totals.tokens


def test_a_stop_within_an_evaluation_measures_that_step_after_the_resume(
    tmp_path, tiny_model_folder
):
    keys = {
        "held_out": 4,
        "per_device_eval_batch_size": 1,
        "eval_strategy": "steps",
        "eval_steps": 2,
    }
    whole = small_run(tmp_path / "a", tiny_model_folder, max_steps=4, **keys)
    whole.train()
    cut = again(whole, tmp_path / "b")
    cut.train(
        stop_at_forward=4 + 2
    )  # two steps of two batches, then within the four of the evaluation
    assert [one["step"] for one in cut.events("evaluated")] == []
    assert cut.folder.latest_checkpoint().step == 2
    cut.train(resume=True)
    assert {e["step"]: e["loss"] for e in cut.events("evaluated")} == pytest.approx(
        {e["step"]: e["loss"] for e in whole.events("evaluated")}
    )


def test_a_stop_within_the_last_evaluation_measures_it_and_trains_no_further(
    tmp_path, tiny_model_folder
):
    keys = {
        "held_out": 4,
        "per_device_eval_batch_size": 1,
        "eval_strategy": "steps",
        "eval_steps": 4,
    }
    run = small_run(tmp_path, tiny_model_folder, max_steps=4, **keys)
    run.train(stop_at_forward=8 + 1)
    run.train(resume=True)
    assert [one["step"] for one in run.events("evaluated")] == [4]
    assert max(run.losses()) == 4


def test_a_run_killed_before_its_result_trains_no_further(tmp_path, tiny_model_folder):
    run = small_run(tmp_path, tiny_model_folder, max_steps=3, rows=20)
    run.train()
    run.train(resume=True)
    assert [one["step"] for one in run.events("step_logged")] == [1, 2, 3]


def test_tokens_and_time_count_over_attempts(tmp_path, tiny_model_folder):
    run = small_run(tmp_path, tiny_model_folder, max_steps=6, save_steps=3)
    run.train(stop_at_forward=7)
    before = run.events("step_logged")[-1]
    run.train(resume=True)
    after = run.events("step_logged")[-1]
    assert after["tokens"] > before["tokens"]
    assert after["elapsed"] > before["elapsed"]
    lines = [json.loads(line) for line in run.folder.trainer_log.read_text().splitlines()]
    assert [line["current_steps"] for line in lines] == [1, 2, 3, 4, 5, 6]


def test_a_checkpoint_of_another_model_is_refused(tmp_path, tiny_model_folder):
    run = small_run(tmp_path / "a", tiny_model_folder, max_steps=1, lora_target="q_proj")
    run.train()
    other = small_run(tmp_path / "b", tiny_model_folder, max_steps=2, lora_target="v_proj")
    trainer = other.build()
    with pytest.raises(FtError) as caught:
        trainer.train(resume_from_checkpoint=str(run.folder.latest_checkpoint().path))
    assert caught.value.code == "training.checkpoint_misfit"


def _remove(checkpoint: Checkpoint) -> None:
    import shutil

    shutil.rmtree(checkpoint.path)
