"""How much memory and computing a run takes, from its figures alone; no machine is read.

The figures were fitted to measured peaks of a Llama of 135M parameters on a CPU (torch 2.13,
fp32, LoRA rank 8: 1.1 GB before the first step, 2.7 MB a token) and hold within about a fifth;
they decide how a batch is split and whether a run is refused, so they lean to the larger side.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from ftkernel.recipe.model_files import ModelShape

MB = 1 << 20
PROCESS_BYTES = 620 * MB
"""A worker with torch, transformers, peft and trl loaded, before any weight."""

OPTIMIZER_BYTES = {
    "adamw_torch": 8, "adamw_torch_fused": 8, "adafactor": 1, "sgd": 4, "adagrad": 4, "rmsprop": 4,
}  # fmt: skip
"""State for each trained parameter. Adafactor keeps rows and columns; sgd may keep momentum."""

_HEAD_CHUNK = 64 * MB
_HEAD_COPIES = 4
_CPU_TOKENS = 1024
"""Tokens at once beyond which a processor gets no faster, and only memory grows."""


@dataclass(frozen=True, kw_only=True)
class Load:
    """What memory and time depend on."""

    shape: ModelShape
    trainable: int
    """Parameters that are learned: :func:`lora_parameters`, or all of them."""
    weight_bytes: int = 4
    """Of one weight, and of one number while computing."""
    masters: bool = False
    """What is learned is kept in fp32 beside its bf16 copy."""
    optimizer: str = "adamw_torch"
    checkpointing: bool = False
    longest: int
    """Tokens of the longest row."""
    micro_batch: int = 1
    label_share: float = 0.7
    """Part of the tokens that go through the head."""


@dataclass(frozen=True)
class Split:
    """How an effective batch is computed, and the memory it takes."""

    micro_batch: int
    accumulation: int
    memory: int


def lora_parameters(shape: ModelShape, rank: int, targets: Iterable[str] = ("all",)) -> int:
    """Trainable parameters of an adapter on the named linear layers of every block."""
    query, key_value = shape.heads * shape.head_dim, shape.kv_heads * shape.head_dim
    widths = {
        "q_proj": shape.hidden + query,
        "k_proj": shape.hidden + key_value,
        "v_proj": shape.hidden + key_value,
        "o_proj": query + shape.hidden,
        "gate_proj": shape.hidden + shape.intermediate,
        "up_proj": shape.hidden + shape.intermediate,
        "down_proj": shape.intermediate + shape.hidden,
    }
    named = set(targets)
    chosen = widths if "all" in named else {n: w for n, w in widths.items() if n in named}
    return shape.layers * rank * sum(chosen.values())


def memory_bytes(load: Load) -> int:
    """The expected peak of a worker on a CPU; on a GPU nearly all of it lies there."""
    shape = load.shape
    weights = shape.parameters * load.weight_bytes
    state = OPTIMIZER_BYTES.get(load.optimizer, 8)
    learned = load.trainable * (4 + state + (4 if load.masters else 0))
    tokens = load.micro_batch * load.longest
    return int(PROCESS_BYTES + weights + learned + _activations(load, tokens) + _head(load, tokens))


def _activations(load: Load, tokens: int) -> float:
    shape = load.shape
    query, key_value = shape.heads * shape.head_dim, shape.kv_heads * shape.head_dim
    numbers = 13 * shape.hidden + 6.5 * shape.intermediate + 6 * query + 6 * key_value
    block = tokens * numbers * load.weight_bytes
    if not load.checkpointing:
        return shape.layers * block
    kept = tokens * 2 * shape.hidden * load.weight_bytes
    return (
        shape.layers * kept + 6 * block
    )  # one block at a time, and what the allocator holds on to


def _head(load: Load, tokens: int) -> float:
    logits = tokens * load.label_share * load.shape.vocab * 4
    return min(logits, _HEAD_CHUNK) * _HEAD_COPIES


def flops_per_token(load: Load) -> float:
    """Floating-point operations for one token of training, forward and backward."""
    shape = load.shape
    table = shape.vocab * shape.hidden
    body = shape.parameters - table * (1 if shape.tied else 2)
    attention = shape.layers * shape.heads * shape.head_dim * load.longest
    forward = 2 * body + 2 * attention + 2 * table * load.label_share
    learns_all = load.trainable >= shape.parameters
    passes = 3 if learns_all else 2  # an adapter needs no gradient of the weights below it
    adapter = 0 if learns_all else 6 * load.trainable
    return forward * (passes + (1 if load.checkpointing else 0)) + adapter


def split_batch(load: Load, effective: int, available: int, *, on_cpu: bool = True) -> Split:
    """Split an effective batch: the largest micro-batch that divides it and fits.

    Args:
        load: the run; its ``micro_batch`` is left out of account.
        effective: rows of one optimizer step.
        available: bytes that may be used.
        on_cpu: whether batches beyond a number of tokens are of no use.

    Returns:
        The split; with one row at once even where that does not fit, which the caller sees by its
        memory.
    """
    for micro in range(effective, 0, -1):
        if effective % micro:
            continue
        memory = memory_bytes(replace(load, micro_batch=micro))
        too_long = on_cpu and micro * load.longest > _CPU_TOKENS
        if micro == 1 or (memory <= available and not too_long):
            return Split(micro, effective // micro, memory)
    raise ValueError("an effective batch has at least one row")
