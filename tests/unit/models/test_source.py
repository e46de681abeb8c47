"""Whatever a recipe names as its model ends as a folder, or as an error that says what to do."""

import json
import os
import pickle
import shutil

import pytest

from ftkernel import messages
from ftkernel.errors import FtError
from ftkernel.models.hub import HubOptions
from ftkernel.models.source import find_model, locate
from tests.tiny_gguf import write_gguf
from tests.unit.models.recipes import Heard, recipe


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("FTKERNEL_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def options(tmp_path):
    return HubOptions(cache_dir=str(tmp_path / "hub"))


@pytest.fixture
def model(tiny_model_folder, tmp_path):
    return shutil.copytree(tiny_model_folder, tmp_path / "model")


def refused(name, options):
    with pytest.raises(FtError) as caught:
        find_model(str(name), options)
    return str(caught.value).splitlines()


def pickled(model):
    """The same model with its weights as a pickle."""
    import torch
    from safetensors.torch import load_file

    state = load_file(model / "model.safetensors")
    torch.save(state, model / "pytorch_model.bin")
    (model / "model.safetensors").unlink()
    return model


def test_a_folder_is_taken_as_it_is(model):
    source = locate(recipe(model))
    assert (source.kind, source.path, source.name) == ("folder", model, str(model))
    assert source.adapter is None
    assert source.shape is not None
    assert (source.shape.layers, source.shape.hidden) == (2, 64)


def test_a_relative_folder_counts_from_where_we_are(model, monkeypatch):
    monkeypatch.chdir(model.parent)
    assert locate(recipe("model")).path == model


def test_a_gguf_file_becomes_a_folder(model, tmp_path, own_cache):
    file = write_gguf(model, tmp_path / "tiny.gguf")
    source = locate(recipe(file))
    assert source.kind == "gguf"
    assert source.path.parent == own_cache / "models"
    assert (source.path / "model.safetensors").is_file()


def test_the_adapter_of_a_recipe_is_found_with_its_model(model, tmp_path):
    adapter = tmp_path / "adapter"
    adapter.mkdir()
    own = recipe(model, adapter_name_or_path=str(adapter))
    with pytest.raises(FtError) as caught:
        locate(own)
    assert str(caught.value) == (
        f"{adapter} holds no adapter: there is no adapter_config.json.\n"
        "  at adapter_name_or_path\n"
        "  Give the folder of an adapter, or the name of an earlier run."
    )
    (adapter / "adapter_config.json").write_text("{}")
    assert locate(own).adapter == adapter


def test_an_error_names_the_line_of_the_recipe(tmp_path):
    from ftkernel.recipe.recipe import Recipe

    own = Recipe.parse(f"data: demo\nmodel: {tmp_path / 'nothing' / 'here'}\n")
    with pytest.raises(FtError) as caught:
        locate(own)
    assert caught.value.where.line == 2


@pytest.mark.parametrize("name", ["smolm2-135m", "smollm2_135m", "SmolLM2 135M"])
def test_a_name_that_is_nearly_right_is_told_the_right_one(name, options):
    lines = refused(name, options)
    assert lines[0] == (
        f"There is no model {name}: neither a known name, nor a folder or file here, nor one on the hub."
    )
    assert lines[-1].startswith("  Did you mean smollm2-135m? ")


def test_a_name_near_to_a_folder_beside_is_told_it(model, options, monkeypatch):
    monkeypatch.chdir(model.parent)
    assert refused("modle", options)[-1].startswith("  Did you mean model? ")


def test_a_folder_without_config_is_named(tmp_path, options):
    lines = refused(tmp_path, options)
    assert lines[0] == f"{tmp_path} is not a model folder: it has no readable config.json."


def test_a_truncated_file_is_refused_before_it_is_loaded(model, options):
    weights = model / "model.safetensors"
    os.truncate(weights, weights.stat().st_size - 1000)
    with pytest.raises(FtError) as caught:
        find_model(str(model), options)
    assert caught.value.code == "recipe.model_truncated"


def test_pickled_weights_are_read_once_said_and_kept_as_safetensors(model, options, own_cache):
    import torch
    from transformers import AutoModelForCausalLM

    expected = AutoModelForCausalLM.from_pretrained(model).state_dict()
    heard = Heard()
    _, folder = find_model(str(pickled(model)), options, heard)
    assert folder.parent == own_cache / "models"
    assert not list(folder.glob("*.bin"))
    assert (folder / "tokenizer.json").is_file()
    assert [messages.text(*note) for note in heard.notes] == [
        f"The weights in {model} are pickles (1 file): read once as tensors only, and kept as safetensors."
    ]
    found = AutoModelForCausalLM.from_pretrained(folder).state_dict()
    assert all(torch.equal(found[name], expected[name]) for name in expected)
    again = Heard()
    assert find_model(str(model), options, again)[1] == folder
    assert again.notes == []


def test_a_pickle_with_a_program_in_it_never_runs(model, options, tmp_path, own_cache):
    class Evil:
        def __reduce__(self):
            return (os.mkdir, (str(tmp_path / "it-ran"),))

    import torch

    for save in (
        lambda file: torch.save({"weight": Evil()}, file),
        lambda file: file.write_bytes(pickle.dumps({"weight": Evil()}, protocol=2)),
    ):
        (model / "model.safetensors").unlink(missing_ok=True)
        save(model / "pytorch_model.bin")
        assert refused(model, options) == [
            f"{model / 'pytorch_model.bin'} holds more than tensors: reading it could run a program, so it was not read.",
            "  Use a version of the model with .safetensors files.",
        ]
    assert not (tmp_path / "it-ran").exists()
    assert not [path for path in (own_cache / "models").iterdir() if path.is_dir()]


def test_a_model_with_a_program_of_its_own_is_refused_unless_allowed(model, options):
    config = json.loads((model / "config.json").read_text())
    config |= {"model_type": "llama9", "auto_map": {"AutoModelForCausalLM": "evil.Evil"}}
    (model / "config.json").write_text(json.dumps(config))
    assert refused(model, options) == [
        f"{model} needs a program of its own to run (llama9), and programs from a hub are not run.",
        "  If you trust its author, write `trust_remote_code: true`.",
    ]
    heard = Heard()
    assert find_model(str(model), HubOptions(trust_remote_code=True), heard)[1] == model
    assert [code for code, _ in heard.warnings] == ["models.remote_code_runs"]


def test_a_program_is_not_needed_where_transformers_knows_the_model(model, options):
    config = json.loads((model / "config.json").read_text())
    config["auto_map"] = {"AutoModelForCausalLM": "evil.Evil"}
    (model / "config.json").write_text(json.dumps(config))
    assert find_model(str(model), options) == ("folder", model)
