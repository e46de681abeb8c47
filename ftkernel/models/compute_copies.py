"""Trainable weights kept in float32 that compute in the narrower type of the model around them.

bfloat16 has eight bits of precision: an update of a fine-tuning learning rate is mostly smaller
than half of the last one, and rounds away. So masters stay float32, the forward pass casts a
copy, and the gradient flows back through the cast and accumulates in float32. Parameters keep
their names and types, so a saved adapter looks as if nothing had happened. Only how adapters of
:mod:`peft` compute is changed.
"""

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch
    from peft import PeftModel
    from torch import nn


def compute_in_model_type(model: "PeftModel", dtype: "torch.dtype") -> int:
    """Make every adapter in a PEFT model compute in the type of its input, from float32 masters.

    Args:
        model: one whose base is in ``dtype``.
        dtype: bfloat16 or float16.

    Returns:
        The number of modules that now compute through copies.
    """
    from peft.tuners.tuners_utils import BaseTunerLayer
    from peft.utils.other import ModulesToSaveWrapper

    changed = 0
    for module in list(model.modules()):
        if isinstance(module, BaseTunerLayer):
            # PEFT would widen the input to float32, and the whole adapter would compute in it.
            setattr(module, "cast_input_dtype_enabled", False)  # noqa: B010
            for name in module.adapter_layer_names:
                changed += sum(_through_copies(inner, dtype) for inner in _children(module, name))
        elif isinstance(module, ModulesToSaveWrapper):
            changed += sum(
                _through_copies(inner, dtype) for inner in module.modules_to_save.values()
            )
    return changed


def keep_copies(model: "nn.Module", dtype: "torch.dtype") -> int:
    """Put the narrow copies in the place of the masters, in a model that only answers.

    Returns:
        The number of weights; what the model computes stays the same to the last bit.
    """
    kinds = tuple(_classes().values())
    weights = [
        weight
        for module in model.modules()
        if isinstance(module, kinds)
        for weight in module.parameters()
    ]
    for weight in weights:
        weight.data = weight.data.to(dtype)
    return len(weights)


def _children(module: "nn.Module", name: str) -> list["nn.Module"]:
    from torch import nn

    group = getattr(module, name, None)
    return list(group.values()) if isinstance(group, nn.ModuleDict) else []


def _through_copies(module: "nn.Module", dtype: "torch.dtype") -> bool:
    """Keep a module's weights in float32 and let it compute in the model's type."""
    from torch import nn

    parameters = list(module.parameters())
    for parameter in parameters:
        parameter.data = parameter.data.float()
    if type(module) is nn.Linear:
        module.__class__ = _classes()["linear"]
    elif type(module) is nn.Embedding:
        module.__class__ = _classes()["embedding"]
        setattr(module, "compute_dtype", dtype)  # noqa: B010 - torch types only tensors as attributes
    else:
        return False
    return True


@lru_cache(maxsize=1)
def _classes() -> dict[str, type]:
    """The two classes, made on first use so that reading this module does not load torch."""
    from torch import nn
    from torch.nn import functional

    class LinearThroughCopy(nn.Linear):
        """A linear layer that computes in its input's type."""

        def forward(self, input: "torch.Tensor") -> "torch.Tensor":  # noqa: A002 - torch's own name
            bias = None if self.bias is None else self.bias.to(input.dtype)
            return functional.linear(input, self.weight.to(input.dtype), bias)

    class EmbeddingThroughCopy(nn.Embedding):
        """An embedding that answers in the model's type."""

        compute_dtype: "torch.dtype"

        def forward(self, input: "torch.Tensor") -> "torch.Tensor":  # noqa: A002 - torch's own name
            return super().forward(input).to(self.compute_dtype)

    return {"linear": LinearThroughCopy, "embedding": EmbeddingThroughCopy}
