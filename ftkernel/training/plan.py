"""What a run will do and take: steps, batches, memory, disk, time; before any weight is loaded.

The effective batch is the recipe's; only its split into micro-batches follows memory. What cannot
fit is refused with numbers, unless the recipe says ``force``.
"""

import math
from dataclasses import asdict, dataclass
from typing import cast

from ftkernel.errors import FtError
from ftkernel.machine import Machine, read_machine
from ftkernel.models.precision import Precision
from ftkernel.models.report import Report
from ftkernel.recipe.recipe import Recipe
from ftkernel.runs.folder import RunFolder
from ftkernel.training.decided import Decided
from ftkernel.training.needs import Needs, needs_of
from ftkernel.training.prepare import RunData


@dataclass(frozen=True)
class Plan:
    """What a run will do and take.

    Attributes:
        total_steps: optimizer steps.
        epochs: passes over the rows, the last one perhaps in part.
        decided: batches and activation checkpointing.
        tokens_per_epoch: of all rows, padding not counted.
        memory_bytes: at the peak, of the device that trains.
        memory_available: there, now.
        disk_bytes: of all checkpoints that are kept, and the result.
        disk_free: where the run folder lies.
        seconds: of training; ``None`` where that is not known.
        longest: tokens of the longest row.
        fixed_batch: whether the recipe, and not memory, set the micro-batch.
    """

    total_steps: int
    epochs: float
    decided: Decided
    tokens_per_epoch: int
    memory_bytes: int
    memory_available: int
    disk_bytes: int
    disk_free: int
    seconds: float | None
    longest: int
    fixed_batch: bool
    checkpoints: int

    @property
    def fits(self) -> bool:
        """Whether memory and disk suffice."""
        return self.memory_bytes <= self.memory_available and self.disk_bytes <= self.disk_free

    def refusal(self, recipe: Recipe, path: str) -> FtError | None:
        """Why the run cannot start, ``None`` when it can or ``force`` says so.

        Args:
            recipe: what the user asked for.
            path: the folder that checkpoints go to.
        """
        if recipe["force"] or self.fits:
            return None
        if self.disk_bytes > self.disk_free:
            return FtError(
                "training.too_little_disk",
                needed=size(self.disk_bytes),
                available=size(self.disk_free),
                path=path,
                fewer=max(1, min(2, self.checkpoints - 1)),
            )
        big_batch = self.fixed_batch and self.decided.micro_batch > 1
        return FtError(
            "training.too_big_batch" if big_batch else "training.too_little_memory",
            where=recipe.where("per_device_train_batch_size") if big_batch else None,
            needed=size(self.memory_bytes),
            available=size(self.memory_available),
            micro_batch=self.decided.micro_batch,
            longest=self.longest,
        )

    def to_json(self) -> dict[str, object]:
        """The plan as JSON types; the fields of ``plan_made`` are among them."""
        plain = asdict(self)
        return {**{k: v for k, v in plain.items() if k != "decided"}, **plain["decided"]}


def make_plan(
    recipe: Recipe,
    data: RunData,
    precision: Precision,
    folder: RunFolder | None,
    report: Report,
    *,
    kept: tuple[int, int] | None = None,
    machine: Machine | None = None,
) -> Plan:
    """Work out the plan of a run.

    Args:
        recipe: what the user asked for.
        data: its rows and the model's figures.
        precision: the number types and the device.
        folder: where checkpoints go; ``None`` where nothing is written.
        report: hears what was chosen.
        kept: micro-batch and accumulation of the first attempt, at a resume.
        machine: by default this one.
    """
    machine = machine or read_machine()
    needs = needs_of(recipe, data, precision, machine)
    decided = _decide(recipe, needs, report, kept)
    rows = len(data.train)
    batches = rows // decided.micro_batch if recipe["dataloader_drop_last"] else 0
    batches = batches or math.ceil(rows / decided.micro_batch)
    steps_per_epoch = max(1, math.ceil(batches / decided.accumulation))
    max_steps = cast("int", recipe["max_steps"])
    epochs = cast("float", recipe["num_train_epochs"])
    total = max_steps if max_steps > 0 else math.ceil(epochs * steps_per_epoch)
    checkpoints = _checkpoints_kept(recipe, total, steps_per_epoch)
    tokens = data.report.tokens
    passes = total / steps_per_epoch
    where = folder.path if folder is not None else "."
    plan = Plan(
        total_steps=total,
        epochs=passes,
        decided=decided,
        tokens_per_epoch=tokens,
        memory_bytes=needs.memory(decided),
        memory_available=needs.available,
        disk_bytes=needs.checkpoint_bytes * checkpoints + needs.result_bytes,
        disk_free=machine.disk_free(where),
        seconds=needs.seconds(precision, tokens * passes),
        longest=data.report.reckoned,
        fixed_batch=recipe["per_device_train_batch_size"] is not None,
        checkpoints=checkpoints,
    )
    if recipe["force"] and not plan.fits:
        report.warned(
            "training.forced", needed=size(plan.memory_bytes), available=size(plan.memory_available)
        )
    return plan


def _decide(recipe: Recipe, needs: Needs, report: Report, kept: tuple[int, int] | None) -> Decided:
    """The split of the effective batch, and whether activations are kept."""
    micro = cast("int | None", recipe["per_device_train_batch_size"])
    accumulation = cast("int | None", recipe["gradient_accumulation_steps"])
    if kept is not None:
        decided = Decided(*kept, needs.recomputes)
    elif micro is not None:
        at_once = min(micro, max(needs.rows, 1))
        decided = Decided(at_once, accumulation or 1, needs.recomputes)
        if at_once < micro:
            report.adjusted("training.batch_is_all", asked=micro, rows=at_once)
    else:
        decided = needs.split(recipe.effective_batch)
        if needs.memory(decided) > needs.available and recipe["activation_checkpointing"] is None:
            decided = needs.recomputing().split(recipe.effective_batch)
        report.adjusted(
            "training.batch_split",
            effective=decided.micro_batch * decided.accumulation,
            micro_batch=decided.micro_batch,
            accumulation=decided.accumulation,
        )
    if decided.checkpoints_activations and recipe["activation_checkpointing"] is None:
        report.adjusted("training.activations_recomputed")
    return decided


def _checkpoints_kept(recipe: Recipe, total: int, steps_per_epoch: int) -> int:
    """How many checkpoints will lie there at the end; those of time alone are not foreseen."""
    strategy = recipe["save_strategy"]
    if strategy == "epoch":
        count = math.ceil(total / steps_per_epoch)
    elif strategy == "steps":
        every = float(cast("float", recipe["save_steps"]))
        count = math.ceil(total / (every if every >= 1 else max(1, round(every * total))))
    else:
        count = 1
    limit = cast("int | None", recipe["save_total_limit"])
    # One more than the limit while the newest is written.
    return count if limit is None else min(count, limit + 1)


def size(count: int) -> str:
    """A number of bytes as people read it: in decimal units, as in every view."""
    for unit, power in (("GB", 9), ("MB", 6), ("kB", 3)):
        if count >= 10**power:
            return f"{count / 10**power:.1f} {unit}"
    return f"{count} bytes"
