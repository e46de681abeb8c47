"""Weights laid out for a processor's bfloat16 instructions, for models that only answer.

One token at a time a model is read whole from memory, and torch's linear layer spends as long again
on arranging the weights for oneDNN. Arranged once they are read at the speed of memory: the same
products of the same numbers, only their sums are made in another order.
"""

from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

_SMALLEST = 1 << 16
"""Weights of a layer from which arranging them pays; adapters are smaller."""


@lru_cache(maxsize=1)
def can_pack() -> bool:
    """Whether this processor and this torch have what it takes."""
    import torch

    try:
        ops: Any = torch.ops.mkldnn
        if not torch.backends.mkldnn.is_available() or not ops._is_mkldnn_bf16_supported():
            return False
        rows = torch.full((1, 32), 0.5, dtype=torch.bfloat16)
        weight = torch.full((32, 32), 0.5, dtype=torch.bfloat16)
        out = ops._linear_pointwise(
            rows, ops._reorder_linear_weight(weight, 1), None, "none", [], ""
        )
        return bool((out == 8).all())
    except (AttributeError, RuntimeError, TypeError):  # private names, which another torch may lack
        return False


def pack(model: Any) -> int:  # noqa: ANN401 - a PreTrainedModel or the PeftModel around one
    """Arrange the weights of every large linear layer; returns how many there are.

    The model can then answer and nothing else: not be trained, saved or merged.
    """
    import torch

    if not can_pack():
        return 0
    packed = _packed_type()
    count = 0
    for parent in list(model.modules()):
        if _reads_weights(parent):
            continue
        for name, layer in list(parent.named_children()):
            if type(layer) is not torch.nn.Linear or layer.weight.numel() < _SMALLEST:
                continue
            if layer.weight.dtype == torch.bfloat16 and layer.weight.device.type == "cpu":
                setattr(parent, name, packed(layer))
                count += 1
    return count


def _reads_weights(parent: Any) -> bool:  # noqa: ANN401
    """Whether an adapter's layer looks into the weights of the layer below, as DoRA does."""
    by_adapter = getattr(parent, "use_dora", None)
    return isinstance(by_adapter, dict) and any(by_adapter.values())


@lru_cache(maxsize=1)
def _packed_type() -> type:
    import torch

    class Packed(torch.nn.Module):
        """A linear layer whose weight is arranged: (…, in) to (…, out)."""

        def __init__(self, layer: "torch.nn.Linear") -> None:
            super().__init__()
            self.in_features, self.out_features = layer.in_features, layer.out_features
            self.bias = layer.bias
            self._weight = torch.ops.mkldnn._reorder_linear_weight(layer.weight.detach(), 1)

        def forward(self, rows: "torch.Tensor") -> "torch.Tensor":
            return torch.ops.mkldnn._linear_pointwise(rows, self._weight, self.bias, "none", [], "")

    return Packed
