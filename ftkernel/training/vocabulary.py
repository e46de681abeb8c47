"""Whether the model has an embedding for every token of the rows, before it is asked for one."""

# ruff: noqa: ANN401 - models and tokenizers are typed loosely

from collections.abc import Iterable, Sequence
from typing import Any

from ftkernel.errors import FtError
from ftkernel.recipe.recipe import Recipe
from ftkernel.training.token_row import TokenRow


def require_known(
    model: Any, tokenizer: Any, rows: Iterable[Sequence[TokenRow]], recipe: Recipe
) -> None:
    """Refuse rows with tokens that the model does not know.

    They are looked through only where there can be such tokens: with a tokenizer that has more of
    them than the model, and with ``parity``, which adds a template's own as LLaMA-Factory does.

    Raises:
        FtError: ``training.unknown_token``.
    """
    known = model.get_input_embeddings().weight.shape[0]
    if recipe["parity"] is None and len(tokenizer) <= known:
        return
    highest = max((max(row.input_ids, default=0) for part in rows for row in part), default=0)
    if highest >= known:
        key = "template" if recipe["template"] is not None else "model_name_or_path"
        raise FtError("training.unknown_token", where=recipe.where(key), token=highest, known=known)
