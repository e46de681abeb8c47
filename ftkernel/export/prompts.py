"""Real texts to compare models on: rows of the run, held-out ones first, else those we ship."""

import itertools
from typing import TYPE_CHECKING, Any

from ftkernel.data.encoded import EncodedFeedback, EncodedPair, EncodedPrompt
from ftkernel.data.pipeline import Stream, encoder_for
from ftkernel.data.prepare import prepare
from ftkernel.errors import FtError
from ftkernel.recipe.finding import DEMO
from ftkernel.recipe.recipe import Recipe
from ftkernel.runs.folder import RunFolder

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

_ROWS = 48
"""Rows to read; more than the comparison has room for, since some may be refused or short."""


def proof_prompts(
    recipe: Recipe, folder: RunFolder | None, tokenizer: "PreTrainedTokenizerFast"
) -> list[list[int]]:
    """Tokens of real rows, question and answer, encoded as in training.

    A source that is gone by now is passed over: the shipped rows do as well.

    Args:
        recipe: the run's, or one that names no data.
        folder: the run's.
        tokenizer: of the model.
    """
    prompts = _rows_of(recipe, folder, tokenizer, "eval_dataset")
    if not prompts and recipe["val_size"]:
        prompts = _split_off(recipe, folder, tokenizer)
    if not prompts and recipe["dataset"] not in (None, DEMO):
        prompts = _rows_of(recipe, folder, tokenizer, "dataset")
    if not prompts:
        shipped = recipe.with_changes(eval_dataset=DEMO, dataset_dir=None, max_samples=None)
        prompts = _rows_of(shipped, None, tokenizer, "eval_dataset")
    return prompts


def _split_off(
    recipe: Recipe, folder: RunFolder | None, tokenizer: "PreTrainedTokenizerFast"
) -> list[list[int]]:
    """The rows that the run held out of its own; only the whole split tells which they are."""
    try:
        held_out = prepare(recipe, tokenizer, folder).eval
    except (FtError, OSError):
        return []
    return [_ids(encoded) for encoded in held_out[:_ROWS]]


def _rows_of(
    recipe: Recipe, folder: RunFolder | None, tokenizer: "PreTrainedTokenizerFast", key: str
) -> list[list[int]]:
    if not recipe[key]:
        return []
    try:
        stream = Stream(recipe, encoder_for(recipe, tokenizer), folder, key)
        return [_ids(found.encoded) for found in itertools.islice(stream, _ROWS)]
    except (FtError, OSError):
        return []


def _ids(encoded: Any) -> list[int]:  # noqa: ANN401 - a row of any stage
    """The tokens of a row: of a pair those of its better side, of a verdict its own answer's."""
    if isinstance(encoded, EncodedPair):
        return encoded.chosen.input_ids
    if isinstance(encoded, EncodedFeedback):
        return encoded.own.input_ids
    return encoded.prompt.tolist() if isinstance(encoded, EncodedPrompt) else encoded.input_ids
