"""What the plan settles where the recipe leaves it open."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Decided:
    """Batches and activation checkpointing, as a run computes them.

    Attributes:
        micro_batch: rows computed at once.
        accumulation: micro-batches of one optimizer step.
        checkpoints_activations: whether activations are computed twice instead of kept.
    """

    micro_batch: int
    accumulation: int
    checkpoints_activations: bool
