"""What a model's name stands for, told from its files: kind, figures, completeness.

A kernel asks before it starts a worker, so that a wrong name or a broken download fails at once.
Nothing is fetched, converted or changed; what only a hub can know is left to the worker.
"""

import difflib
import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, cast

from ftkernel.errors import FtError, Where
from ftkernel.recipe.gguf_file import GgufFile, NotGguf, read_gguf

_LONGEST_HEADER = 100_000_000
_LFS = b"version https://git-lfs"
_PLACE = Where(key="model_name_or_path")


@dataclass(frozen=True)
class ModelShape:
    """The figures of a decoder model that memory and time follow from."""

    architecture: str
    parameters: int
    layers: int
    hidden: int
    intermediate: int
    heads: int
    kv_heads: int
    head_dim: int
    vocab: int
    tied: bool
    max_length: int


@dataclass(frozen=True)
class ModelFiles:
    """What a model's value stands for; ``shape`` is ``None`` where the files do not tell."""

    kind: Literal["embedded", "folder", "gguf", "hub", "run"]
    path: Path | None
    shape: ModelShape | None
    pickle: bool = False
    """Its weights are pickles alone; a worker reads them once, safely, and keeps safetensors."""


EMBEDDED: Mapping[str, ModelShape] = MappingProxyType(
    {"smollm2-135m": ModelShape("llama", 134_515_008, 30, 576, 1536, 9, 3, 64, 49_152, True, 8192)}
)


def inspect_model(value: str, *, base: Path) -> ModelFiles:
    """Look at the model that ``model_name_or_path`` names.

    Args:
        value: an embedded name, a folder, a ``.gguf`` file or a hub id.
        base: the folder that relative paths start from.

    Raises:
        FtError: if it is nothing that could be a model, or its files are broken or not all there.
    """
    name = value.strip()
    if shape := EMBEDDED.get(name.lower()):
        return ModelFiles("embedded", None, shape)
    path = base / Path(name).expanduser()
    if ".." in path.parts:
        path = path.resolve()
    if path.is_dir():
        return _folder(path)
    if path.is_file():
        return _file(path)
    if _is_path(name) or name.lower().endswith((".gguf", ".safetensors", ".bin")):
        raise FtError("recipe.model_missing", where=_PLACE, path=name, folder=str(base.resolve()))
    if "/" not in name and (close := difflib.get_close_matches(name.lower(), EMBEDDED, 1, 0.7)):
        raise FtError("models.unknown", where=_PLACE, name=name, near=close[0])
    return ModelFiles("hub", None, None)


def shape_of_config(config: Mapping[str, Any], parameters: int = 0) -> ModelShape | None:
    """The figures in a ``config.json``, or ``None`` for a model that names them otherwise."""
    inner: Mapping[str, Any] = config.get("text_config") or config

    def first(*names: str) -> int | None:
        found = (inner.get(name) for name in names)
        return next((value for value in found if isinstance(value, int)), None)

    layers = first("num_hidden_layers", "n_layer")
    hidden = first("hidden_size", "n_embd", "d_model")
    heads = first("num_attention_heads", "n_head")
    vocab = first("vocab_size")
    if not (layers and hidden and heads and vocab):
        return None
    head_dim = first("head_dim") or hidden // heads
    kv_heads = first("num_key_value_heads") or heads
    intermediate = first("intermediate_size", "n_inner") or 4 * hidden
    tied = bool(inner.get("tie_word_embeddings", config.get("tie_word_embeddings", True)))
    attention = hidden * head_dim * (2 * heads + 2 * kv_heads)
    counted = layers * (attention + 3 * hidden * intermediate + 2 * hidden)
    counted += vocab * hidden * (1 if tied else 2) + hidden
    return ModelShape(
        architecture=str(inner.get("model_type") or config.get("model_type") or ""),
        parameters=parameters or counted,
        layers=layers,
        hidden=hidden,
        intermediate=intermediate,
        heads=heads,
        kv_heads=kv_heads,
        head_dim=head_dim,
        vocab=vocab,
        tied=tied,
        max_length=first("max_position_embeddings", "n_positions") or 0,
    )


def safetensors_shapes(path: Path) -> dict[str, tuple[int, ...]]:
    """The shapes of the tensors in a safetensors file, whose size must fit its header.

    Raises:
        FtError: if the file is cut off, damaged, or the pointer of a large file that was not
        fetched.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(len(_LFS))
        if head == _LFS:
            raise FtError("recipe.model_pointer", where=_PLACE, file=str(path))
        (length,) = struct.unpack("<Q", head[:8]) if len(head) >= 8 else (0,)
        if not 2 <= length <= _LONGEST_HEADER:
            raise FtError("recipe.model_damaged", where=_PLACE, file=str(path))
        file.seek(8)
        raw = file.read(length)
    if len(raw) < length:
        raise _truncated(path, size, 8 + length)
    try:
        table = cast("dict[str, dict[str, Any]]", json.loads(raw))
        entries = {name: entry for name, entry in table.items() if name != "__metadata__"}
        end = max((int(entry["data_offsets"][1]) for entry in entries.values()), default=0)
        shapes = {name: tuple(entry["shape"]) for name, entry in entries.items()}
    except (ValueError, KeyError, TypeError, IndexError, AttributeError):
        raise FtError("recipe.model_damaged", where=_PLACE, file=str(path)) from None
    if size < 8 + length + end:
        raise _truncated(path, size, 8 + length + end)
    return shapes


def _truncated(path: Path, size: int, needed: int) -> FtError:
    return FtError("recipe.model_truncated", where=_PLACE, file=str(path), size=size, needed=needed)


def _is_path(name: str) -> bool:
    return name.startswith((".", "/", "~")) or "\\" in name or name.count("/") > 1


def _folder(path: Path) -> ModelFiles:
    if (path / "run.json").is_file():
        return ModelFiles("run", path, None)
    if not (path / "config.json").is_file():
        adapter = (path / "adapter_config.json").is_file()
        code = "recipe.model_is_adapter" if adapter else "models.no_config"
        raise FtError(code, where=_PLACE, path=str(path))
    config = _json(path / "config.json")
    shapes, pickle = _weights(path)
    parameters = sum(prod(shape) for shape in shapes.values())
    shape = shape_of_config(config, 0 if pickle else parameters)
    return ModelFiles("folder", path, shape, pickle)


def _json(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise FtError("recipe.model_damaged", where=_PLACE, file=str(path)) from None
    if not isinstance(value, dict):
        raise FtError("recipe.model_damaged", where=_PLACE, file=str(path))
    return cast("dict[str, Any]", value)


def _weights(path: Path) -> tuple[dict[str, tuple[int, ...]], bool]:
    """The shapes in a folder's safetensors, all of its shards; or that it holds pickles alone."""
    single, index = path / "model.safetensors", path / "model.safetensors.index.json"
    if single.is_file():
        return safetensors_shapes(single), False
    if index.is_file():
        shapes: dict[str, tuple[int, ...]] = {}
        for shard in _shards(index):
            shapes |= safetensors_shapes(path / shard)
        return shapes, False
    if (path / "pytorch_model.bin").is_file():
        return {}, True
    if (path / "pytorch_model.bin.index.json").is_file():
        _shards(path / "pytorch_model.bin.index.json")
        return {}, True
    raise FtError("recipe.model_no_weights", where=_PLACE, path=str(path))


def _shards(index: Path) -> list[str]:
    """The files that an index names, each of which must be there."""
    weight_map = _json(index).get("weight_map")
    if not isinstance(weight_map, dict):
        raise FtError("recipe.model_damaged", where=_PLACE, file=str(index))
    names = sorted({str(name) for name in cast("dict[str, object]", weight_map).values()})
    missing = [name for name in names if not (index.parent / name).is_file()]
    if missing:
        raise FtError(
            "recipe.model_shard_missing",
            where=_PLACE,
            path=str(index.parent),
            missing=missing[0],
            count=len(missing),
            total=len(names),
        )
    return names


def _file(path: Path) -> ModelFiles:
    if path.suffix.lower() != ".gguf":
        raise FtError("recipe.model_file", where=_PLACE, path=str(path), folder=str(path.parent))
    with path.open("rb") as file:
        if file.read(len(_LFS)) == _LFS:
            raise FtError("recipe.model_pointer", where=_PLACE, file=str(path))
    try:
        found = read_gguf(path)
    except NotGguf as error:
        reason = str(error)
        raise FtError(
            "models.gguf_unreadable", where=_PLACE, path=str(path), reason=reason
        ) from None
    if found.size < found.needed:
        raise _truncated(path, found.size, found.needed)
    return ModelFiles("gguf", path, _gguf_shape(found))


def _gguf_shape(found: GgufFile) -> ModelShape | None:
    architecture = str(found.metadata.get("general.architecture", ""))

    def figure(name: str) -> int | None:
        value = found.metadata.get(f"{architecture}.{name}")
        return value if isinstance(value, int) else None

    vocab = figure("vocab_size") or found.lengths.get("tokenizer.ggml.tokens")
    head_dim = figure("attention.key_length")
    config = {
        "model_type": architecture,
        "num_hidden_layers": figure("block_count"),
        "hidden_size": figure("embedding_length"),
        "intermediate_size": figure("feed_forward_length"),
        "num_attention_heads": figure("attention.head_count"),
        "num_key_value_heads": figure("attention.head_count_kv"),
        "head_dim": head_dim,
        "vocab_size": vocab,
        "tie_word_embeddings": "output.weight" not in found.tensors,
        "max_position_embeddings": figure("context_length"),
    }
    return shape_of_config(config, sum(prod(one.shape) for one in found.tensors.values()))
