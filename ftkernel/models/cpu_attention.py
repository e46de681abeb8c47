"""Attention on a processor, block by block: what torch's own kernel computes, several times faster.

Torch's fused kernel for processors multiplies at a fraction of the machine's speed in bfloat16.
Here the queries go through plain matrix products in blocks. A block looks only as far as the mask
lets it (half of all scores are above the diagonal), heads that share their keys are one product,
and what a block needs again in backward is kept while that is small and computed anew where the
rows are long. The softmax accumulates in float32, as the fused kernel's does.

Registered with transformers as an attention implementation, it takes the masks that ``sdpa`` takes.
Whatever it is not meant for (a cache, dropout, a position bias) goes to ``sdpa``. The method is
that of FlashAttention (Dao et al., 2022, https://arxiv.org/abs/2205.14135) without its tiling of
the keys, which a processor's caches do not ask for.
"""

# ruff: noqa: ANN401 - autograd's contexts and the models of transformers are typed loosely

from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel

NAME = "ftkernel_blocks"

_BLOCK = 64
"""Queries of a block: scores of the usual batches stay in the processor's cache."""

_KEPT_BYTES = 24 << 20
"""Probabilities of one layer that are kept for backward; beyond it they are computed again."""


def use_blocks(model: "PreTrainedModel") -> bool:
    """Let a model on a processor attend by blocks, where its attention is torch's own.

    Returns:
        Whether it does now.
    """
    if model.device.type != "cpu" or getattr(model.config, "_attn_implementation", None) != "sdpa":
        return False
    _register()
    model.set_attn_implementation(NAME)
    return model.config._attn_implementation == NAME


@lru_cache(maxsize=1)
def _register() -> None:
    from transformers import AttentionInterface
    from transformers.masking_utils import AttentionMaskInterface, sdpa_mask

    AttentionInterface.register(NAME, attend)
    AttentionMaskInterface.register(NAME, sdpa_mask)


def attend(
    module: "torch.nn.Module",
    query: "torch.Tensor",
    key: "torch.Tensor",
    value: "torch.Tensor",
    attention_mask: "torch.Tensor | None",
    dropout: float = 0.0,
    scaling: float | None = None,
    is_causal: bool | None = None,
    **others: Any,
) -> "tuple[torch.Tensor, None]":
    """One layer's attention, as transformers calls it.

    Args:
        module: the layer; says whether it is causal when ``is_causal`` does not.
        query: batch x heads x positions x size.
        key: batch x key heads x positions x size.
        value: like ``key``.
        attention_mask: batch x 1 x positions x positions, true where a query may look; ``None``
            for causal rows without padding.
        dropout: of the probabilities.
        scaling: of the scores; by default one over the root of ``size``.
        is_causal: whether a query looks back only.
        others: what else models hand over.

    Returns:
        batch x positions x heads x size, and no probabilities.
    """
    import torch
    from transformers.integrations.sdpa_attention import sdpa_attention_forward

    if torch.is_autocast_enabled("cpu"):  # as it would do for torch's own kernel
        dtype = torch.get_autocast_dtype("cpu")
        query, key, value = query.to(dtype), key.to(dtype), value.to(dtype)
    causal = is_causal if is_causal is not None else getattr(module, "is_causal", True)
    ours = (
        query.shape[2] == key.shape[2] > 1
        and key.shape[-1] == value.shape[-1]
        and query.shape[1] % key.shape[1] == 0
        and query.dtype == key.dtype == value.dtype
        and not dropout
        and others.get("position_bias") is None
        and others.get("cache") is None
        and others.get("softcap") is None
        and (causal if attention_mask is None else _is_plain(attention_mask))
    )
    if not ours:
        return sdpa_attention_forward(
            module, query, key, value, attention_mask, dropout, scaling, is_causal, **others
        )
    hidden = _above_diagonal(query.shape[2]) if attention_mask is None else ~attention_mask
    scale = query.shape[-1] ** -0.5 if scaling is None else scaling
    with torch.autocast("cpu", enabled=False):
        found = _blocks().apply(query, key, value, hidden, scale)
    return found.transpose(1, 2).contiguous(), None


def _is_plain(mask: "torch.Tensor") -> bool:
    """Whether a mask is true or false, and the same for all heads."""
    import torch

    return mask.dtype == torch.bool and mask.dim() == 4 and mask.shape[1] == 1


def _above_diagonal(length: int) -> "torch.Tensor":
    import torch

    return torch.ones(1, 1, length, length, dtype=torch.bool).triu(1)


@lru_cache(maxsize=1)
def _blocks() -> Any:
    """The function and its gradient, made on first use: reading this module loads no torch."""
    import torch

    class Blocks(torch.autograd.Function):
        """Softmax of query times key, times value: block of queries by block of queries.

        Inside, query heads that share a key head lie one after the other: batch x key heads x
        (group x block) x size.
        """

        @staticmethod
        def forward(
            ctx: Any,
            query: torch.Tensor,
            key: torch.Tensor,
            value: torch.Tensor,
            hidden: torch.Tensor,
            scale: float,
        ) -> torch.Tensor:
            shape = _Shape(query, key)
            scaled = shape.grouped(query * scale)
            out = torch.empty_like(scaled)
            keeps = shape.scores() * query.element_size() // 2 <= _KEPT_BYTES
            kept: list[torch.Tensor] = []
            reach = _reach(hidden, shape.length)
            for (start, end), (low, high) in zip(shape.blocks(), reach, strict=True):
                rows = shape.rows(scaled, start, end)
                part = hidden[:, :, start:end, low:high]
                found = _probabilities(rows, key[:, :, low:high], part, shape)
                if keeps:
                    kept.append(found)
                shape.put(out, start, end, found @ value[:, :, low:high])
            ctx.save_for_backward(query, key, value, hidden, *kept)
            ctx.scale, ctx.reach = scale, reach
            return out.view_as(query)

        @staticmethod
        def backward(ctx: Any, *grad_outputs: torch.Tensor) -> Any:
            query, key, value, hidden, *kept = ctx.saved_tensors
            shape = _Shape(query, key)
            scaled, given = shape.grouped(query * ctx.scale), shape.grouped(grad_outputs[0])
            to_query = torch.empty_like(scaled)
            # Sums over blocks: in float32, as the products inside are summed.
            to_key = torch.zeros(key.shape, dtype=torch.float32)
            to_value = torch.zeros(value.shape, dtype=torch.float32)
            for index, (start, end) in enumerate(shape.blocks()):
                low, high = ctx.reach[index]
                rows, grads = shape.rows(scaled, start, end), shape.rows(given, start, end)
                keys, values = key[:, :, low:high], value[:, :, low:high]
                part = hidden[:, :, start:end, low:high]
                found = kept[index] if kept else _probabilities(rows, keys, part, shape)
                to_value[:, :, low:high] += found.transpose(-1, -2) @ grads
                upward = torch._softmax_backward_data(
                    grads @ values.transpose(-1, -2), found, -1, found.dtype
                )
                shape.put(to_query, start, end, upward @ keys)
                to_key[:, :, low:high] += upward.transpose(-1, -2) @ rows
            return (
                to_query.view_as(query).mul_(ctx.scale),
                to_key.to(key.dtype),
                to_value.to(value.dtype),
                None,
                None,
            )

    return Blocks


class _Shape:
    """The sizes of one call, and the views that follow from them."""

    def __init__(self, query: "torch.Tensor", key: "torch.Tensor") -> None:
        self.batch, heads, self.length, self.size = query.shape
        self.key_heads = key.shape[1]
        self.group = heads // self.key_heads

    def scores(self) -> int:
        """How many scores there are, masked ones too."""
        return self.batch * self.key_heads * self.group * self.length * self.length

    def blocks(self) -> list[tuple[int, int]]:
        """First and last-but-one query of each block."""
        starts = range(0, self.length, _BLOCK)
        return [(start, min(self.length, start + _BLOCK)) for start in starts]

    def grouped(self, tensor: "torch.Tensor") -> "torch.Tensor":
        """Heads apart into key heads and the queries that share them."""
        return tensor.reshape(self.batch, self.key_heads, self.group, self.length, self.size)

    def rows(self, grouped: "torch.Tensor", start: int, end: int) -> "torch.Tensor":
        """The queries of a block, all of a group below each other."""
        part = grouped[:, :, :, start:end]
        return part.reshape(self.batch, self.key_heads, self.group * (end - start), self.size)

    def put(self, grouped: "torch.Tensor", start: int, end: int, rows: "torch.Tensor") -> None:
        """Write a block back to where :meth:`rows` took it from."""
        shape = (self.batch, self.key_heads, self.group, end - start, self.size)
        grouped[:, :, :, start:end] = rows.view(shape)


def _reach(hidden: "torch.Tensor", length: int) -> list[tuple[int, int]]:
    """The keys each block has to look at: from the first to the last that any of its queries sees.

    For causal rows that is all up to the block's end, for packed ones from where its parts begin; a
    mask that lets queries look ahead is followed.
    """
    seen = (~hidden).any(dim=0).any(dim=0)
    out: list[tuple[int, int]] = []
    for start in range(0, length, _BLOCK):
        end = min(length, start + _BLOCK)
        found = seen[start:end].any(dim=0).nonzero()
        low, high = (int(found[0]), int(found[-1]) + 1) if len(found) else (start, end)
        out.append((min(low, start), max(high, end)))
    return out


def _probabilities(
    rows: "torch.Tensor", keys: "torch.Tensor", hidden: "torch.Tensor", shape: _Shape
) -> "torch.Tensor":
    """Where the queries of a block look: batch x key heads x (group x block) x keys, sums of 1.

    A query that sees nothing (padding) gets equal shares, not NaN: nothing is learned from it.
    """
    import torch

    scores = rows @ keys.transpose(-1, -2)
    apart = scores.view(*scores.shape[:2], shape.group, -1, scores.shape[-1])
    apart.masked_fill_(hidden.unsqueeze(2), torch.finfo(scores.dtype).min)
    return torch.softmax(scores, dim=-1)
