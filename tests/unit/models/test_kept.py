"""A base model that is held ready is given to the job it fits, and to no other."""

import os
import shutil

import pytest

from ftkernel.models import kept
from ftkernel.models.load import load_model
from ftkernel.models.precision import choose_precision
from ftkernel.models.source import ModelSource
from ftkernel.recipe.recipe import Recipe


@pytest.fixture(autouse=True)
def nothing_held():
    kept.drop()
    yield
    kept.drop()


@pytest.fixture
def model(tiny_model_folder, tmp_path):
    return ModelSource("folder", shutil.copytree(tiny_model_folder, tmp_path / "model"), "mine")


def recipe_for(model, **keys):
    return Recipe.from_mapping(
        {"model": str(model.path), "data": "demo", "use_cpu": True, "bf16": False, **keys}
    )


def hold(model, recipe):
    """Hold the model as the spare worker after a run does; returns it."""
    remark = kept.remark(model, recipe, choose_precision(recipe), {})
    assert remark is not None
    kept.preload(remark)
    return kept._held[0][1]


def test_the_same_files_in_the_same_type_are_given_once(model):
    recipe = recipe_for(model)
    held = hold(model, recipe)
    precision = choose_precision(recipe)
    assert load_model(model, recipe, precision) is held
    assert load_model(model, recipe, precision) is not held


@pytest.mark.parametrize("keys", [{"bf16": True}, {"flash_attn": "disabled"}])
def test_another_type_or_attention_is_read_anew_and_the_held_one_given_up(model, keys):
    held = hold(model, recipe_for(model))
    other = recipe_for(model, **keys)
    assert load_model(model, other, choose_precision(other)) is not held
    assert not kept.drop()


def test_files_that_changed_are_read_anew(model):
    recipe = recipe_for(model)
    remark = kept.remark(model, recipe, choose_precision(recipe), {})
    held = hold(model, recipe)
    os.utime(model.path / "model.safetensors")
    assert load_model(model, recipe, choose_precision(recipe)) is not held
    kept.preload(remark)
    assert not kept.drop()


def test_a_model_with_a_program_a_token_or_quantized_weights_is_not_held(model, monkeypatch):
    plain = recipe_for(model)
    precision = choose_precision(plain)
    monkeypatch.delenv("HF_TOKEN", raising=False)
    remote = recipe_for(model, trust_remote_code=True)
    assert kept.remark(model, remote, precision, {}) is None
    hub = ModelSource("hub", model.path, "some/model")
    assert kept.remark(hub, plain, precision, {"hf_hub_token": "hf_secret"}) is None
    assert kept.remark(hub, plain, precision, {}) is not None
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    assert kept.remark(hub, plain, precision, {}) is None
    assert kept.remark(model, plain, precision, {}) is not None
    config = model.path / "config.json"
    config.write_text(config.read_text().replace("{", '{"quantization_config": {"bits": 4},', 1))
    assert kept.remark(model, plain, precision, {}) is None
