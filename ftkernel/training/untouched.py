"""A model that answers in the middle of its training, and is afterwards as if nothing had been.

Put back are the random states of the process, the modes of all modules, their buffers and plain
attributes (some positions' tables grow with the longest text they saw), which parameters learn, and
their gradients. Weights are not looked at: answering does not write to them.
"""

# ruff: noqa: ANN401 - models and optimizers are typed loosely

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch

from ftkernel.training import rng

_PLAIN = (bool, int, float, str, type(None), torch.Tensor)


@contextmanager
def untouched(model: Any, optimizer: Any = None) -> Iterator[None]:
    """Let a model that trains answer inside; put everything back, whatever happens there.

    Args:
        model: with its adapter; is in evaluation mode inside.
        optimizer: one that holds two sets of weights shows those to be used.
    """
    states = rng.take()
    modules = [_Kept(module) for module in model.modules()]
    learning = [(one, one.requires_grad, one.grad) for one in model.parameters()]
    model.eval()
    _switch(optimizer, "eval")
    try:
        yield
    finally:
        _switch(optimizer, "train")
        for parameter, learns, gradient in learning:
            parameter.requires_grad_(learns)
            parameter.grad = gradient
        for kept in modules:
            kept.put_back()
        rng.restore(states)


def free_memory() -> None:
    """After an answer that ran out of memory: give back what it held."""
    gc.collect()
    if torch.cuda.is_available() and torch.cuda.is_initialized():
        torch.cuda.empty_cache()


class _Kept:
    """What one module holds beside its weights and its children."""

    def __init__(self, module: Any) -> None:
        self._module = module
        self._plain = {name: value for name, value in vars(module).items() if type(value) in _PLAIN}
        self._buffers = [
            (name, value, None if value is None else value.clone())
            for name, value in module._buffers.items()
        ]

    def put_back(self) -> None:
        """Make the module as it was."""
        now = vars(self._module)
        for name in [name for name, value in now.items() if type(value) in _PLAIN]:
            if name not in self._plain:  # something was remembered for the next answer
                del now[name]
        now.update(self._plain)
        for name, value, copy in self._buffers:
            self._module._buffers[name] = value
            if value is not None and copy is not None and not _same(value, copy):
                with torch.no_grad():
                    value.copy_(copy)


def _same(one: torch.Tensor, other: torch.Tensor) -> bool:
    """Bit for bit; a buffer may hold NaN, which equals nothing."""
    return torch.equal(one, other) or (
        one.is_floating_point() and torch.equal(one.isnan(), other.isnan())
        and torch.equal(one.nan_to_num(), other.nan_to_num())
    )  # fmt: skip


def _switch(optimizer: Any, mode: str) -> None:
    """Schedule-free optimizers must be told which of their weights to show."""
    switch = getattr(optimizer, mode, None)
    if callable(switch):
        switch()
