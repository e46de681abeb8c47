"""Figures about a loaded model: its parameters, how many of them train, and their type."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import nn


def count(model: "nn.Module") -> tuple[int, int]:
    """The number of scalar parameters, and of those that train; a shared weight counts once."""
    total = trainable = 0
    for parameter in model.parameters():
        total += parameter.numel()
        if parameter.requires_grad:
            trainable += parameter.numel()
    return total, trainable


def type_name(model: "nn.Module") -> str:
    """The plain name of the type most of the weights are in, such as ``bfloat16``."""
    counts: dict[str, int] = {}
    for parameter in model.parameters():
        name = str(parameter.dtype).removeprefix("torch.")
        counts[name] = counts.get(name, 0) + parameter.numel()
    return max(counts, key=lambda name: counts[name], default="float32")
