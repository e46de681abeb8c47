"""The weights of a GGUF file as a clean transformers model: config, names, order of rotary halves.

Only architectures whose every tensor has one place in the model are read. What a conversion could
pass over in silence is refused: a tensor without a place, a place without a tensor, an unknown
scaling of positions. Weights keep their type; quantized ones become float32 in a small model, and
bfloat16, the type such models are published in, in a large one.
"""

import math
import mmap
from collections.abc import Callable
from typing import TYPE_CHECKING

from ftkernel.errors import FtError
from ftkernel.models.gguf_header import GgufHeader
from ftkernel.recipe.gguf_file import GgufTensor

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedConfig, PreTrainedModel

ARCHITECTURES = {
    "llama": "LlamaForCausalLM",
    "qwen2": "Qwen2ForCausalLM",
    "qwen3": "Qwen3ForCausalLM",
}
"""What can be read, by llama.cpp's names; each is compared with its source by a test."""

_F32, _F16, _BF16 = 0, 1, 30
_SMALL_BYTES = 4 * 1024**3
"""Largest model that is kept in float32 when its file is quantized: about a billion weights."""
_ROPE_FACTORS = "rope_freqs.weight"
# llama.cpp's converter derives the factors of "llama3" positions with these; all such models
# share them.
_LOW, _HIGH, _ORIGINAL = 1.0, 4.0, 8192

_OUTER = {
    "token_embd": "model.embed_tokens",
    "output_norm": "model.norm",
    "output": "lm_head",
}
_INNER = {
    "attn_norm": "input_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "attn_q_norm": "self_attn.q_norm",
    "attn_k_norm": "self_attn.k_norm",
    "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}


def is_quantized(header: GgufHeader) -> bool:
    """Whether any tensor is stored in blocks of few bits."""
    return not {tensor.kind for tensor in header.tensors.values()} <= {_F32, _F16, _BF16}


def read_model(
    header: GgufHeader, progress: Callable[[int, int], None] | None = None
) -> "PreTrainedModel":
    """The model in a GGUF file.

    Raises:
        FtError: ``models.gguf_architecture``, ``models.gguf_tensors``, ``models.gguf_positions`` or
            ``models.gguf_unreadable``.
    """
    import torch
    import transformers

    if header.architecture not in ARCHITECTURES or header.number("expert_count", 0):
        raise FtError(
            "models.gguf_architecture",
            path=str(header.path),
            architecture=header.architecture,
            known=", ".join(sorted(ARCHITECTURES)),
        )
    dtype = weight_type(header)
    config = _config(header)
    config.dtype = dtype
    with torch.device("meta"):
        model = getattr(transformers, ARCHITECTURES[header.architecture])(config)
    state = _state(header, dtype, progress)
    expected = set(model.state_dict())
    if config.tie_word_embeddings:
        state["lm_head.weight"] = state["model.embed_tokens.weight"]
    if expected != set(state):
        raise FtError(
            "models.gguf_tensors",
            path=str(header.path),
            missing=len(expected - set(state)),
            extra=len(set(state) - expected),
            first=min(expected ^ set(state)),
        )
    try:
        model.load_state_dict(state, assign=True)
    except RuntimeError as error:  # shapes differ
        reason = str(error).splitlines()[-1].strip()
        raise FtError("models.gguf_unreadable", path=str(header.path), reason=reason) from error
    model.tie_weights()
    return model


def weight_type(header: GgufHeader) -> "torch.dtype":
    """The type the converted weights are kept in.

    A quantized weight is a small number times one in float16, which bfloat16 would round once
    more, and a merge into bfloat16 rounds again. So small models are kept in float32.
    """
    import torch

    kinds = {tensor.kind for tensor in header.tensors.values()}
    if kinds == {_F32}:
        return torch.float32
    if kinds <= {_F32, _F16}:
        return torch.float16
    weights = sum(math.prod(tensor.shape) for tensor in header.tensors.values())
    small = is_quantized(header) and 4 * weights <= _SMALL_BYTES
    return torch.float32 if small else torch.bfloat16


def _config(header: GgufHeader) -> "PreTrainedConfig":
    import transformers

    heads = int(header.number("attention.head_count"))
    hidden = int(header.number("embedding_length"))
    rotary = header.number("rope.dimension_count", hidden // heads)
    head_dim = int(header.number("attention.key_length", rotary))
    if int(rotary) != head_dim:
        raise FtError("models.gguf_positions", path=str(header.path), kind="partial")
    options: dict[str, object] = {
        "vocab_size": _tensor(header, "token_embd.weight").shape[0],
        "hidden_size": hidden,
        "intermediate_size": int(header.number("feed_forward_length")),
        "num_hidden_layers": int(header.number("block_count")),
        "num_attention_heads": heads,
        "num_key_value_heads": int(header.number("attention.head_count_kv", heads)),
        "head_dim": head_dim,
        "max_position_embeddings": int(header.number("context_length")),
        "rms_norm_eps": _short(header.number("attention.layer_norm_rms_epsilon")),
        "rope_parameters": _positions(header, head_dim),
        "tie_word_embeddings": "output.weight" not in header.tensors,
    }
    if header.architecture != "qwen2":  # qwen2 always has its three
        options["attention_bias"] = "blk.0.attn_q.bias" in header.tensors
    name = ARCHITECTURES[header.architecture].removesuffix("ForCausalLM") + "Config"
    return getattr(transformers, name)(**options)


def _short(value: float) -> float:
    """A single-precision number as people write it: 1e-05 for 9.999999747378752e-06."""
    return float(f"{value:.6g}")


def _positions(header: GgufHeader, head_dim: int) -> dict[str, object]:
    """The rotary positions with their scaling, in transformers' terms."""
    theta = _short(header.number("rope.freq_base", 10000.0))
    plain: dict[str, object] = {"rope_type": "default", "rope_theta": theta}
    if _ROPE_FACTORS in header.tensors:
        return {**plain, **_llama3(header, theta, head_dim)}
    kind = header.metadata.get(f"{header.architecture}.rope.scaling.type", "none")
    if kind == "none":
        return plain
    factor = _short(header.number("rope.scaling.factor"))
    if kind == "linear":
        return {**plain, "rope_type": "linear", "factor": factor}
    if kind == "yarn":
        original = int(header.number("rope.scaling.original_context_length"))
        return {
            **plain,
            "rope_type": "yarn",
            "factor": factor,
            "original_max_position_embeddings": original,
        }
    raise FtError("models.gguf_positions", path=str(header.path), kind=str(kind))


def _llama3(header: GgufHeader, theta: float, head_dim: int) -> dict[str, object]:
    """Recover the scaling from the factors in the file, and check that it gives these factors."""
    import torch

    factors = read_tensor(header, _ROPE_FACTORS).double()
    largest = round(float(factors.max()), 4)
    exponents = torch.arange(0, head_dim, 2, dtype=torch.float64) / head_dim
    wavelengths = 2 * math.pi * theta**exponents
    smooth = ((_ORIGINAL / wavelengths - _LOW) / (_HIGH - _LOW)).clamp(0, 1)
    expected = 1 / ((1 - smooth) / largest + smooth)
    if factors.shape != expected.shape or not torch.allclose(factors, expected, rtol=1e-4):
        raise FtError("models.gguf_positions", path=str(header.path), kind=_ROPE_FACTORS)
    return {
        "rope_type": "llama3",
        "factor": largest,
        "low_freq_factor": _LOW,
        "high_freq_factor": _HIGH,
        "original_max_position_embeddings": _ORIGINAL,
    }


def _state(
    header: GgufHeader, dtype: "torch.dtype", progress: Callable[[int, int], None] | None
) -> dict[str, "torch.Tensor"]:
    state: dict[str, torch.Tensor] = {}
    names = [name for name in header.tensors if name != _ROPE_FACTORS]
    for done, name in enumerate(names, start=1):
        weight = read_tensor(header, name)
        if header.architecture == "llama" and ".attn_q." in name:
            weight = _halves(weight, int(header.number("attention.head_count")))
        elif header.architecture == "llama" and ".attn_k." in name:
            heads = header.number("attention.head_count")
            weight = _halves(weight, int(header.number("attention.head_count_kv", heads)))
        state[_place(name)] = weight.to(dtype)
        if progress:
            progress(done, len(names))
    return state


def _place(name: str) -> str:
    """The name of a tensor in transformers; an unknown one keeps its own, and is refused."""
    stem, _, kind = name.rpartition(".")
    if stem in _OUTER:
        return f"{_OUTER[stem]}.{kind}"
    prefix, _, rest = stem.partition(".")
    number, _, part = rest.partition(".")
    if prefix == "blk" and part in _INNER:
        return f"model.layers.{number}.{_INNER[part]}.{kind}"
    return name


def _halves(weight: "torch.Tensor", heads: int) -> "torch.Tensor":
    """llama.cpp keeps a rotary pair side by side; transformers keeps halves of the head."""
    shape = weight.shape
    return (
        weight.reshape(heads, shape[0] // heads // 2, 2, *shape[1:]).swapaxes(1, 2).reshape(shape)
    )


def _tensor(header: GgufHeader, name: str) -> GgufTensor:
    if name in header.tensors:
        return header.tensors[name]
    raise FtError("models.gguf_unreadable", path=str(header.path), reason=f"no {name}")


def read_tensor(header: GgufHeader, name: str) -> "torch.Tensor":
    """One tensor of the file in float32, dequantized.

    Raises:
        FtError: ``models.gguf_unreadable`` when the file ends in it or its type is not known.
    """
    import numpy
    import torch
    from gguf import GGMLQuantizationType
    from gguf.quants import dequantize, quant_shape_to_byte_shape

    tensor = _tensor(header, name)
    try:
        kind = GGMLQuantizationType(tensor.kind)
        plain = {_F32: numpy.float32, _F16: numpy.float16}.get(tensor.kind)
        shape = tensor.shape if plain else quant_shape_to_byte_shape(tensor.shape, kind)
        with (
            header.path.open("rb") as file,
            mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data,
        ):
            # numpy holds on to the mapping, so what leaves this block is a copy.
            raw = numpy.frombuffer(
                data, dtype=plain or numpy.uint8, count=math.prod(shape), offset=tensor.offset
            )
            values = numpy.array(dequantize(raw.reshape(shape), kind), dtype=numpy.float32)
            del raw
    except (ValueError, NotImplementedError, KeyError, OSError, BufferError) as error:
        reason = f"{name}: {error}"
        raise FtError("models.gguf_unreadable", path=str(header.path), reason=reason) from error
    return torch.from_numpy(values)
