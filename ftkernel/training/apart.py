"""Whether a model keeps the parts of a packed row apart: tried, not believed.

Models of transformers tell parts by ``position_ids``. Some do not (those that carry a state along
the row), and learning packed rows with them would mix what has nothing to do with one another.
"""

# ruff: noqa: ANN401 - models are typed loosely

from typing import Any

import torch

from ftkernel.errors import FtError
from ftkernel.recipe.recipe import Recipe

_LENGTH = 6


def require_apart(model: Any, recipe: Recipe) -> None:
    """Refuse to learn packed rows with a model that does not keep their parts apart.

    Raises:
        FtError: ``training.packing_mixes``.
    """
    if not keeps_apart(model):
        kind = str(getattr(model.config, "model_type", type(model).__name__))
        raise FtError("training.packing_mixes", where=recipe.where("packing"), kind=kind)


def keeps_apart(model: Any) -> bool:
    """Whether what a part holds changes nothing of what the model makes of the next one."""
    device = next(model.parameters()).device
    ids = torch.arange(2 * _LENGTH, device=device).unsqueeze(0) % 7 + 3
    other = ids.clone()
    other[:, :_LENGTH] += 1
    positions = torch.arange(_LENGTH, device=device).repeat(2).unsqueeze(0)
    training = model.training
    model.eval()
    try:
        with torch.no_grad():
            one, two = (
                model(input_ids=row, position_ids=positions, use_cache=False).logits[:, _LENGTH:]
                for row in (ids, other)
            )
    finally:
        model.train(training)
    # The same numbers go through the same products: equal to the last bit, but for kernels that
    # choose their way by what else is there.
    return torch.allclose(one.float(), two.float(), rtol=1e-3, atol=1e-3)
