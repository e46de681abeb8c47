"""The tokenizer of a recipe's model without its weights: all that looking at data needs."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from ftkernel.models import cache, embedded, gguf_tokenizer
from ftkernel.models.gguf_header import read_header
from ftkernel.models.report import SILENT, Report
from ftkernel.models.source import ModelSource, find_model, options_of
from ftkernel.models.tokenizer import checked_tokenizer, load_tokenizer
from ftkernel.recipe.narrow import pairs_of
from ftkernel.recipe.recipe import Recipe

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast


def tokenizer_of(
    recipe: Recipe, secrets: Mapping[str, str] | None = None, report: Report = SILENT
) -> "PreTrainedTokenizerFast":
    """The tokenizer of a model; a folder with config and tokenizer is enough, weights are not read.

    Of a GGUF file, also the embedded model's, the header alone is read. A hub's files are those
    that a run will need as well.

    Raises:
        FtError: as :func:`ftkernel.models.tokenizer.load_tokenizer`; if there is no such model.
    """
    value = recipe["model_name_or_path"]
    name = str((pairs_of(value) or {}).get("base", value))
    if (file := _gguf_file(name)) is not None:
        tokenizer = gguf_tokenizer.build(read_header(file))
        return checked_tokenizer(tokenizer, name, report)
    folder = Path(name).expanduser()
    if folder.is_dir():
        return load_tokenizer(ModelSource("folder", folder.resolve(), name), recipe, report)
    kind, path = find_model(name, options_of(recipe, secrets or {}), report)
    return load_tokenizer(ModelSource(kind, path, name), recipe, report)


def _gguf_file(name: str) -> Path | None:
    """The GGUF file that a name stands for, unless it was converted before."""
    known = embedded.EMBEDDED.get(name.strip().lower())
    if known is not None:
        return None if cache.find(known.name) else embedded.wheel_file(known)
    path = Path(name).expanduser()
    return path if path.suffix.lower() == ".gguf" and path.is_file() else None
