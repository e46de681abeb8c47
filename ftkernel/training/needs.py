"""What a run needs of this machine: bytes by micro-batch, and seconds by a short measurement."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from ftkernel.machine import Machine
from ftkernel.models.load import checkpoints_activations
from ftkernel.models.precision import Precision
from ftkernel.recipe.model_files import ModelShape
from ftkernel.recipe.recipe import Recipe
from ftkernel.training.decided import Decided
from ftkernel.training.prepare import RunData

_PROCESS = 700 << 20
"""Resident bytes of a worker with its libraries, before any model."""
_OPTIMIZER_WORDS = {"adamw_torch": 2, "adamw_torch_fused": 2, "adagrad": 1, "rmsprop": 1}
_SHARE_OF_PEAK = 0.35
"""Of the measured product's rate, what a whole step reaches."""


@dataclass(frozen=True)
class Needs:
    """What a run needs, as far as its files tell.

    Attributes:
        memory: bytes at the peak, for a split of the batch.
        available: bytes the device can give.
        checkpoint_bytes: of one checkpoint.
        result_bytes: of the result.
        recomputes: whether activations are computed twice.
    """

    memory: Callable[[Decided], int]
    available: int
    checkpoint_bytes: int
    result_bytes: int
    recomputes: bool


def needs_of(recipe: Recipe, data: RunData, precision: Precision, machine: Machine) -> Needs:
    """The needs of a run; all 0 where the model's files do not tell its figures."""
    available = _available(precision, machine)
    shape = data.shape
    if shape is None:
        return Needs(lambda _: 0, available, 0, 0, bool(recipe["activation_checkpointing"]))
    full = recipe["finetuning_type"] == "full"
    trainable = shape.parameters if full else _adapter_parameters(shape, recipe)
    wide = 4 if precision.masters or str(precision.compute).endswith("32") else 2
    narrow = 4 if str(precision.compute).endswith("32") else 2
    words = _OPTIMIZER_WORDS.get(str(recipe["optim"]), 1)
    fixed = shape.parameters * (wide if full else narrow)
    fixed += trainable * (wide if not full else 0) + trainable * wide
    fixed += trainable * 4 * words
    if full and precision.autocast:
        fixed += shape.parameters * narrow
    longest = data.report.longest

    def memory(decided: Decided) -> int:
        tokens = decided.micro_batch * longest
        per_layer = tokens * narrow * (14 * shape.hidden + 5 * shape.intermediate)
        layers = shape.layers if not decided.checkpoints_activations else 1
        kept = per_layer * layers + tokens * narrow * shape.hidden * shape.layers
        head = min(3 * (64 << 20), 3 * 4 * tokens * shape.vocab)
        process = _PROCESS if precision.device == "cpu" else 600 << 20
        return int(fixed + kept + head + process)

    saved = trainable * wide
    state = saved + trainable * 4 * words if not recipe["save_only_model"] else saved
    recompute = checkpoints_activations(recipe, shape.parameters, precision.device)
    return Needs(memory, available, state + (4 << 20), saved + (4 << 20), recompute)


def seconds_of(
    recipe: Recipe, data: RunData, precision: Precision, decided: Decided, passes: float
) -> float | None:
    """Seconds of training, from a measured product of this device and the model's size."""
    shape = data.shape
    if shape is None:
        return None
    full = recipe["finetuning_type"] == "full"
    # Forward 2, gradient of activations 2, gradient of weights 2 (of an adapter next to nothing).
    factor = (6 if full else 4) + (2 if decided.checkpoints_activations else 0)
    flops = factor * shape.parameters * data.report.tokens * passes
    return flops / (product_rate(precision) * _SHARE_OF_PEAK)


def product_rate(precision: Precision) -> float:
    """Floating-point operations a second of one matrix product in the computing type (about 50 ms)."""
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


def _adapter_parameters(shape: ModelShape, recipe: Recipe) -> int:
    """Parameters of a LoRA adapter on the linear layers that ``lora_target`` names."""
    query, keys = shape.heads * shape.head_dim, shape.kv_heads * shape.head_dim
    sizes = {
        "q_proj": shape.hidden + query,
        "k_proj": shape.hidden + keys,
        "v_proj": shape.hidden + keys,
        "o_proj": query + shape.hidden,
        "gate_proj": shape.hidden + shape.intermediate,
        "up_proj": shape.hidden + shape.intermediate,
        "down_proj": shape.intermediate + shape.hidden,
    }
    targets = cast("list[str]", recipe["lora_target"])
    chosen = [size for name, size in sizes.items() if "all" in targets or name in targets]
    return shape.layers * cast("int", recipe["lora_rank"]) * sum(chosen or sizes.values())
