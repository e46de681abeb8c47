"""Whether two models answer alike: their next-token distributions compared on the same real tokens.

The figures are the mean Kullback-Leibler divergence over positions (nats a token; the reference's
distribution p against the other's q: sum of p (ln p - ln q)), the largest difference of any logit,
and how often the likeliest token agrees. Logits are computed in the model's own type, divergences
in float64.
"""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ftkernel.errors import FtError
from ftkernel.export.arithmetic import widened_products

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel

FP32_BOUND = 1e-6
"""Largest mean divergence of a float32 merge, in nats a token."""
HALF_FACTOR = 2.0
"""A half-precision merge may diverge from the float32 reference at most so many times as much as
base and adapter do when they compute in that precision unmerged."""

_CHUNK = 32  # positions in float64 at a time: 32 x 150,000 tokens x 8 bytes is 38 MB
_LOGIT_BYTES = 256 * 1024**2
_MOST_TOKENS = 768
_LONGEST_PROMPT = 192


@dataclass(frozen=True)
class Prompt:
    """Tokens to compare two models on, from position ``first`` on."""

    tokens: tuple[int, ...]
    first: int = 0


@dataclass(frozen=True)
class Comparison:
    """How far a model is from a reference, over all compared positions."""

    kl: float
    largest_logit_difference: float
    token_agreement: float
    prompts: int
    tokens: int


def fit_prompts(
    prompts: Sequence[Sequence[int]], vocabulary: int, longest: int | None = None
) -> list[Prompt]:
    """As many prompts, cut to a length, as keep the logits of a whole comparison small in memory.

    Rows rendered by one template begin alike; the positions that a prompt shares with an earlier
    one would say the same thing twice and are not counted.

    Args:
        prompts: their tokens; empty ones are left out.
        vocabulary: width of a row of logits.
        longest: most positions the model takes, if it has such a limit.
    """
    budget = max(16, min(_MOST_TOKENS, _LOGIT_BYTES // (4 * vocabulary)))
    chosen: list[Prompt] = []
    for prompt in prompts:
        tokens = tuple(prompt[: min(_LONGEST_PROMPT, longest or _LONGEST_PROMPT)])
        first = max((_shared(tokens, other.tokens) for other in chosen), default=0)
        tokens = tokens[: first + budget]
        if len(tokens) > first:
            chosen.append(Prompt(tokens, first))
            budget -= len(tokens) - first
        if budget <= 0:
            break
    return chosen


def _shared(one: Sequence[int], other: Sequence[int]) -> int:
    """How many tokens two prompts begin with alike."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))


def logits_of(model: "PreTrainedModel", prompts: Sequence[Prompt]) -> "list[torch.Tensor]":
    """The logits at each position that counts: float32 on the CPU, (positions, vocabulary)."""
    import torch

    model.eval()
    half = next(model.parameters()).dtype != torch.float32
    on_cpu = torch.device(model.device).type == "cpu"
    rows: list[torch.Tensor] = []
    with torch.inference_mode(), widened_products() if half and on_cpu else nullcontext():
        for prompt in prompts:
            ids = torch.tensor([prompt.tokens], device=model.device)
            logits = model(input_ids=ids, use_cache=False).logits[0]
            rows.append(logits[prompt.first :].float().cpu())
    return rows


def compare(reference: "Sequence[torch.Tensor]", other: "Sequence[torch.Tensor]") -> Comparison:
    """Compare logits of the same prompts, position by position.

    Raises:
        FtError: ``export.shapes_differ`` where the vocabularies do, ``export.not_a_number`` where a
            logit is none.
    """
    import torch

    divergence, largest, agreed, tokens = 0.0, 0.0, 0, 0
    for expected, actual in zip(reference, other, strict=True):
        if expected.shape != actual.shape:
            raise FtError(
                "export.shapes_differ", expected=expected.shape[-1], actual=actual.shape[-1]
            )
        for p, q in zip(expected.split(_CHUNK), actual.split(_CHUNK), strict=True):
            if not (torch.isfinite(p).all() and torch.isfinite(q).all()):
                raise FtError("export.not_a_number")
            divergence += float(divergences(p, q).sum())
            largest = max(largest, float((p - q).abs().max()))
            agreed += int((p.argmax(-1) == q.argmax(-1)).sum())
            tokens += len(p)
    if not tokens:
        raise FtError("export.no_prompts")
    # Rounding may leave a sum of exact zeros slightly below zero.
    return Comparison(
        max(divergence / tokens, 0.0), largest, agreed / tokens, len(reference), tokens
    )


def divergences(p_logits: "torch.Tensor", q_logits: "torch.Tensor") -> "torch.Tensor":
    """KL(p || q) in nats at each position, from logits of shape (positions, vocabulary)."""
    p = p_logits.double().log_softmax(-1)
    q = q_logits.double().log_softmax(-1)
    return (p.exp() * (p - q)).sum(-1)


def bound_for(unmerged: Comparison | None) -> float:
    """The largest divergence a merge may have.

    Args:
        unmerged: how base and adapter in the type of the merge, unmerged, compare with themselves
            in float32; ``None`` for a float32 merge.
    """
    return FP32_BOUND if unmerged is None else HALF_FACTOR * unmerged.kl
