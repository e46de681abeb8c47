"""A GGUF file as a model folder: converted once into the cache, with the tokenizer it describes.

The cache is keyed by the file's content. Weights are read by :mod:`ftkernel.models.gguf_weights`,
the tokenizer by :mod:`ftkernel.models.gguf_tokenizer`; both refuse what they cannot show to be
right.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from ftkernel.errors import FtError
from ftkernel.models import cache, gguf_tokenizer, gguf_weights
from ftkernel.models.gguf_header import GgufHeader, read_header
from ftkernel.models.report import SILENT, Report

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerFast


def convert(path: Path, name: str | None = None, report: Report = SILENT) -> Path:
    """The cached model folder of a GGUF file, converted unless this content was converted before.

    Args:
        path: the file.
        name: the folder's name in the cache; by default made of the file's name and content.
        report: hears the progress.

    Raises:
        FtError: for a file that cannot be read, or whose conversion cannot be shown to be right.
    """
    digest = cache.remember_hash(path)
    folder = name or f"{path.stem[:60]}-{digest[:16]}"
    if found := cache.find(folder):
        return found
    header = read_header(path)
    size = path.stat().st_size
    return cache.build_once(
        folder,
        lambda staging: _write(header, staging, report),
        origin={"file": path.name, "sha256": digest, "size": size},
        # Up to four bytes a weight that took about half a byte or one, or the same again.
        needs_bytes=size * (8 if gguf_weights.is_quantized(header) else 1),
        report=report,
    )


def _write(header: GgufHeader, staging: Path, report: Report) -> None:
    total = len(header.tensors)
    report.progress("converting_model", 0, total, "tensors")
    tokenizer = gguf_tokenizer.build(header)
    model = gguf_weights.read_model(
        header, lambda done, of: report.progress("converting_model", done, of, "tensors")
    )
    if len(tokenizer) > model.config.vocab_size:
        raise FtError(
            "models.gguf_tokenizer_differs",
            path=str(header.path),
            what="size",
            expected=model.config.vocab_size,
            found=len(tokenizer),
        )
    _set_special_ids(model, tokenizer)
    model.save_pretrained(staging)
    tokenizer.save_pretrained(staging)


def _set_special_ids(model: "PreTrainedModel", tokenizer: "PreTrainedTokenizerFast") -> None:
    from transformers import GenerationConfig

    ids = {
        "bos_token_id": tokenizer.bos_token_id,
        "eos_token_id": tokenizer.eos_token_id,
        "pad_token_id": tokenizer.pad_token_id,
    }
    for key, number in ids.items():
        setattr(model.config, key, number)
    model.generation_config = GenerationConfig(**ids)
