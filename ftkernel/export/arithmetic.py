"""Half precision on a CPU as hardware computes it: sums in float32, rounded once at the end.

CPUs without bfloat16 units emulate it an order of magnitude slower. Widening the factors,
multiplying in float32 and rounding the result gives what such hardware gives, up to the order of
the sum, at nearly the speed of float32; and the proof of a merge then means the same on every
machine.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

Value = Any  # whatever torch passes through its functions


@contextmanager
def widened_products() -> Iterator[None]:
    """Within it, products of bfloat16 or float16 tensors on the CPU are summed in float32."""
    import torch
    from torch.overrides import TorchFunctionMode

    products = {
        torch.nn.functional.linear, torch.matmul, torch.mm, torch.bmm, torch.addmm, torch.baddbmm,
        torch.Tensor.matmul, torch.Tensor.mm, torch.Tensor.bmm, torch.Tensor.__matmul__,
    }  # fmt: skip
    half = (torch.bfloat16, torch.float16)

    def wide(value: Value) -> Value:
        is_half = isinstance(value, torch.Tensor) and value.dtype in half and value.is_cpu
        return value.float() if is_half else value

    class Widened(TorchFunctionMode):
        def __torch_function__(
            self, func: Value, types: object, args: tuple[Value, ...] = (), kwargs: Value = None
        ) -> Value:
            kwargs = kwargs or {}
            if func not in products or "out" in kwargs:
                return func(*args, **kwargs)
            narrow = [arg for arg in args if wide(arg) is not arg]
            if not narrow:
                return func(*args, **kwargs)
            product = func(*map(wide, args), **{name: wide(arg) for name, arg in kwargs.items()})
            return product.to(narrow[0].dtype)

    with Widened():
        yield
