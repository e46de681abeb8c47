"""Models and tokenizers are loaded whole, as chosen, or refused."""

import json
import shutil

import pytest

from ftkernel import messages
from ftkernel.errors import FtError
from ftkernel.models import describe
from ftkernel.models.load import attention_name, checkpoints_activations, load_model
from ftkernel.models.precision import choose_precision
from ftkernel.models.source import locate
from ftkernel.models.tokenizer import load_tokenizer
from tests.unit.models.recipes import Heard, recipe


@pytest.fixture
def folder(tiny_model_folder, tmp_path):
    return shutil.copytree(tiny_model_folder, tmp_path / "model")


def edit(file, **changes):
    values = json.loads(file.read_text())
    values.update(changes)
    for name in [name for name, value in changes.items() if value is None]:
        del values[name]
    file.write_text(json.dumps(values))


def loaded(folder, **values):
    own = recipe(folder, **values)
    return load_model(locate(own), own, choose_precision(own, "cpu"))


def test_a_model_is_loaded_in_the_chosen_type_and_counted(folder):
    import torch

    model = loaded(folder, bf16=True)
    assert model.dtype == torch.bfloat16
    assert not model.training
    assert describe.count(model) == (117_056, 117_056)
    assert describe.type_name(model) == "bfloat16"
    assert loaded(folder, bf16=False).dtype == torch.float32


@pytest.mark.parametrize(
    ("written", "used"), [("auto", "sdpa"), ("sdpa", "sdpa"), ("disabled", "eager")]
)
def test_attention_is_what_flash_attn_says(folder, written, used):
    model = loaded(folder, flash_attn=written)
    assert model.config._attn_implementation == used


def test_flash_attention_without_a_gpu_is_refused(folder):
    own = recipe(folder, flash_attn="fa2")
    with pytest.raises(FtError) as caught:
        attention_name(own, choose_precision(own, "cpu"))
    assert str(caught.value) == (
        "flash_attn: fa2 needs a CUDA GPU and the package flash-attn; this is cpu.\n"
        "  at flash_attn\n"
        "  Write `flash_attn: auto`, or install it:  pip install flash-attn --no-build-isolation"
    )


def test_a_model_that_lacks_weights_is_refused_instead_of_filled_at_random(folder):
    from safetensors.torch import load_file, save_file

    file = folder / "model.safetensors"
    state = load_file(file)
    del state["model.layers.1.mlp.up_proj.weight"], state["model.norm.weight"]
    save_file(state, file, {"format": "pt"})
    with pytest.raises(FtError) as caught:
        loaded(folder)
    assert str(caught.value) == (
        f"The files of {folder} lack 2 of its weights, the first being model.layers.1.mlp.up_proj.weight.\n"
        "  Download the model again; training would start from random numbers in their place."
    )


def test_weights_of_another_size_are_refused(folder):
    edit(folder / "config.json", intermediate_size=96)
    with pytest.raises(FtError) as caught:
        loaded(folder)
    assert caught.value.code == "models.unloadable"


def test_activation_checkpointing_is_for_large_models_or_as_asked():
    plain = recipe("x")
    assert not checkpoints_activations(plain, 135_000_000, "cpu")
    assert checkpoints_activations(plain, 1_500_000_000, "cpu")
    assert checkpoints_activations(plain, 500_000_000, "cuda")
    assert checkpoints_activations(recipe("x", activation_checkpointing=True), 1000, "cpu")
    assert not checkpoints_activations(recipe("x", activation_checkpointing=False), 10**10, "cpu")


def tokenizer_of(folder, report=None):
    own = recipe(folder)
    return load_tokenizer(locate(own), own, report or Heard())


def test_a_missing_padding_token_is_the_end_token_and_said(folder):
    edit(folder / "tokenizer_config.json", pad_token=None)
    heard = Heard()
    tokenizer = tokenizer_of(folder, heard)
    assert tokenizer.pad_token == tokenizer.eos_token == "<|im_end|>"
    assert tokenizer.padding_side == "right"
    assert [messages.text(*note) for note in heard.notes] == [
        "The tokenizer has no padding token; its end token <|im_end|> pads (and is never trained as padding)."
    ]


def test_a_tokenizer_without_an_end_is_refused(folder):
    edit(folder / "tokenizer_config.json", eos_token=None)
    with pytest.raises(FtError) as caught:
        tokenizer_of(folder)
    assert str(caught.value) == (
        f"The tokenizer of {folder} has no end token, so the model could never learn to stop.\n"
        "  Set eos_token in tokenizer_config.json of the model's folder."
    )


def test_a_model_without_a_tokenizer_is_refused(folder):
    for name in ("tokenizer.json", "tokenizer_config.json", "chat_template.jinja"):
        (folder / name).unlink()
    with pytest.raises(FtError) as caught:
        tokenizer_of(folder)
    assert caught.value.code == "models.no_tokenizer"
    assert caught.value.lines()[-1] == (
        "  The model's folder needs tokenizer.json and tokenizer_config.json."
    )
