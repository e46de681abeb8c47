"""LoRA layers that only answer, without PEFT's way through adapters, dropout and types.

For one token a layer's two small products take less time than what PEFT does around them, and in
bfloat16 oneDNN spends longer on preparing them than on making them. Here they are made in float32,
from the weights as they were saved: in a float32 model these are the very same numbers as PEFT's,
in a bfloat16 model as near to float32's as its own.
"""

# ruff: noqa: ANN401 - layers of torch and PEFT are typed loosely

from functools import lru_cache
from typing import Any


def lean_adapters(model: Any) -> int:
    """Let the LoRA layers of a model on a processor take the short way; returns how many do.

    Adapters can be switched off and on as before. Layers of other kinds are left as they are.
    """
    from peft.tuners.lora.layer import Linear

    layers: list[Any] = [one for one in model.modules() if type(one) is Linear]
    short = [layer for layer in layers if _is_ordinary(layer)]
    for module in short:
        module.__class__ = _short_type()
        module.keep_short()
    return len(short)


def _is_ordinary(module: Any) -> bool:
    """Whether a layer is ``base(x) + B(A(x)) * scaling`` and nothing else."""
    if module.training or module.merged or len(module.active_adapters) != 1:
        return False
    name = module.active_adapters[0]
    if name not in module.lora_A or module.base_layer.weight.device.type != "cpu":
        return False
    odd = (getattr(module, kind, None) or {} for kind in ("use_dora", "lora_bias"))
    return (
        not any(by_adapter.get(name) for by_adapter in odd)
        and name not in (getattr(module, "lora_variant", None) or {})
        and not getattr(module, "fan_in_fan_out", False)
    )


@lru_cache(maxsize=1)
def _short_type() -> type:
    import torch
    from peft.tuners.lora.layer import Linear
    from torch.nn import functional

    class ShortLinear(Linear):
        """A LoRA layer with one adapter: (…, in) to (…, out)."""

        def keep_short(self) -> None:
            """Keep the weights of the adapter at hand."""
            name = self.active_adapters[0]
            down: Any = self.lora_A[name]
            up: Any = self.lora_B[name]
            self._short = (
                down.weight.detach().float(),
                up.weight.detach().float(),
                self.scaling[name],
            )

        def forward(self, x: torch.Tensor, *_args: Any, **_kwargs: Any) -> torch.Tensor:
            result = self.base_layer(x)
            if self.disable_adapters:
                return result
            down, up, scaling = self._short
            more = functional.linear(functional.linear(x.float(), down), up) * scaling
            return result + more.to(result.dtype)

    return ShortLinear
