"""What is set while a run trains is in force from the next step on, and is kept by a resume."""

import math

import pytest

from ftkernel.recipe.changing import CHANGEABLE
from ftkernel.runs.commands import send_command
from ftkernel.runs.history import effective
from ftkernel.training import changes
from tests.unit.training.support import again, small_run

STEPS = 6
MEASURED = {"held_out": 3, "eval_strategy": "steps", "eval_steps": 5}


def put(run, key, value, attempt=1):
    """Send ``set``; a command that waits at the start is carried out after step 1."""
    return send_command(run.folder, "set", attempt, key=key, value=value)


def rates(run):
    return {
        one["step"]: one["learning_rate"] for one in effective(run.events()) if "grad_norm" in one
    }


def cosine(step):
    """The share of the rate in the step of this number, without warm-up."""
    return 0.5 * (1 + math.cos(math.pi * (step - 1) / STEPS))


def test_the_schedule_goes_on_from_the_rate_that_was_set(tmp_path, tiny_model_folder):
    keys = {"max_steps": STEPS, "warmup_steps": 0, "lora_dropout": 0.3}
    run = small_run(tmp_path / "a", tiny_model_folder, **keys)
    command = put(run, "lr", "0.004")
    run.train()
    found = rates(run)
    assert found[1] == 1e-2
    for step in range(2, STEPS + 1):
        assert found[step] == pytest.approx(0.004 * cosine(step) / cosine(2), rel=1e-12)
    done = {"key": "learning_rate", "old": 1e-2 * cosine(2), "new": 0.004, "step": 1}
    (said,) = [one for one in run.events("adjusted") if one["code"] == "training.set"]
    assert said["params"] == pytest.approx(done)
    (answered,) = run.events("command_answered")
    assert (answered["id"], answered["ok"], answered["params"]) == (command, True, said["params"])

    cut = again(run, tmp_path / "b")
    put(cut, "lr", 0.004)
    cut.train(stop_at_forward=5)
    assert cut.folder.latest_checkpoint().step == 2
    cut.train(resume=True)
    assert rates(cut) == found
    assert cut.losses() == run.losses()


def test_a_rate_that_is_set_in_the_warm_up_is_the_highest_there_will_be(
    tmp_path, tiny_model_folder
):
    keys = {"max_steps": 8, "warmup_steps": 4, "lr_scheduler_type": "linear"}
    run = small_run(tmp_path / "a", tiny_model_folder, **keys)
    put(run, "learning_rate", 0.5)
    run.train()
    assert rates(run)[1] == 0
    expected = {step: 0.5 * min(1, (9 - step) / 4) for step in range(2, 9)}
    assert {step: rates(run)[step] for step in expected} == pytest.approx(expected)

    cut = again(run, tmp_path / "b")
    put(cut, "lr", 0.5)
    cut.train(stop_at_forward=7)
    cut.train(resume=True)
    assert rates(cut) == rates(run)


def test_a_restart_does_not_come_back_to_more_than_was_set(tmp_path, tiny_model_folder):
    run = small_run(
        tmp_path, tiny_model_folder, max_steps=8, warmup_steps=0, lr_scheduler_type="cosine_with_restarts",
        lr_scheduler_kwargs={"num_cycles": 2},
    )  # fmt: skip
    put(run, "learning_rate", 0.001)
    run.train()
    found = rates(run)
    assert found[1] == 1e-2
    assert found[2] == found[5] == max(list(found.values())[1:]) == pytest.approx(0.001)
    assert found[4] < found[3] < 0.001


def test_what_cannot_be_set_is_refused_with_its_reason(tmp_path, tiny_model_folder):
    run = small_run(tmp_path, tiny_model_folder, max_steps=2, logging_strategy="epoch")
    sent = {
        put(run, "learning_rte", 1): "training.set_unknown_near",
        put(run, "lora_rank", 4): "training.set_unknown",
        put(run, None, 4): "training.set_unknown",
        put(run, "learning_rate", 0): "recipe.out_of_range",
        put(run, "learning_rate", "nan"): "recipe.out_of_range",
        put(run, "learning_rate", "fast"): "recipe.not_float",
        put(run, "learning_rate", None): "training.set_nothing",
        put(run, "save_minutes", True): "recipe.not_float",
        put(run, "save_steps", 2.5): "recipe.not_share",
        put(run, "eval_steps", 2): "training.nothing_to_evaluate",
        put(run, "logging_steps", 2): "training.set_not_here",
        put(run, "sample_steps", 2): "training.set_no_prompts",
        put(run, {"a": 1}, [2]): "training.set_unknown",
    }
    run.train()
    found = {one["id"]: one for one in run.events("command_answered")}
    assert {id_: found[id_]["code"] for id_ in sent} == sent
    assert not any(one["ok"] for one in found.values())
    assert [one for one in run.events("adjusted") if one["code"] == "training.set"] == []


RHYTHMS = {
    # key: its value, the kind of event that it governs, when these come then, further keys
    "logging_steps": (2, "step_logged", [1, 2, 4, 6], {}),
    "save_steps": (3, "checkpoint_saved", [3, 6], {"save_steps": 100}),
    "eval_steps": (0.5, "evaluated", [3, 6], MEASURED),
    "sample_steps": (
        4, "sampled", [4, 6],
        {"sample_prompts": "Hi", "sample_steps": 100, "sample_max_new_tokens": 2},
    ),
    "save_minutes": (1e-9, "checkpoint_saved", [1, 2, 3, 4, 5, 6], {"save_steps": 100}),
}  # fmt: skip


@pytest.mark.parametrize("key", RHYTHMS)
def test_a_rhythm_that_was_set_counts_at_once_and_after_a_resume(key, tmp_path, tiny_model_folder):
    value, kind, steps, keys = RHYTHMS[key]
    run = small_run(tmp_path, tiny_model_folder, max_steps=STEPS, **keys)
    put(run, key, value)
    run.train(stop_at_forward=3 if key != "eval_steps" else None)
    if key != "eval_steps":
        assert 1 <= run.folder.latest_checkpoint().step < STEPS
        run.train(resume=True)
        assert changes.current(run.trainer, key) == value
    usual = [one for one in run.events(kind) if one.get("reason") != "stop"]
    assert sorted({one["step"] for one in usual}) == steps


@pytest.mark.parametrize(("key", "value"), [("weight_decay", 3.0), ("max_grad_norm", 0.01)])
def test_a_setting_of_the_optimizer_changes_what_is_learned_and_is_kept(
    key, value, tmp_path, tiny_model_folder
):
    plain = small_run(tmp_path / "a", tiny_model_folder, max_steps=4)
    plain.train()
    whole = again(plain, tmp_path / "b")
    put(whole, key, value)
    whole.train()
    assert whole.losses()[1] == plain.losses()[1]
    assert whole.losses() != plain.losses()
    cut = again(plain, tmp_path / "c")
    put(cut, key, value)
    cut.train(stop_at_forward=5)
    cut.train(resume=True)
    assert changes.current(cut.trainer, key) == value
    assert cut.losses() == whole.losses()
    assert all((cut.weights()[n] == w).all() for n, w in whole.weights().items())


def test_every_key_that_can_be_changed_has_a_test():
    assert set(CHANGEABLE) == {"learning_rate", "weight_decay", "max_grad_norm", *RHYTHMS}


def test_a_change_beyond_the_step_that_was_gone_back_to_counts_no_more():
    events = [
        {"kind": "adjusted", "code": "training.set", "params": {"key": "lr", "step": step}}
        for step in (2, 5)
    ]
    kept = effective([*events, {"kind": "run_resumed", "from_step": 4}])
    assert [one["params"]["step"] for one in kept if one["kind"] == "adjusted"] == [2]
