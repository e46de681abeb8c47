"""LoRA goes where the recipe says, exactly, and comes back from a folder."""

import pytest

from ftkernel.errors import FtError
from ftkernel.models import describe
from ftkernel.models.adapters import attach, check_targets, load_adapter
from ftkernel.models.source import ModelSource
from tests.unit.models.recipes import Heard, recipe

LINEAR = ["down_proj", "gate_proj", "k_proj", "o_proj", "q_proj", "up_proj", "v_proj"]


@pytest.fixture
def model(tiny_model_folder):
    return load(tiny_model_folder)


def load(folder):
    from transformers import AutoModelForCausalLM

    return AutoModelForCausalLM.from_pretrained(folder)


def layers_with_adapter(model):
    return [name for name, _ in model.named_modules() if name.endswith(".lora_A")]


def logits(model):
    import torch

    model.eval()
    with torch.inference_mode():
        return model(torch.arange(5, 40)[None]).logits


def stir(model):
    """Give every trained weight something to say."""
    import torch

    torch.manual_seed(5)
    for weight in model.parameters():
        if weight.requires_grad:
            torch.nn.init.normal_(weight.data, std=0.05)


def test_all_means_every_linear_layer_but_the_head(model, tiny_model_folder):
    adapted = attach(model, recipe(tiny_model_folder))
    assert len(layers_with_adapter(adapted)) == 2 * len(LINEAR)
    assert not any("lm_head" in name for name in layers_with_adapter(adapted))
    config = adapted.peft_config["default"]
    assert sorted(config.target_modules) == LINEAR
    assert (config.r, config.lora_alpha, config.lora_dropout) == (8, 16, 0.0)
    total, trainable = describe.count(adapted)
    assert trainable == sum(8 * (a + b) for a, b in linear_shapes(model)) == 2 * 8192
    assert total == 117_056 + trainable


def linear_shapes(model):
    from torch import nn

    return [
        (layer.in_features, layer.out_features)
        for name, layer in model.named_modules()
        if isinstance(layer, nn.Linear) and name.endswith("base_layer")
    ]


def test_named_layers_rank_and_scaling_are_as_written(model, tiny_model_folder):
    adapted = attach(
        model,
        recipe(
            tiny_model_folder,
            lora_target="q_proj,layers.1.mlp.up_proj",
            lora_rank=4,
            lora_alpha=12,
            lora_dropout=0.25,
            use_rslora=True,
        ),
    )
    names = layers_with_adapter(adapted)
    assert len(names) == 3
    assert sum("up_proj" in name for name in names) == 1
    layer = adapted.base_model.model.model.layers[0].self_attn.q_proj
    assert layer.scaling["default"] == 12 / 4**0.5
    assert layer.lora_dropout["default"].p == 0.25


def test_a_name_that_fits_nothing_lists_the_names_there_are(model, tiny_model_folder):
    with pytest.raises(FtError) as caught:
        attach(model, recipe(tiny_model_folder, lora_target="q_proj,v_prj"))
    assert str(caught.value) == (
        "The model has no module v_prj.\n"
        "  at lora_target\n"
        "  Write `all`, or some of: down_proj, gate_proj, k_proj, o_proj, q_proj, up_proj, v_proj"
    )
    with pytest.raises(FtError) as caught:
        attach(model, recipe(tiny_model_folder, additional_target="embeddings"))
    assert caught.value.lines()[0] == "The model has no module embeddings."
    assert caught.value.where.key == "additional_target"


def test_a_name_that_fits_nothing_is_found_before_a_weight_is_loaded(tiny_model_folder, tmp_path):
    (tmp_path / "config.json").write_bytes((tiny_model_folder / "config.json").read_bytes())
    source = ModelSource("folder", tmp_path, "tiny")
    check_targets(source, recipe(tiny_model_folder, lora_target="q_proj,v_proj"))
    with pytest.raises(FtError) as caught:
        check_targets(source, recipe(tiny_model_folder, lora_target="nolayer"))
    assert str(caught.value).splitlines()[0] == "The model has no module nolayer."


def test_an_adapter_comes_back_from_its_folder_and_goes_on(tiny_model_folder, tmp_path):
    import torch

    first = attach(load(tiny_model_folder), recipe(tiny_model_folder, lora_rank=3))
    stir(first)
    first.save_pretrained(tmp_path / "adapter")
    expected = logits(first)
    loaded = load_adapter(load(tiny_model_folder), tmp_path / "adapter")
    assert torch.equal(logits(loaded), expected)
    assert describe.count(loaded)[1] == 0
    heard = Heard()
    again = attach(
        load(tiny_model_folder),
        recipe(tiny_model_folder),
        heard,
        adapter=tmp_path / "adapter",
    )
    assert torch.equal(logits(again), expected)
    assert again.peft_config["default"].r == 3
    assert describe.count(again)[1] == describe.count(first)[1]
    assert [code for code, _ in heard.notes] == ["models.adapter_continued"]


def test_a_trained_embedding_stays_tied_to_the_head(tiny_model_folder, tmp_path):
    import torch

    adapted = attach(
        load(tiny_model_folder), recipe(tiny_model_folder, additional_target="embed_tokens")
    )
    stir(adapted)
    embedding = adapted.get_input_embeddings().modules_to_save["default"].weight
    assert adapted.get_output_embeddings().weight.data_ptr() == embedding.data_ptr()
    adapted.save_pretrained(tmp_path / "adapter")
    loaded = load_adapter(load(tiny_model_folder), tmp_path / "adapter")
    assert torch.allclose(logits(loaded), logits(adapted), atol=1e-6)
    merged = loaded.merge_and_unload()
    assert torch.allclose(logits(merged), logits(adapted), atol=1e-5)


def test_a_folder_without_an_adapter_is_refused(model, tmp_path):
    with pytest.raises(FtError) as caught:
        load_adapter(model, tmp_path)
    assert str(caught.value) == (
        f"{tmp_path} holds no adapter: there is no adapter_config.json.\n"
        "  Give the folder of an adapter, or the name of an earlier run."
    )


def test_an_adapter_of_another_model_is_refused(tiny_model_folder, tmp_path):
    from tests.tiny import tiny_model

    wide = tiny_model(tmp_path / "wide", hidden=96)
    attach(load(wide), recipe(wide)).save_pretrained(tmp_path / "adapter")
    with pytest.raises(FtError) as caught:
        load_adapter(load(tiny_model_folder), tmp_path / "adapter")
    assert caught.value.code == "models.adapter_misfit"
    assert caught.value.lines()[-1] == "  Use the base model that the adapter was trained on."


def test_an_adapter_of_a_deeper_model_is_refused_instead_of_half_used(tiny_model_folder, tmp_path):
    from tests.tiny import tiny_model

    deep = tiny_model(tmp_path / "deep", layers=3)
    attach(load(deep), recipe(deep)).save_pretrained(tmp_path / "adapter")
    with pytest.raises(FtError) as caught:
        load_adapter(load(tiny_model_folder), tmp_path / "adapter")
    assert caught.value.lines()[0] == (
        f"The adapter in {tmp_path / 'adapter'} does not fit this model: 14 of its 42 weights have no "
        "counterpart, such as base_model.model.model.layers.2.mlp.down_proj.lora_A.weight"
    )


def test_an_adapter_of_another_kind_is_refused(tiny_model_folder, tmp_path):
    from peft import IA3Config, get_peft_model

    config = IA3Config(task_type="CAUSAL_LM", target_modules=["k_proj"], feedforward_modules=[])
    get_peft_model(load(tiny_model_folder), config).save_pretrained(tmp_path / "adapter")
    with pytest.raises(FtError) as caught:
        load_adapter(load(tiny_model_folder), tmp_path / "adapter")
    assert caught.value.lines()[0] == (
        f"The adapter in {tmp_path / 'adapter'} is of kind IA3; LoRA adapters are what can be loaded so far."
    )


def test_a_pickled_adapter_never_runs(tiny_model_folder, tmp_path):
    import os
    import pickle

    class Evil:
        def __reduce__(self):
            return (os.mkdir, (str(tmp_path / "it-ran"),))

    folder = tmp_path / "adapter"
    attach(load(tiny_model_folder), recipe(tiny_model_folder)).save_pretrained(folder)
    (folder / "adapter_model.safetensors").unlink()
    (folder / "adapter_model.bin").write_bytes(pickle.dumps({"weight": Evil()}))
    with pytest.raises(FtError) as caught:
        load_adapter(load(tiny_model_folder), folder)
    assert caught.value.lines()[0] == (
        f"{folder} holds more than tensors: reading it could run a program, so it was not read."
    )
    assert not (tmp_path / "it-ran").exists()
