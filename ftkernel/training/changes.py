"""Carries out ``set``: a value of the run is another one from the next step on.

The change happens at the end of a step, before anything is saved, so every checkpoint of that step
holds it: rates and decay with the optimizer and its schedule, the rest with the totals.
"""

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, cast

from torch.optim.lr_scheduler import LambdaLR

from ftkernel.errors import FtError
from ftkernel.recipe.changing import read_change
from ftkernel.runs.commands import Command
from ftkernel.runs.events import Adjusted

if TYPE_CHECKING:
    from ftkernel.training.trainer import RowTrainer

Set = Callable[["RowTrainer", str, float], None]


def carry_out(trainer: "RowTrainer") -> None:
    """Carry out every ``set`` that waits, and answer it."""
    control = trainer.desk.control
    while (command := control.next("set")) is not None:
        try:
            done = _change(trainer, command)
        except FtError as error:
            control.refuse(command, error)
            continue
        trainer.desk.speaker.speaker.write(Adjusted(code="training.set", params=done))
        control.answer(command, **done)


def take_up(trainer: "RowTrainer") -> None:
    """At the beginning of an attempt: what earlier ones had set, as the checkpoint knows it."""
    for name, value in dict(trainer.desk.totals.changed).items():
        key, number = read_change(name, value)
        if key == "learning_rate":  # its base came back with the schedule, its shape did not
            schedule = _schedule(trainer, key)
            if base := schedule.base_lrs[0]:
                _hold(trainer, schedule, number / base)
        elif key not in _IN_OPTIMIZER:
            _SETS[key](trainer, key, number)


def current(trainer: "RowTrainer", key: str) -> float | None:
    """The value that a key has now; for the learning rate that of the next step."""
    if key == "learning_rate":
        return float(trainer._get_learning_rate())
    if key == "save_minutes":
        return trainer.desk.save_minutes
    if key == "sample_steps":
        return trainer.desk.pauses.samples.every
    if key == "weight_decay":
        return float(_groups(trainer)[0].get("weight_decay", 0.0))
    return getattr(trainer.args, key)


def _change(trainer: "RowTrainer", command: Command) -> dict[str, object]:
    """Carry out one change; what is said about it."""
    key, value = read_change(command.params.get("key"), command.params.get("value"))
    old = current(trainer, key)
    old = None if old is None else float(f"{old:.6g}")
    _SETS[key](trainer, key, value)
    trainer.desk.totals.changed[key] = value
    return {"key": key, "old": old, "new": value, "step": trainer.state.global_step}


def _learning_rate(trainer: "RowTrainer", key: str, value: float) -> None:
    """Let the rate of the next step be ``value``, which no later one exceeds.

    The schedule gives base · f(n) after n steps. From here on it is value · min(1, F(n) / F(now)),
    with F = 1 while the run warms up and F = f after it: a decay goes on from the value, a warm-up
    is cut short, and a restart does not come back to more than was asked for. Groups keep their
    ratio.
    """
    schedule = _schedule(trainer, key)
    _hold(trainer, schedule, math.inf)
    now = float(schedule.lr_lambdas[0](schedule.last_epoch))
    if not now:
        raise FtError("training.set_rate_ended", step=trainer.state.global_step)
    _hold(trainer, schedule, now)
    base, bases = value / now, schedule.base_lrs
    new = [base * each / bases[0] if bases[0] else base for each in bases]
    factors = [shape(schedule.last_epoch) for shape in schedule.lr_lambdas]
    schedule.base_lrs = new
    schedule._last_lr = [each * factor for each, factor in zip(new, factors, strict=True)]
    for group, own, rate in zip(_groups(trainer), new, schedule._last_lr, strict=True):
        group["initial_lr"], group["lr"] = own, rate


def _schedule(trainer: "RowTrainer", key: str) -> Any:  # noqa: ANN401 - LambdaLR's own are untyped
    schedule: Any = getattr(trainer.lr_scheduler, "scheduler", trainer.lr_scheduler)
    if not isinstance(schedule, LambdaLR):
        raise FtError("training.set_no_schedule", key=key, schedule=type(schedule).__name__)
    return schedule


def _hold(trainer: "RowTrainer", schedule: LambdaLR, most: float) -> None:
    """Let a schedule's factors not exceed ``most``, and have its warm-up behind it."""
    warm_up = trainer.args.get_warmup_steps(trainer.state.max_steps)
    schedule.lr_lambdas = [
        _held(getattr(shape, "whole", shape), warm_up, most) for shape in schedule.lr_lambdas
    ]


def _held(whole: Callable[[int], float], warm_up: int, most: float) -> Callable[[int], float]:
    # A function: the state of a schedule would take in the attributes of a callable object.
    def shape(step: int) -> float:
        return min(1.0 if step < warm_up else whole(step), most)

    shape.__dict__["whole"] = whole
    return shape


def _weight_decay(trainer: "RowTrainer", key: str, value: float) -> None:
    """Of the weights that decay; biases and norms, the second group, never do."""
    group = _groups(trainer)[0]
    if key not in group:
        raise FtError(
            "training.set_not_here", key=key, other="optim", value=_name(trainer, "optim")
        )
    group[key] = value


def _argument(trainer: "RowTrainer", key: str, value: float) -> None:
    setattr(trainer.args, key, value)


def _rhythm(strategy: str) -> Set:
    """Set a number of steps that counts only where its strategy is ``steps``."""

    def change(trainer: "RowTrainer", key: str, value: float) -> None:
        if key == "eval_steps" and not trainer.rows.held_out:
            raise FtError("training.nothing_to_evaluate")
        if (found := _name(trainer, strategy)) != "steps":
            raise FtError("training.set_not_here", key=key, other=strategy, value=found)
        setattr(trainer.args, key, value)
        trainer.state.compute_steps(trainer.args, trainer.state.max_steps)

    return change


def _save_minutes(trainer: "RowTrainer", key: str, value: float) -> None:
    trainer.desk.save_minutes = value


def _sample_steps(trainer: "RowTrainer", key: str, value: float) -> None:
    samples = trainer.desk.pauses.samples
    if not samples.prompts:
        raise FtError("training.set_no_prompts", key=key)
    samples.every = value


_SETS: Mapping[str, Set] = {
    "learning_rate": _learning_rate,
    "weight_decay": _weight_decay,
    "max_grad_norm": _argument,
    "eval_steps": _rhythm("eval_strategy"),
    "save_steps": _rhythm("save_strategy"),
    "logging_steps": _rhythm("logging_strategy"),
    "save_minutes": _save_minutes,
    "sample_steps": _sample_steps,
}

_IN_OPTIMIZER = frozenset({"learning_rate", "weight_decay"})
"""What a checkpoint brings back by itself."""


def _groups(trainer: "RowTrainer") -> list[dict[str, Any]]:
    return cast("Any", trainer.optimizer).param_groups


def _name(trainer: "RowTrainer", argument: str) -> str:
    value = getattr(trainer.args, argument)
    return str(getattr(value, "value", value))
