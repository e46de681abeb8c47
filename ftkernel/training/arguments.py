"""From a recipe to TRL's ``SFTConfig``: which key becomes which argument.

Keys of the same name and meaning stand in one table; the others are decided below it. A test goes
over every implemented training key and fails when one has no effect.
"""

from typing import Any

from trl.trainer.sft_config import SFTConfig

from ftkernel.models.precision import Precision
from ftkernel.recipe.recipe import Recipe
from ftkernel.runs.folder import RunFolder
from ftkernel.training.decided import Decided

SAME: tuple[str, ...] = (
    "num_train_epochs", "max_steps", "learning_rate", "lr_scheduler_type", "warmup_steps",
    "seed", "data_seed", "train_sampling_strategy", "dataloader_drop_last", "full_determinism",
    "optim", "optim_args", "weight_decay", "adam_beta1", "adam_beta2", "adam_epsilon",
    "max_grad_norm", "label_smoothing_factor", "neftune_noise_alpha",
    "dataloader_num_workers", "dataloader_pin_memory",
    "eval_delay", "eval_on_start", "per_device_eval_batch_size",
    "metric_for_best_model", "greater_is_better",
    "save_strategy", "save_total_limit", "save_only_model",
    "logging_strategy", "logging_first_step",
)  # fmt: skip
"""Keys that are arguments of the same name."""

_COUNTS_OR_SHARES = ("eval_steps", "save_steps", "logging_steps", "warmup_steps")
"""A whole number of steps, or a share of them below 1."""


def training_arguments(
    recipe: Recipe,
    folder: RunFolder,
    precision: Precision,
    decided: Decided,
    *,
    held_out: bool,
) -> SFTConfig:
    """The arguments of a run.

    Args:
        recipe: what the user asked for.
        folder: the run; nothing is written anywhere else.
        precision: as chosen for this machine.
        decided: batches and activation checkpointing.
        held_out: whether there are rows to evaluate on.
    """
    values: dict[str, Any] = {name: recipe[name] for name in SAME}
    values |= {name: whole(recipe[name]) for name in _COUNTS_OR_SHARES if recipe[name] is not None}
    half = str(precision.compute).removeprefix("torch.") if precision.autocast else ""
    values |= {
        "output_dir": str(folder.checkpoints_folder),
        "run_name": folder.name,
        "per_device_train_batch_size": decided.micro_batch,
        "gradient_accumulation_steps": decided.accumulation,
        "lr_scheduler_kwargs": _mapping(recipe["lr_scheduler_kwargs"]) or None,
        "activation_checkpointing": decided.checkpoints_activations,
        "activation_checkpointing_kwargs": _mapping(recipe["activation_checkpointing_kwargs"])
        or None,
        "bf16": half == "bfloat16",
        "fp16": half == "float16",
        "use_cpu": precision.device == "cpu",
        "eval_strategy": recipe["eval_strategy"] if held_out else "no",
        "load_best_model_at_end": recipe["load_best_model_at_end"] and held_out,
        "report_to": _trackers(recipe),
        **_OURS,
    }
    if not held_out:
        values["eval_on_start"] = False
    return SFTConfig(**values)


_OURS: dict[str, Any] = {
    # Rows come as tokens with labels: TRL's passes over the data would only cost time.
    "dataset_kwargs": {"skip_prepare_dataset": True},
    "max_length": None,
    "remove_unused_columns": False,
    "disable_tqdm": True,
    # A loss that is not a number must be seen, not averaged away.
    "logging_nan_inf_filter": False,
    "push_to_hub": False,
}


def trackers_wanted(recipe: Recipe) -> list[str]:
    """The trackers a recipe names, without ``none``."""
    return [name for name in _trackers(recipe) if name != "none"]


def whole(value: object) -> object:
    """A number of steps as a whole number where it is one; a share below 1 stays."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _mapping(value: object) -> dict[str, Any]:
    return {str(k): v for k, v in value.items()} if isinstance(value, dict) else {}


def _trackers(recipe: Recipe) -> list[str]:
    value = recipe["report_to"]
    names = [str(name) for name in value] if isinstance(value, list | tuple) else []
    return names or ["none"]
