"""A base model that was read before its job came, so that the next run on it starts at once.

A worker says which base model it has read (:func:`remark`), the spare worker after it reads the
same files again (:func:`preload`), and :func:`take` gives that model to the job it fits: the same
files, unchanged, in the same number type and with the same attention. The files are only read.
A model that brings a program of its own, is quantized or needed a token is never held.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ftkernel.models.precision import Precision
from ftkernel.models.source import ModelSource
from ftkernel.recipe.recipe import Recipe
from ftkernel.runs.environment import HUB_TOKENS

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel

_held: list[tuple[dict[str, Any], "PreTrainedModel"]] = []


def remark(
    source: ModelSource, recipe: Recipe, precision: Precision, secrets: Mapping[str, str]
) -> dict[str, Any] | None:
    """What a spare needs to read this model again: ``path``, ``dtype``, ``attention``, ``bytes``.

    ``None`` for a model that must not be held.
    """
    from ftkernel.models.load import attention_name

    token = secrets or any(os.environ.get(name) for name in HUB_TOKENS)
    if recipe["trust_remote_code"] or (source.kind == "hub" and token):
        return None
    found = describe(source.path, precision.weights, attention_name(recipe, precision))
    return None if found is None or _is_quantized(source.path) else found


def describe(path: Path, dtype: "torch.dtype", attention: str | None) -> dict[str, Any] | None:
    """One way of reading a model's folder, as JSON types; ``None`` where it cannot be looked at."""
    try:
        files = [
            [file.name, file.stat().st_size, file.stat().st_mtime_ns]
            for file in sorted(path.iterdir())
            if file.suffix in (".json", ".safetensors")
        ]
    except OSError:
        return None
    return {
        "path": str(path),
        "dtype": str(dtype).removeprefix("torch."),
        "attention": attention,
        "files": files,
        "bytes": sum(size for name, size, _ in files if name.endswith(".safetensors")),
    }


def preload(order: Mapping[str, Any]) -> None:
    """Read the model of a :func:`remark`; nothing is held when its files are not as they were.

    Raises:
        FtError: if it cannot be read any more.
    """
    import torch

    from ftkernel.models.load import read_weights

    path, dtype = Path(str(order["path"])), getattr(torch, str(order["dtype"]))
    found = describe(path, dtype, order["attention"])
    if found is None or any(found[name] != order[name] for name in found):
        return
    drop()
    model = read_weights(path, str(path), dtype, order["attention"])
    _held.append((found, model))


def take(path: Path, dtype: "torch.dtype", attention: str | None) -> "PreTrainedModel | None":
    """The model held ready, if it is this one; one that is not is given up, for its memory."""
    if not _held:
        return None
    known, model = _held.pop()
    return model if known == describe(path, dtype, attention) else None


def holds() -> bool:
    """Whether a model is held now."""
    return bool(_held)


def drop() -> bool:
    """Give up the model that is held; whether there was one."""
    had = bool(_held)
    _held.clear()
    return had


def _is_quantized(path: Path) -> bool:
    try:
        return bool(json.loads((path / "config.json").read_bytes()).get("quantization_config"))
    except (OSError, ValueError):
        return True
