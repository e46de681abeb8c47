"""What a run needs of this machine: bytes by micro-batch, and seconds by a short measurement.

The figures are those of :mod:`ftkernel.recipe.estimate`; here they meet the rows, the number types
and the machine.
"""

import os
import time
from dataclasses import dataclass, replace
from typing import Any, cast

from ftkernel.machine import Machine
from ftkernel.models.load import checkpoints_activations
from ftkernel.models.precision import Precision
from ftkernel.recipe.estimate import (
    OPTIMIZER_BYTES,
    Load,
    Split,
    flops_per_token,
    lora_parameters,
    memory_bytes,
    split_batch,
)
from ftkernel.recipe.recipe import Recipe
from ftkernel.training.decided import Decided
from ftkernel.training.prepare import RunData

_SHARE_OF_PEAK = 0.35
"""Of the measured product's rate, what a whole step reaches."""
_SMALL_FILES = 4 << 20
"""Tokenizer, configuration and counters of a checkpoint."""


@dataclass(frozen=True)
class Needs:
    """What a run needs, as far as its files tell.

    Attributes:
        load: what memory and time follow from; ``None`` where the model's figures are not known.
        rows: that there are to learn; no batch holds more.
        available: bytes the device can give.
        on_cpu: whether it trains on the processor.
        checkpoint_bytes: of one checkpoint.
        result_bytes: of the result.
        recomputes: whether activations are computed twice.
    """

    load: Load | None
    rows: int
    available: int
    on_cpu: bool
    checkpoint_bytes: int
    result_bytes: int
    recomputes: bool

    def memory(self, decided: Decided) -> int:
        """Bytes at the peak; 0 where that is not known."""
        if self.load is None:
            return 0
        recomputes = decided.checkpoints_activations
        micro = min(decided.micro_batch, max(self.rows, 1))
        load = replace(self.load, micro_batch=micro, checkpointing=recomputes)
        return memory_bytes(load)

    def recomputing(self) -> "Needs":
        """The same run with activations computed twice."""
        load = None if self.load is None else replace(self.load, checkpointing=True)
        return replace(self, load=load, recomputes=True)

    def split(self, effective: int) -> Decided:
        """The split of an effective batch, or of all rows where there are fewer."""
        effective = min(effective, max(self.rows, 1))
        found = Split(effective, 1, 0)
        if self.load is not None:
            found = split_batch(self.load, effective, self.available, on_cpu=self.on_cpu)
        return Decided(found.micro_batch, found.accumulation, self.recomputes)

    def seconds(self, precision: Precision, tokens: float) -> float | None:
        """Seconds to train on so many tokens, by a product measured now."""
        if self.load is None:
            return None
        return tokens * flops_per_token(self.load) / (product_rate(precision) * _SHARE_OF_PEAK)


def needs_of(recipe: Recipe, data: RunData, precision: Precision, machine: Machine) -> Needs:
    """The needs of a run."""
    available, on_cpu = _available(precision, machine), precision.device == "cpu"
    shape, rows = data.shape, len(data.train)
    if shape is None:
        recomputes = bool(recipe["activation_checkpointing"])
        return Needs(None, rows, available, on_cpu, 0, 0, recomputes)
    full = recipe["finetuning_type"] == "full"
    targets = cast("list[str]", recipe["lora_target"])
    rank = cast("int", recipe["lora_rank"])
    trainable = shape.parameters if full else lora_parameters(shape, rank, targets)
    recomputes = checkpoints_activations(recipe, shape.parameters, precision.device)
    load = Load(
        shape=shape,
        trainable=trainable,
        weight_bytes=4 if full and precision.masters else precision.weights.itemsize,
        masters=precision.masters and not full,
        optimizer=str(recipe["optim"]),
        checkpointing=recomputes,
        longest=data.report.reckoned,
        label_share=data.report.trained_tokens / max(data.report.tokens, 1),
    )
    saved = trainable * (4 if precision.masters else precision.weights.itemsize) + _SMALL_FILES
    state = 0 if recipe["save_only_model"] else trainable * OPTIMIZER_BYTES.get(load.optimizer, 8)
    return Needs(load, rows, available, on_cpu, saved + state, saved, recomputes)


def product_rate(precision: Precision) -> float:
    """Operations a second of a matrix product in the computing type (about 50 ms)."""
    import torch

    size = 512 if precision.device == "cpu" else 4096
    with torch.inference_mode():
        matrix = torch.full((size, size), 0.5, dtype=precision.compute, device=precision.device)
        _wait(matrix @ matrix, precision.device)
        count, start = 0, time.perf_counter()
        while time.perf_counter() - start < 0.03 or count < 2:
            _wait(matrix @ matrix, precision.device)
            count += 1
        return count * 2 * size**3 / (time.perf_counter() - start)


def _wait(_result: Any, device: str) -> None:  # noqa: ANN401 - a tensor
    import torch

    if device == "cuda":
        torch.cuda.synchronize()


def _available(precision: Precision, machine: Machine) -> int:
    """Bytes that the device can give: on the processor what is free and what this process has."""
    if precision.device == "cuda":
        import torch

        return int(torch.cuda.mem_get_info()[0])
    import psutil

    return machine.memory_available + int(psutil.Process(os.getpid()).memory_info().rss)
