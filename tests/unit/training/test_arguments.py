"""Every key that shapes the training reaches the trainer, and most of them a visible result."""

import pytest
import torch

from ftkernel.models.precision import Precision
from ftkernel.recipe.registry import KEYS
from ftkernel.runs.folder import RunFolder
from ftkernel.training.arguments import training_arguments
from ftkernel.training.decided import Decided
from tests.unit.training.support import make_recipe, small_run

MEASURED = {"eval_dataset": "held_out.jsonl", "eval_strategy": "steps", "eval_steps": 2}
GROUPS = {"schedule", "optimizer", "memory", "evaluation", "saving", "logging"}

ARGUMENTS = [
    # key, value, argument of SFTConfig, its value, further keys
    ("num_train_epochs", 2.5, "num_train_epochs", 2.5, {"max_steps": -1}),
    ("max_steps", 17, "max_steps", 17, {}),
    ("learning_rate", 3e-3, "learning_rate", 3e-3, {}),
    ("lr_scheduler_type", "linear", "lr_scheduler_type", "linear", {}),
    ("lr_scheduler_kwargs", {"num_cycles": 2}, "lr_scheduler_kwargs", {"num_cycles": 2},
     {"lr_scheduler_type": "cosine_with_restarts"}),
    ("warmup_steps", 5, "warmup_steps", 5, {}),
    ("warmup_steps", 0.2, "warmup_steps", 0.2, {}),
    ("seed", 7, "seed", 7, {}),
    ("data_seed", 8, "data_seed", 8, {}),
    ("train_sampling_strategy", "random", "train_sampling_strategy", "random", {}),
    ("dataloader_drop_last", True, "dataloader_drop_last", True, {}),
    ("full_determinism", True, "full_determinism", True, {}),
    ("optim", "adafactor", "optim", "adafactor", {}),
    ("optim_args", "momentum=0.9", "optim_args", "momentum=0.9", {"optim": "sgd"}),
    ("weight_decay", 0.1, "weight_decay", 0.1, {}),
    ("adam_beta1", 0.8, "adam_beta1", 0.8, {}),
    ("adam_beta2", 0.9, "adam_beta2", 0.9, {}),
    ("adam_epsilon", 1e-4, "adam_epsilon", 1e-4, {}),
    ("max_grad_norm", 0.1, "max_grad_norm", 0.1, {}),
    ("label_smoothing_factor", 0.2, "label_smoothing_factor", 0.2, {}),
    ("neftune_noise_alpha", 5, "neftune_noise_alpha", 5, {}),
    ("dataloader_num_workers", 2, "dataloader_num_workers", 2, {}),
    ("dataloader_pin_memory", False, "dataloader_pin_memory", False, {}),
    ("activation_checkpointing_kwargs", {"use_reentrant": False}, "activation_checkpointing_kwargs",
     {"use_reentrant": False}, {}),
    ("eval_strategy", "epoch", "eval_strategy", "epoch", {"eval_dataset": "held_out.jsonl"}),
    ("eval_steps", 3, "eval_steps", 3, {"eval_dataset": "held_out.jsonl"}),
    ("eval_delay", 2, "eval_delay", 2, MEASURED),
    ("eval_on_start", True, "eval_on_start", True, MEASURED),
    ("per_device_eval_batch_size", 3, "per_device_eval_batch_size", 3, {}),
    ("load_best_model_at_end", True, "load_best_model_at_end", True, MEASURED),
    ("metric_for_best_model", "eval_loss", "metric_for_best_model", "eval_loss", {}),
    ("greater_is_better", False, "greater_is_better", False, {"metric_for_best_model": "eval_loss"}),
    ("save_strategy", "epoch", "save_strategy", "epoch", {}),
    ("save_steps", 9, "save_steps", 9, {}),
    ("save_total_limit", 4, "save_total_limit", 4, {}),
    ("save_only_model", True, "save_only_model", True, {}),
    ("logging_strategy", "epoch", "logging_strategy", "epoch", {}),
    ("logging_steps", 3, "logging_steps", 3, {}),
    ("logging_first_step", True, "logging_first_step", True, {"logging_steps": 3}),
]  # fmt: skip

ELSEWHERE = {
    "per_device_train_batch_size": "test_plan: the split of the batch",
    "gradient_accumulation_steps": "test_plan: the split of the batch",
    "bf16": "models/test_precision",
    "fp16": "models/test_precision",
    "activation_checkpointing": "test_plan",
    "use_cpu": "test_the_device_is_that_of_the_precision",
    "early_stopping_steps": "test_trainer: a run that gets no better ends early",
    "save_minutes": "test_trainer: a checkpoint is written when the last one is old",
    "plot_loss": "test_trainer_log",
    "sample_prompts": "test_pauses",
    "sample_steps": "test_pauses",
    "sample_max_new_tokens": "test_pauses",
    "report_to": "test_trackers_are_off_unless_they_are_named",
}


def arguments(recipe, tmp_path, *, held_out=True, precision=None, decided=None):
    return training_arguments(
        recipe,
        RunFolder(tmp_path / "run"),
        precision or Precision(torch.float32, torch.float32, False, False),
        decided or Decided(2, 4, False),
        held_out=held_out,
    )


@pytest.mark.parametrize(
    ("key", "value", "argument", "expected", "more"),
    ARGUMENTS,
    ids=[f"{entry[0]}={entry[1]}" for entry in ARGUMENTS],
)
def test_a_key_becomes_its_argument(key, value, argument, expected, more, tmp_path):
    config = arguments(make_recipe(**{**more, key: value}), tmp_path)
    found = getattr(config, argument)
    assert getattr(found, "value", found) == expected


def test_every_training_key_has_a_test():
    keys = {
        key.name
        for key in KEYS.values()
        if key.status == "implemented" and key.group in GROUPS and "train" in key.jobs
    }
    assert len(keys) >= 40
    assert keys - {entry[0] for entry in ARGUMENTS} - ELSEWHERE.keys() == set()


def test_the_plan_sets_batches_and_recomputing(tmp_path):
    config = arguments(make_recipe(), tmp_path, decided=Decided(4, 3, True))
    assert config.per_device_train_batch_size == 4
    assert config.gradient_accumulation_steps == 3
    assert config.activation_checkpointing is True
    assert arguments(make_recipe(), tmp_path).activation_checkpointing is False


def test_the_device_is_that_of_the_precision(tmp_path):
    assert arguments(make_recipe(use_cpu=True), tmp_path).device.type == "cpu"
    assert arguments(make_recipe(), tmp_path).use_cpu


@pytest.mark.parametrize(
    ("weights", "compute", "autocast", "bf16", "fp16"),
    [
        (torch.float32, torch.float32, False, False, False),
        (torch.bfloat16, torch.bfloat16, False, False, False),
        (torch.float32, torch.bfloat16, True, True, False),
    ],
)
def test_autocast_is_on_only_where_weights_are_wider(
    weights, compute, autocast, bf16, fp16, tmp_path
):
    config = arguments(
        make_recipe(), tmp_path, precision=Precision(weights, compute, autocast, False)
    )
    assert (config.bf16, config.fp16) == (bf16, fp16)


def test_trackers_are_off_unless_they_are_named(tmp_path):
    assert arguments(make_recipe(report_to="none"), tmp_path).report_to == []
    assert arguments(make_recipe(report_to=["tensorboard"]), tmp_path).report_to == ["tensorboard"]


def test_nothing_is_measured_where_no_row_is_left_to_measure_on(tmp_path):
    recipe = make_recipe(**MEASURED, eval_on_start=True)
    config = arguments(recipe, tmp_path, held_out=False)
    assert config.eval_strategy == "no"
    assert config.eval_on_start is False


EFFECTS = [
    # keys of one run and of another; their losses differ
    {"lr_scheduler_type": "constant"},
    {"warmup_steps": 3},
    {"learning_rate": 3e-3},
    {"seed": 7},
    {"data_seed": 8},
    {"train_sampling_strategy": "sequential"},
    {"optim": "sgd"},
    {"optim": "adafactor"},
    {"weight_decay": 5.0},
    {"adam_beta1": 0.1},
    {"adam_beta2": 0.5},
    {"adam_epsilon": 1e-1},
    {"max_grad_norm": 0.01},
    {"label_smoothing_factor": 0.2},
    {"neftune_noise_alpha": 5},
    {"lora_dropout": 0.5},
]


@pytest.fixture(scope="module")
def usual_losses(tmp_path_factory, tiny_model_folder):
    run = small_run(tmp_path_factory.mktemp("usual"), tiny_model_folder)
    run.train()
    return run.losses()


@pytest.mark.parametrize("keys", EFFECTS, ids=[next(iter(keys)) for keys in EFFECTS])
def test_a_key_changes_what_is_learned(keys, usual_losses, tmp_path, tiny_model_folder):
    run = small_run(tmp_path, tiny_model_folder, **keys)
    run.train()
    assert run.losses() != usual_losses


def test_recomputing_activations_changes_no_loss(
    usual_losses, tmp_path, tiny_model_folder, monkeypatch
):
    from ftkernel.training import decided

    run = small_run(tmp_path, tiny_model_folder)
    monkeypatch.setattr(decided.Decided, "__init__", _recomputing(decided.Decided.__init__))
    trainer = run.train()
    assert trainer.args.activation_checkpointing
    assert list(run.losses().values()) == pytest.approx(list(usual_losses.values()), abs=1e-6)


def _recomputing(init):
    return lambda self, micro, accumulation, _: init(self, micro, accumulation, True)


@pytest.mark.parametrize(
    ("keys", "steps"),
    [
        ({"logging_steps": 2}, [2, 4]),
        ({"logging_steps": 3}, [3, 4]),  # the last step is always said
        ({"logging_steps": 3, "logging_first_step": True}, [1, 3, 4]),
        ({"logging_strategy": "epoch"}, [3, 4]),
        ({"logging_steps": 0.5}, [2, 4]),
    ],
)
def test_the_loss_is_logged_when_it_was_asked_for(keys, steps, tmp_path, tiny_model_folder):
    run = small_run(tmp_path, tiny_model_folder, **keys)
    run.train()
    assert list(run.losses()) == steps


@pytest.mark.parametrize(
    ("keys", "steps"),
    [
        ({"save_steps": 2}, [2, 4]),
        ({"save_strategy": "epoch"}, [3, 4]),
        ({"save_strategy": "no"}, []),
        ({"save_steps": 0.25}, [1, 2, 3, 4]),
        ({"save_strategy": "best", "held_out": 2, "eval_strategy": "steps", "eval_steps": 4}, [4]),
    ],
)
def test_checkpoints_are_written_when_they_were_asked_for(keys, steps, tmp_path, tiny_model_folder):
    run = small_run(tmp_path, tiny_model_folder, **keys)
    run.train()
    assert [one.step for one in run.folder.checkpoints()] == steps


@pytest.mark.parametrize(
    ("keys", "steps"),
    [
        ({"eval_strategy": "steps", "eval_steps": 3}, [3, 4]),  # the end is always measured
        ({"eval_strategy": "epoch"}, [3, 4]),
        ({"eval_strategy": "steps", "eval_steps": 2, "eval_on_start": True}, [0, 2, 4]),
        ({"eval_strategy": "steps", "eval_steps": 1, "eval_delay": 3}, [3, 4]),
    ],
)
def test_rows_are_measured_when_it_was_asked_for(keys, steps, tmp_path, tiny_model_folder):
    run = small_run(tmp_path, tiny_model_folder, held_out=2, **keys)
    run.train()
    assert [one["step"] for one in run.events("evaluated")] == steps


def test_the_model_alone_is_saved_when_it_was_asked_for(tmp_path, tiny_model_folder):
    run = small_run(tmp_path, tiny_model_folder, save_only_model=True, max_steps=1)
    run.train()
    names = {path.name for path in run.folder.latest_checkpoint().path.iterdir()}
    assert "adapter_model.safetensors" in names
    assert not {"optimizer.pt", "rng_state.pt"} & names


def test_worker_processes_make_the_same_batches(usual_losses, tmp_path, tiny_model_folder):
    run = small_run(tmp_path, tiny_model_folder, dataloader_num_workers=1)
    run.train()
    assert run.losses() == usual_losses
