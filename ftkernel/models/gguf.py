"""A GGUF file as a model folder: dequantized once into the cache, with the tokenizer the file describes.

transformers reads the tensors. What it would pass over in silence is checked here: tensors without a place,
places without a tensor, scaled positions. Weights keep the type the file has them in; quantized ones become
bfloat16, the type such models are published in, whose rounding is far below that of any quantization.
"""

import logging
import math
from pathlib import Path
from typing import Any

from ftkernel.errors import FtError
from ftkernel.models import cache, gguf_tokenizer
from ftkernel.models.gguf_header import GgufHeader, read_header
from ftkernel.models.report import SILENT, Report

# Architectures (in llama.cpp's names) whose conversion is compared with its source by a test.
ARCHITECTURES = frozenset({"llama", "qwen2", "qwen3"})

_F32, _F16, _BF16 = 0, 1, 30
_ROPE_FACTORS = "rope_freqs.weight"
# How llama.cpp's converter derives the factors of "llama3" positions; the same in every such model.
_LLAMA3 = {
    "low_freq_factor": 1.0,
    "high_freq_factor": 4.0,
    "original_max_position_embeddings": 8192,
}


def convert(path: Path, name: str | None = None, report: Report = SILENT) -> Path:
    """The cached model folder of a GGUF file, converted if this content was never converted before.

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
    if header.architecture not in ARCHITECTURES:
        known = ", ".join(sorted(ARCHITECTURES))
        raise FtError(
            "models.gguf_architecture",
            path=str(path),
            architecture=header.architecture,
            known=known,
        )
    return cache.build_once(
        folder,
        lambda staging: _write(header, staging, report),
        origin={"file": path.name, "sha256": digest, "size": path.stat().st_size},
        needs_bytes=_expected_bytes(header, path),
        report=report,
    )


def _expected_bytes(header: GgufHeader, path: Path) -> int:
    """About how large the folder will be: quantized weights take two bytes each, at 4 bits or more before."""
    quantized = set(header.tensor_types.values()) - {_F32, _F16, _BF16}
    return path.stat().st_size * (4 if quantized else 1)


def _write(header: GgufHeader, staging: Path, report: Report) -> None:
    report.progress("converting_model", 0, 3, "steps")
    tokenizer = gguf_tokenizer.build(header)
    tokenizer.save_pretrained(staging)
    report.progress("converting_model", 1, 3, "steps")
    model = _read_model(header)
    report.progress("converting_model", 2, 3, "steps")
    if len(tokenizer) > model.config.vocab_size:
        raise FtError(
            "models.gguf_tokenizer_differs",
            path=str(header.path),
            what="size",
            expected=model.config.vocab_size,
            found=len(tokenizer),
        )
    _set_generation(model, tokenizer)
    model.save_pretrained(staging)
    report.progress("converting_model", 3, 3, "steps")


def _weight_type(header: GgufHeader) -> Any:
    import torch

    types = set(header.tensor_types.values())
    if types == {_F32}:
        return torch.float32
    if types <= {_F32, _F16}:
        return torch.float16
    return torch.bfloat16


def _read_model(header: GgufHeader) -> Any:
    """A clean model with the file's weights: the one transformers returns is marked as quantized."""
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM, GgufConfig

    place = {"gguf_file": header.path.name}
    folder = header.path.parent
    try:
        config = AutoConfig.from_pretrained(folder, **place)
        _set_positions(config, header)
        loaded, info = AutoModelForCausalLM.from_pretrained(
            folder,
            **place,
            config=config,
            dtype=_weight_type(header),
            quantization_config=GgufConfig(dequantize=True),
            attn_implementation="sdpa",
            output_loading_info=True,
        )
    except (ValueError, KeyError, RuntimeError, OSError) as error:
        logging.getLogger(__name__).exception("reading %s failed", header.path)
        raise FtError("models.gguf_unreadable", path=str(header.path), reason=str(error)) from error
    state = loaded.state_dict()
    _all_used(header, state, info)
    plain = config.to_dict()
    for key in ("quantization_config", "_name_or_path", "_model_name_or_path"):
        plain.pop(key, None)
    with torch.device("meta"):
        fresh = type(loaded)(type(config).from_dict(plain))
    fresh.load_state_dict(state, assign=True)
    fresh.tie_weights()
    fresh.config.dtype = _weight_type(header)
    return fresh


def _all_used(header: GgufHeader, state: dict[str, Any], info: dict[str, Any]) -> None:
    """Refuse a conversion that lost a tensor, or made one up."""
    distinct = {tensor.data_ptr() for tensor in state.values()}
    stored = [name for name in header.tensor_types if name != _ROPE_FACTORS]
    missing = sorted(info.get("missing_keys", ()))
    if missing or len(distinct) != len(stored):
        raise FtError(
            "models.gguf_tensors",
            path=str(header.path),
            stored=len(stored),
            used=len(distinct) - len(missing),
        )


def _set_positions(config: Any, header: GgufHeader) -> None:
    """Set scaled rotary positions, which the loader passes over."""
    kind = header.metadata.get(f"{header.architecture}.rope.scaling.type", "none")
    factor = header.metadata.get(f"{header.architecture}.rope.scaling.factor")
    if _ROPE_FACTORS in header.tensor_types:
        _set_llama3(config, header)
    elif kind == "linear" and isinstance(factor, float):
        config.rope_parameters = {**config.rope_parameters, "rope_type": "linear", "factor": factor}
    elif kind == "yarn" and isinstance(factor, float):
        prefix = f"{header.architecture}.rope.scaling"
        original = header.metadata.get(f"{prefix}.original_context_length")
        config.rope_parameters = {
            **config.rope_parameters,
            "rope_type": "yarn",
            "factor": factor,
            "original_max_position_embeddings": original or config.max_position_embeddings,
        }
    elif kind not in ("none", None):
        raise FtError("models.gguf_positions", path=str(header.path), kind=str(kind))


def _set_llama3(config: Any, header: GgufHeader) -> None:
    """Recover the scaling from the factors in the file, and check that it gives these factors."""
    import torch
    from gguf import GGUFReader

    tensor = next(t for t in GGUFReader(header.path).tensors if t.name == _ROPE_FACTORS)
    factors = torch.tensor(tensor.data.tolist(), dtype=torch.float64)
    largest = float(factors.max())
    base = float(config.rope_parameters["rope_theta"])
    dim = 2 * len(factors)
    wavelengths = 2 * math.pi * base ** (torch.arange(0, dim, 2, dtype=torch.float64) / dim)
    low, high, original = (_LLAMA3[key] for key in _LLAMA3)
    smooth = ((original / wavelengths - low) / (high - low)).clamp(0, 1)
    expected = 1 / ((1 - smooth) / largest + smooth)
    if not torch.allclose(factors, expected, rtol=1e-4):
        raise FtError("models.gguf_positions", path=str(header.path), kind="rope_freqs")
    config.rope_parameters = {
        **config.rope_parameters,
        "rope_type": "llama3",
        "factor": largest,
        **_LLAMA3,
    }


def _set_generation(model: Any, tokenizer: Any) -> None:
    from transformers import GenerationConfig

    ids = {
        "bos_token_id": tokenizer.bos_token_id,
        "eos_token_id": tokenizer.eos_token_id,
        "pad_token_id": tokenizer.pad_token_id,
    }
    for key, number in ids.items():
        setattr(model.config, key, number)
    model.generation_config = GenerationConfig(**ids)
