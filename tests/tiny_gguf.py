"""GGUF files written from a tiny model's folder, to be converted back."""

from pathlib import Path


def write_gguf(
    folder: Path,
    path: Path,
    *,
    kind: str = "F32",
    architecture: str = "llama",
    pre: str | None = "smollm",
    tokenizer_model: str = "gpt2",
    skip: tuple[str, ...] = (),
    extra_tensors: dict | None = None,
    pieces: dict[str, float] | None = None,
    **metadata: object,
) -> Path:
    """Write the model in ``folder`` as a GGUF file, as llama.cpp's converter would.

    Args:
        folder: a Llama, Qwen2 or Qwen3 model with a byte-level tokenizer.
        path: the file to write.
        kind: ``F32``, ``F16``, ``BF16`` or ``Q8_0``; vectors stay F32.
        architecture: llama.cpp's name.
        pre: the name of the split; ``None`` to leave it out.
        tokenizer_model: the kind of tokenizer the file claims.
        skip: names of tensors to leave out.
        extra_tensors: arrays to add, by name.
        pieces: text pieces with their scores, for a sentencepiece vocabulary instead of the model's.
        metadata: further keys, ``__`` for a dot; a key that is written anyway is replaced.
    """
    import torch
    from gguf import GGMLQuantizationType, GGUFWriter, quants
    from transformers import AutoModelForCausalLM, AutoTokenizer

    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    config = model.config
    writer = GGUFWriter(path, architecture)
    a = architecture
    values: dict[str, object] = {
        f"{a}.block_count": config.num_hidden_layers,
        f"{a}.context_length": config.max_position_embeddings,
        f"{a}.embedding_length": config.hidden_size,
        f"{a}.feed_forward_length": config.intermediate_size,
        f"{a}.attention.head_count": config.num_attention_heads,
        f"{a}.attention.head_count_kv": config.num_key_value_heads,
        f"{a}.attention.layer_norm_rms_epsilon": float(config.rms_norm_eps),
        f"{a}.rope.freq_base": float(config.rope_parameters["rope_theta"]),
        "tokenizer.ggml.model": tokenizer_model,
        "tokenizer.ggml.bos_token_id": tokenizer.bos_token_id,
        "tokenizer.ggml.eos_token_id": tokenizer.eos_token_id,
        "tokenizer.ggml.padding_token_id": tokenizer.pad_token_id,
        "tokenizer.chat_template": tokenizer.chat_template,
    }
    head_dim = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    values[f"{a}.rope.dimension_count"] = head_dim
    values[f"{a}.attention.key_length"] = head_dim
    if pre is not None:
        values["tokenizer.ggml.pre"] = pre
    values |= {name.replace("__", "."): value for name, value in metadata.items()}
    for name, value in values.items():
        _add(writer, name, value)
    if pieces is None:
        _add_vocabulary(writer, tokenizer)
    else:
        _add_pieces(writer, pieces)
    for name, weight in model.state_dict().items():
        place = gguf_name(name)
        if place in skip or (name == "lm_head.weight" and config.tie_word_embeddings):
            continue
        if architecture == "llama" and (".attn_q." in place or ".attn_k." in place):
            heads = config.num_attention_heads if "attn_q" in place else config.num_key_value_heads
            shape = weight.shape
            weight = weight.reshape(heads, 2, shape[0] // heads // 2, *shape[1:])
            weight = weight.swapaxes(1, 2).reshape(shape)
        stored = GGMLQuantizationType[kind if weight.dim() > 1 else "F32"]
        writer.add_tensor(place, quants.quantize(weight.numpy(), stored), raw_dtype=stored)
    for name, array in (extra_tensors or {}).items():
        writer.add_tensor(name, array)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def gguf_name(name: str) -> str:
    """llama.cpp's name for a weight of transformers."""
    parts = {
        "model.embed_tokens": "token_embd",
        "model.norm": "output_norm",
        "lm_head": "output",
        "input_layernorm": "attn_norm",
        "post_attention_layernorm": "ffn_norm",
        "self_attn.q_proj": "attn_q",
        "self_attn.k_proj": "attn_k",
        "self_attn.v_proj": "attn_v",
        "self_attn.o_proj": "attn_output",
        "self_attn.q_norm": "attn_q_norm",
        "self_attn.k_norm": "attn_k_norm",
        "mlp.gate_proj": "ffn_gate",
        "mlp.up_proj": "ffn_up",
        "mlp.down_proj": "ffn_down",
    }
    stem, kind = name.rsplit(".", 1)
    if stem in parts:
        return f"{parts[stem]}.{kind}"
    _, _, number, inner = stem.split(".", 3)
    return f"blk.{number}.{parts[inner]}.{kind}"


def _add(writer, name: str, value: object) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        writer.add_bool(name, value)
    elif isinstance(value, int):
        writer.add_uint32(name, value)
    elif isinstance(value, float):
        writer.add_float32(name, value)
    else:
        writer.add_string(name, str(value))


def _add_vocabulary(writer, tokenizer) -> None:
    import json

    special = set(tokenizer.all_special_tokens)
    tokens = [tokenizer.convert_ids_to_tokens(number) for number in range(len(tokenizer))]
    merges = json.loads(tokenizer.backend_tokenizer.to_str())["model"]["merges"]
    writer.add_token_list(tokens)
    writer.add_token_types([3 if token in special else 1 for token in tokens])
    writer.add_token_merges([" ".join(pair) for pair in merges])


def _add_pieces(writer, pieces: dict[str, float]) -> None:
    """A vocabulary as Llama 2 has it: unknown, bos, eos, 256 bytes, then text pieces."""
    control = ["<unk>", "<s>", "</s>"]
    tokens = [*control, *(f"<0x{number:02X}>" for number in range(256)), *pieces]
    writer.add_token_list(tokens)
    writer.add_token_types([2, 3, 3, *[6] * 256, *[1] * len(pieces)])
    writer.add_token_scores([*[0.0] * 259, *pieces.values()])
    writer.add_uint32("tokenizer.ggml.unknown_token_id", 0)
