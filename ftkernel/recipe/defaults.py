"""Defaults, also those that depend on other keys. ``None`` is what the worker decides later.

Nothing here looks at the machine: learning rate, effective batch, length and schedule are the
same on every hardware.
"""

from collections.abc import Mapping

from ftkernel.recipe.narrow import items_of
from ftkernel.recipe.registry import implemented

EFFECTIVE_BATCH = 8
"""Rows that one optimizer step learns, when the recipe says nothing about batches."""

LEARNING_RATES: Mapping[str, float] = {"lora": 2e-4, "full": 2e-5}
EVALUATE_SHARE = 0.1
SAVE_STEPS = 500


def with_defaults(given: Mapping[str, object]) -> dict[str, object]:
    """The value of every implemented key: as given, else its default."""
    values: dict[str, object] = {}
    for key in implemented():
        if key.secret:
            continue
        value = given.get(key.name, key.default)
        items = items_of(value)
        values[key.name] = value if items is None else items
    _method(values)
    _batch(values, given)
    _evaluation(values, given)
    _saving(values)
    return values


def has_evaluation_rows(values: Mapping[str, object]) -> bool:
    """Whether the recipe names rows to measure on."""
    return bool(values.get("eval_dataset")) or bool(values.get("val_size"))


def _fill(values: dict[str, object], name: str, value: object) -> None:
    if values[name] is None:
        values[name] = value


def _method(values: dict[str, object]) -> None:
    _fill(values, "learning_rate", LEARNING_RATES.get(str(values["finetuning_type"])))
    rank = values["lora_rank"]
    if isinstance(rank, int):
        _fill(values, "lora_alpha", 2 * rank)
    _fill(values, "data_seed", values["seed"])


def _batch(values: dict[str, object], given: Mapping[str, object]) -> None:
    """Rows at once and accumulation: one given alone settles the other."""
    micro = given.get("per_device_train_batch_size")
    accumulation = given.get("gradient_accumulation_steps")
    if isinstance(micro, int):
        _fill(values, "gradient_accumulation_steps", 1)
    elif isinstance(accumulation, int):
        values["per_device_train_batch_size"] = max(1, EFFECTIVE_BATCH // accumulation)


def _evaluation(values: dict[str, object], given: Mapping[str, object]) -> None:
    if has_evaluation_rows(values):
        _fill(values, "eval_strategy", "steps" if "eval_steps" in given else "epoch")
    _fill(values, "eval_strategy", "no")
    if values["eval_strategy"] == "steps":
        _fill(values, "eval_steps", given.get("logging_steps", EVALUATE_SHARE))
    chooses = (
        values["load_best_model_at_end"]
        or values["early_stopping_steps"] is not None
        or values["save_strategy"] == "best"
    )
    if chooses:
        _fill(values, "metric_for_best_model", "eval_loss")
    if values["metric_for_best_model"] is not None:
        _fill(values, "greater_is_better", False)


def _saving(values: dict[str, object]) -> None:
    """Checkpoints; where the best one is wanted, each measurement gets a checkpoint."""
    best = values["load_best_model_at_end"]
    _fill(values, "save_strategy", values["eval_strategy"] if best else "steps")
    if values["save_strategy"] == "steps":
        follows = best and values["eval_strategy"] == "steps"
        _fill(values, "save_steps", values["eval_steps"] if follows else SAVE_STEPS)
