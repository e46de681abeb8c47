"""GGUF files become model folders that equal their source, or are refused."""

import shutil

import pytest

from ftkernel.errors import FtError
from ftkernel.models import cache, gguf, gguf_weights
from ftkernel.models.gguf_header import read_header
from tests.tiny_gguf import write_gguf

TEXT = "x  12 + 345 What is the capital of France? 你好，世界。"


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("FTKERNEL_CACHE_DIR", str(tmp_path / "cache"))


def logits_and_ids(folder, ids=None):
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    ids = ids or tokenizer.encode(TEXT, add_special_tokens=False)
    with torch.inference_mode():
        return model(torch.tensor([ids])).logits, ids


def other_model(folder, name, **options):
    """A tiny model of another architecture, with random biases and norms, in ``folder``."""
    import torch
    import transformers

    from tests.tiny import tiny_tokenizer

    tokenizer = tiny_tokenizer()
    config = getattr(transformers, f"{name}Config")(
        vocab_size=len(tokenizer),
        hidden_size=64,
        intermediate_size=96,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=512,
        **options,
    )
    torch.manual_seed(1)
    model = getattr(transformers, f"{name}ForCausalLM")(config)
    for weight in model.parameters():
        if weight.dim() == 1:
            torch.nn.init.normal_(weight, 1.0, 0.2)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


@pytest.mark.parametrize("kind", ["F32", "F16", "BF16", "Q8_0"])
def test_a_converted_model_computes_what_its_source_computes(tiny_model_folder, tmp_path, kind):
    import torch

    file = write_gguf(tiny_model_folder, tmp_path / "tiny.gguf", kind=kind)
    folder = gguf.convert(file)
    source, ids = logits_and_ids(tiny_model_folder)
    converted, own_ids = logits_and_ids(folder)
    assert own_ids == ids
    bound = {"F32": 1e-6, "F16": 2e-3, "BF16": 1e-2, "Q8_0": 2e-2}[kind]
    assert torch.allclose(converted, source, atol=bound)
    wanted = {"F16": torch.float16, "BF16": torch.bfloat16}.get(kind, torch.float32)
    assert gguf_weights.weight_type(read_header(file)) == wanted


def test_large_quantized_models_are_kept_in_bfloat16(tiny_model_folder, tmp_path, monkeypatch):
    import torch

    file = write_gguf(tiny_model_folder, tmp_path / "tiny.gguf", kind="Q8_0")
    monkeypatch.setattr(gguf_weights, "_SMALL_BYTES", 1000)
    assert gguf_weights.weight_type(read_header(file)) == torch.bfloat16


@pytest.mark.parametrize(
    ("name", "architecture", "options"),
    [
        ("Llama", "llama", {"tie_word_embeddings": False, "attention_bias": False, "head_dim": 32}),
        ("Qwen2", "qwen2", {"tie_word_embeddings": True}),
        ("Qwen3", "qwen3", {"tie_word_embeddings": False, "head_dim": 32}),
    ],
)
def test_every_architecture_that_is_read_equals_its_source(tmp_path, name, architecture, options):
    import torch

    source = other_model(tmp_path / "source", name, **options)
    file = write_gguf(source, tmp_path / "model.gguf", architecture=architecture)
    expected, ids = logits_and_ids(source)
    found, _ = logits_and_ids(gguf.convert(file), ids)
    assert torch.allclose(found, expected, atol=1e-6)


def test_every_architecture_in_the_table_is_tried_above():
    assert set(gguf_weights.ARCHITECTURES) == {"llama", "qwen2", "qwen3"}


def test_scaled_positions_of_llama_3_come_back_from_their_factors(tmp_path):
    import numpy
    import torch
    from transformers.modeling_rope_utils import ROPE_INIT_FUNCTIONS

    scaling = {
        "rope_type": "llama3",
        "rope_theta": 10000.0,
        "factor": 8.0,
        "low_freq_factor": 1.0,
        "high_freq_factor": 4.0,
        "original_max_position_embeddings": 8192,
    }
    source = other_model(tmp_path / "source", "Llama", head_dim=128, rope_parameters=scaling)
    from transformers import AutoConfig

    config = AutoConfig.from_pretrained(source)
    scaled, _ = ROPE_INIT_FUNCTIONS["llama3"](config, "cpu")
    plain = 1 / 10000.0 ** (torch.arange(0, 128, 2, dtype=torch.float64) / 128)
    factors = (plain / scaled.double()).numpy().astype(numpy.float32)
    assert factors.max() > 2  # or the scaling would not be seen
    file = write_gguf(source, tmp_path / "m.gguf", extra_tensors={"rope_freqs.weight": factors})
    folder = gguf.convert(file)
    assert AutoConfig.from_pretrained(folder).rope_parameters == config.rope_parameters
    expected, ids = logits_and_ids(source)
    assert torch.allclose(logits_and_ids(folder, ids)[0], expected, atol=1e-6)


def test_the_tokenizer_is_the_files_own(tiny_model_folder, tmp_path):
    from transformers import AutoTokenizer

    file = write_gguf(tiny_model_folder, tmp_path / "tiny.gguf")
    found = AutoTokenizer.from_pretrained(gguf.convert(file))
    source = AutoTokenizer.from_pretrained(tiny_model_folder)
    assert (found.eos_token, found.pad_token, found.bos_token) == (
        "<|im_end|>",
        "<|pad|>",
        "<|endoftext|>",
    )
    assert found.chat_template == source.chat_template
    messages = [{"role": "user", "content": TEXT}, {"role": "assistant", "content": "1234 <b>"}]
    expected = source.apply_chat_template(messages, tokenize=True)
    assert found.apply_chat_template(messages, tokenize=True)["input_ids"] == expected["input_ids"]
    assert found.tokenize("x  12 + 345") == source.tokenize("x  12 + 345")


def sentencepiece_file(folder, path, **metadata):
    letters = "▁abcdefghijklmnopqrstuvwxyz.,!?"
    words = [
        "th",
        "the",
        "▁the",
        "▁t",
        "he",
        "▁d",
        "og",
        "dog",
        "▁dog",
        "er",
        "in",
        "▁in",
        "an",
        "and",
    ]
    pieces = {word: -float(number) for number, word in enumerate(words)}
    pieces |= {letter: -100.0 - number for number, letter in enumerate(letters)}
    special = {"tokenizer__ggml__bos_token_id": 1, "tokenizer__ggml__eos_token_id": 2}
    return write_gguf(
        folder,
        path,
        tokenizer_model="llama",
        pre="default",
        pieces=pieces,
        tokenizer__ggml__padding_token_id=None,
        **special,
        **metadata,
    )


def test_a_sentencepiece_vocabulary_splits_as_its_scores_say(tiny_model_folder, tmp_path):
    from transformers import AutoTokenizer

    file = sentencepiece_file(tiny_model_folder, tmp_path / "spm.gguf")
    found = AutoTokenizer.from_pretrained(gguf.convert(file))
    assert found.tokenize("the dog, and 你") == [
        "▁the", "▁dog", ",", "▁", "and", "▁", "<0xE4>", "<0xBD>", "<0xA0>",
    ]  # fmt: skip
    assert found.encode("the dog")[0] == found.bos_token_id == 1
    assert (found.eos_token, found.pad_token) == ("</s>", "</s>")
    for text in ("the other dog  and  the inn", "x  12 + 345", "你好 naïve 🙂"):
        assert found.decode(found.encode(text, add_special_tokens=False)) == text
    # The conversion of transformers is right for these; both must agree.
    theirs = AutoTokenizer.from_pretrained(tmp_path, gguf_file="spm.gguf")
    for text in ("the other dog and then", "another thing in there!", "你好 naïve"):
        ours = found.encode(text, add_special_tokens=False)
        assert ours == theirs.encode(text, add_special_tokens=False)


def test_a_sentencepiece_vocabulary_may_leave_out_the_first_space(tiny_model_folder, tmp_path):
    from transformers import AutoTokenizer

    file = sentencepiece_file(
        tiny_model_folder, tmp_path / "spm.gguf", tokenizer__ggml__add_space_prefix=False
    )
    found = AutoTokenizer.from_pretrained(gguf.convert(file))
    assert found.tokenize("dog") == ["dog"]
    assert found.decode(found.encode(" the", add_special_tokens=False)) == " the"


@pytest.mark.parametrize(
    ("pre", "pieces"),
    [
        ("gpt-2", ["12345"]),
        ("smollm", ["1", "2", "3", "4", "5"]),
        ("llama-bpe", ["123", "45"]),
        ("qwen2", ["1", "2", "3", "4", "5"]),
    ],
)
def test_each_known_split_cuts_numbers_as_its_models_do(tiny_model_folder, tmp_path, pre, pieces):
    from transformers import AutoTokenizer

    file = write_gguf(tiny_model_folder, tmp_path / "m.gguf", pre=pre)
    found = AutoTokenizer.from_pretrained(gguf.convert(file))
    split = found.backend_tokenizer.pre_tokenizer.pre_tokenize_str("12345")
    assert [piece for piece, _ in split] == pieces


def test_a_text_begins_with_bos_where_the_file_says_so(tiny_model_folder, tmp_path):
    from transformers import AutoTokenizer

    file = write_gguf(
        tiny_model_folder, tmp_path / "tiny.gguf", tokenizer__ggml__add_bos_token=True
    )
    tokenizer = AutoTokenizer.from_pretrained(gguf.convert(file))
    ids = tokenizer.encode("dog")
    assert ids[0] == tokenizer.bos_token_id
    assert tokenizer.encode("dog", add_special_tokens=False) == ids[1:]


def test_the_same_content_is_converted_once_under_any_name(
    tiny_model_folder, tmp_path, monkeypatch
):
    file = write_gguf(tiny_model_folder, tmp_path / "tiny.gguf")
    first = gguf.convert(file)
    monkeypatch.setattr(gguf, "read_header", lambda _: pytest.fail("converted again"))
    assert gguf.convert(file) == first
    copy = tmp_path / "copies" / "tiny.gguf"
    copy.parent.mkdir()
    shutil.copy(file, copy)
    assert gguf.convert(copy) == first
    assert cache.find(first.name) == first


def refused(action):
    with pytest.raises(FtError) as caught:
        action()
    return str(caught.value)


def test_an_architecture_that_is_not_read_is_named(tiny_model_folder, tmp_path):
    file = write_gguf(tiny_model_folder, tmp_path / "m.gguf", architecture="falcon")
    assert refused(lambda: gguf.convert(file)) == (
        f"{file} holds a model of architecture falcon; from GGUF, these can be trained: llama, qwen2, qwen3.\n"
        "  Use the model's own folder or hub id (safetensors) instead of the GGUF file."
    )


def test_a_mixture_of_experts_is_no_llama(tiny_model_folder, tmp_path):
    file = write_gguf(tiny_model_folder, tmp_path / "m.gguf", llama__expert_count=8)
    assert "architecture llama" in refused(lambda: gguf.convert(file))


def test_a_split_that_is_not_known_is_named(tiny_model_folder, tmp_path):
    file = write_gguf(tiny_model_folder, tmp_path / "m.gguf", pre="chinchilla")
    assert refused(lambda: gguf.convert(file)).startswith(
        f"{file} splits text before its merges by the rule chinchilla, which is not known here."
    )


def test_a_kind_of_tokenizer_that_cannot_be_rebuilt_is_named(tiny_model_folder, tmp_path):
    file = write_gguf(tiny_model_folder, tmp_path / "m.gguf", tokenizer_model="rwkv")
    assert refused(lambda: gguf.convert(file)).startswith(
        f"{file} has a tokenizer of kind rwkv, which cannot be rebuilt from a GGUF file."
    )


def test_a_missing_and_a_homeless_tensor_are_refused(tiny_model_folder, tmp_path):
    import numpy

    file = write_gguf(
        tiny_model_folder,
        tmp_path / "m.gguf",
        skip=("blk.1.ffn_up.weight",),
        extra_tensors={"blk.0.attn_q.bias": numpy.zeros(64, dtype=numpy.float32)},
    )
    assert refused(lambda: gguf.convert(file)).startswith(
        f"{file} does not fit its own architecture: "
    )


def test_positions_scaled_in_an_unknown_way_are_refused(tiny_model_folder, tmp_path):
    file = write_gguf(
        tiny_model_folder,
        tmp_path / "m.gguf",
        llama__rope__scaling__type="longrope",
        llama__rope__scaling__factor=4.0,
    )
    assert refused(lambda: gguf.convert(file)).startswith(
        f"{file} scales its positions in a way that cannot be converted (longrope)."
    )


@pytest.mark.parametrize("share", [0.01, 0.3, 0.9])
def test_a_file_with_a_cut_tail_is_refused_and_leaves_nothing(tiny_model_folder, tmp_path, share):
    file = write_gguf(tiny_model_folder, tmp_path / "m.gguf")
    whole = file.read_bytes()
    file.write_bytes(whole[: int(len(whole) * share)])
    assert refused(lambda: gguf.convert(file)).startswith(
        f"{file} could not be read as a GGUF model: "
    )
    left = [path for path in (cache.cache_root() / "models").glob("*") if path.is_dir()]
    assert left == []


def test_more_tokens_than_the_model_has_rows_for_are_refused(tmp_path):
    from tests.tiny import tiny_model, tiny_tokenizer

    folder, larger = tiny_model(tmp_path / "model", vocab=500), tiny_tokenizer(vocab=600)
    larger.save_pretrained(folder)
    file = write_gguf(folder, tmp_path / "m.gguf")
    assert refused(lambda: gguf.convert(file)).startswith(
        f"The tokenizer rebuilt from {file} differs from the file (size): "
        f"expected 500, found {len(larger)}."
    )


def test_special_ids_that_the_tokenizer_cannot_have_are_refused(tiny_model_folder, tmp_path):
    file = write_gguf(tiny_model_folder, tmp_path / "m.gguf", tokenizer__ggml__eos_token_id=99_999)
    assert refused(lambda: gguf.convert(file)).startswith(
        f"The tokenizer rebuilt from {file} differs from the file (eos): expected 99999, found None."
    )
