"""A tokenizer with what training and chat rely on checked: an end token, and padding."""

from typing import TYPE_CHECKING

from ftkernel.errors import FtError
from ftkernel.models.report import SILENT, Report
from ftkernel.models.source import ModelSource
from ftkernel.recipe.recipe import Recipe

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast


def load_tokenizer(
    source: ModelSource, recipe: Recipe, report: Report = SILENT
) -> "PreTrainedTokenizerFast":
    """The tokenizer of a model, ready for training and chat.

    Padding falls back to the end token, which is said. Batches are padded on the right.

    Raises:
        FtError: ``models.no_tokenizer`` or ``models.no_end_token``.
    """
    from transformers import AutoTokenizer

    try:
        tokenizer = AutoTokenizer.from_pretrained(
            source.path,
            local_files_only=True,
            trust_remote_code=bool(recipe["trust_remote_code"]),
        )
    except (OSError, ValueError, KeyError, ImportError, RuntimeError) as error:
        raise FtError(
            "models.no_tokenizer", model=source.name, reason=_first_line(error)
        ) from error
    return checked_tokenizer(tokenizer, source.name, report)


def checked_tokenizer(
    tokenizer: "PreTrainedTokenizerFast", name: str, report: Report = SILENT
) -> "PreTrainedTokenizerFast":
    """A tokenizer made ready as :func:`load_tokenizer` does, wherever it came from."""
    if not getattr(tokenizer, "is_fast", False):
        raise FtError("models.slow_tokenizer", model=name, kind=type(tokenizer).__name__)
    if tokenizer.eos_token_id is None:
        raise FtError("models.no_end_token", model=name)
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.eos_token
        report.adjusted("models.pad_is_eos", token=str(tokenizer.eos_token))
    tokenizer.padding_side = "right"
    return tokenizer


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
