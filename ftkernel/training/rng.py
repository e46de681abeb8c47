"""The random states of a process, as tensors and numbers only: they load without unpickling."""

import random
from typing import Any

import numpy
import torch

RandomStates = dict[str, Any]


def take() -> RandomStates:
    """The states as they are now, for :func:`restore`. Cheap: a few kilobytes are copied."""
    version, words, gauss = random.getstate()
    name, keys, position, has_gauss, cached = numpy.random.get_state(legacy=True)  # type: ignore[misc]
    states: RandomStates = {
        "python": {"version": version, "words": list(words), "gauss": gauss},
        "numpy": {
            "name": str(name),
            "keys": [int(key) for key in keys],  # type: ignore[union-attr]
            "position": int(position),
            "has_gauss": int(has_gauss),
            "cached": float(cached),
        },
        "torch": torch.get_rng_state(),
    }
    if torch.cuda.is_available() and torch.cuda.is_initialized():
        states["cuda"] = torch.cuda.get_rng_state_all()
    if torch.backends.mps.is_available():
        states["mps"] = torch.mps.get_rng_state()
    return states


def restore(states: RandomStates) -> None:
    """Put the process back where :func:`take` found it. GPUs beyond those recorded keep theirs."""
    python, arrays = states["python"], states["numpy"]
    random.setstate((python["version"], tuple(python["words"]), python["gauss"]))
    numpy.random.set_state(
        (
            arrays["name"],
            numpy.array(arrays["keys"], dtype=numpy.uint32),
            arrays["position"],
            arrays["has_gauss"],
            arrays["cached"],
        )
    )
    torch.set_rng_state(states["torch"])
    if "cuda" in states and torch.cuda.is_available():
        for index, state in enumerate(states["cuda"][: torch.cuda.device_count()]):
            torch.cuda.set_rng_state(state, index)
    if "mps" in states and torch.backends.mps.is_available():
        torch.mps.set_rng_state(states["mps"])
