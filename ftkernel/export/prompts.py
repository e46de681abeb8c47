"""Real texts to compare models on: rows of the run, held-out ones first, else those we ship."""

import itertools
from typing import TYPE_CHECKING

from ftkernel.data.conversation import read_row
from ftkernel.data.encode import Encoder
from ftkernel.data.encoded import Encoded, Options
from ftkernel.data.forms import recognise
from ftkernel.data.prepare import prepare
from ftkernel.data.rows import Row, RowFault
from ftkernel.data.sources import DEMO, read_rows
from ftkernel.errors import FtError
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
    return [encoded.input_ids for encoded in held_out[:_ROWS]]


def _rows_of(
    recipe: Recipe, folder: RunFolder | None, tokenizer: "PreTrainedTokenizerFast", key: str
) -> list[list[int]]:
    if not recipe[key]:
        return []
    try:
        found = itertools.islice(read_rows(recipe, folder, key), _ROWS)
        rows = [row for row in found if isinstance(row, Row)]
        encoder = Encoder(tokenizer, Options.of(recipe))
    except (FtError, OSError):
        return []
    return [encoded.input_ids for row in rows for encoded in _encode(row, encoder, recipe)]


def _encode(row: Row, encoder: Encoder, recipe: Recipe) -> list[Encoded]:
    """The examples of a row; none of one that can not be learned."""
    form = recognise([row])
    if form is None:
        return []
    try:
        content = read_row(row, form, recipe["default_system"])
    except RowFault:
        return []
    [found] = encoder.encode_all([content])
    return [] if isinstance(found, RowFault) else found
