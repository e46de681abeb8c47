"""Drawing one token from a model's scores: what the library's processors do, without their detours.

Repetition penalty, temperature, top-k, top-p, in this order, as ``generate`` applies them. The
library sorts the whole vocabulary for top-p even where top-k has left fifty tokens of it; here only
those are sorted, and the draw itself is made over the whole vocabulary, so that the same seed gives
the same token as there.
"""

from typing import TYPE_CHECKING

from ftkernel.inference.sampling import Sampling

if TYPE_CHECKING:
    import torch


def draw(scores: "torch.Tensor", seen: "torch.Tensor", sampling: Sampling) -> "torch.Tensor":
    """The next token.

    Args:
        scores: of each token of the vocabulary, float32, (vocabulary,); may be written to.
        seen: the tokens so far, (tokens,).
        sampling: how to draw; without ``do_sample`` the likeliest is taken.

    Returns:
        Its number, int64, ().
    """
    import torch

    if sampling.repetition_penalty != 1.0:
        scores = _penalize(scores, seen, sampling.repetition_penalty)
    if not sampling.do_sample:
        return scores.argmax()
    if sampling.temperature != 1.0:
        scores = scores / sampling.temperature
    kept = _likeliest(scores, sampling.top_k) if sampling.top_k > 0 else None
    chosen = scores if kept is None else scores[kept]
    if sampling.top_p < 1.0:
        inside = _nucleus(chosen, sampling.top_p)
        chosen = chosen[inside]
        kept = inside if kept is None else kept[inside]
    weights = chosen.softmax(-1)
    if kept is not None:
        weights = torch.zeros_like(scores).scatter_(0, kept, weights)
    return torch.multinomial(weights, 1)[0]


def _penalize(scores: "torch.Tensor", seen: "torch.Tensor", penalty: float) -> "torch.Tensor":
    """Make what was said less likely (Keskar et al., 2019)."""
    import torch

    said = scores.gather(0, seen)
    return scores.scatter(0, seen, torch.where(said < 0, said * penalty, said / penalty))


def _likeliest(scores: "torch.Tensor", count: int) -> "torch.Tensor":
    """The numbers of the likeliest tokens, in their order; more than ``count`` where some tie."""
    import torch

    last = torch.topk(scores, min(count, scores.shape[0]))[0][-1]
    return (scores >= last).nonzero()[:, 0]


def _nucleus(scores: "torch.Tensor", part: float) -> "torch.Tensor":
    """The numbers of the likeliest tokens that together have this probability; one at least."""
    import torch

    ordered, order = torch.sort(scores)
    outside = ordered.softmax(-1).cumsum(-1) <= 1 - part
    outside[-1] = False
    return order[~outside]
