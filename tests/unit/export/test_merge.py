import json
import shutil

import pytest
import torch
from peft import PeftModel, PromptTuningConfig, get_peft_model
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM, AutoTokenizer, GenerationConfig

from ftkernel.errors import FtError
from ftkernel.export import merge as merge_module
from ftkernel.export import weights
from ftkernel.export.merge import Learnt, check_dtype, check_learnt
from ftkernel.models.source import ModelSource
from tests.tiny import CHATML, tiny_model
from tests.unit.inference.making import make_adapter


def logits(model, ids):
    with torch.inference_mode():
        return model.eval()(torch.tensor([ids])).logits[0].float()


def load(folder, **options):
    return AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, **options)


def stored_types(folder):
    with safe_open(folder / "model.safetensors", "pt") as file:
        return {file.get_slice(name).get_dtype() for name in file.keys()}  # noqa: SIM118


def test_a_float32_merge_answers_as_base_and_adapter_do(
    merge, tiny_model_folder, tiny_adapter, prompts
):
    written, out, _ = merge(tiny_model_folder, tiny_adapter)
    assert written.comparison.kl <= written.bound == 1e-6
    assert written.comparison.token_agreement == 1.0
    adapted = PeftModel.from_pretrained(load(tiny_model_folder), tiny_adapter)
    merged = load(out)
    for ids in prompts[:3]:
        assert torch.allclose(logits(merged, ids), logits(adapted, ids), atol=1e-4)
    base = logits(load(tiny_model_folder), prompts[0])
    assert not torch.allclose(logits(merged, prompts[0]), base, atol=1e-2)


@pytest.mark.parametrize(("dtype", "stored"), [("bfloat16", "BF16"), ("float16", "F16")])
@pytest.mark.parametrize("seed", [1, 2])
def test_a_half_precision_merge_keeps_twice_the_divergence_of_its_type(
    merge, tmp_path, tiny_model_folder, dtype, stored, seed
):
    adapter = make_adapter(tiny_model_folder, tmp_path / "a", seed=seed, scale=0.2)
    written, out, _ = merge(tiny_model_folder, adapter, dtype)
    assert 0 < written.comparison.kl <= written.bound < 1e-4
    assert stored_types(out) == {stored}
    assert json.loads((out / "config.json").read_text())["dtype"] == dtype


def test_the_type_of_the_base_is_the_default(tmp_path, tiny_model_folder):
    half = tiny_model(tmp_path / "half", dtype="bfloat16")
    for folder, dtype in ((tiny_model_folder, "float32"), (half, "bfloat16")):
        learnt = Learnt(ModelSource("folder", folder, "m"))
        assert check_dtype(None, learnt) == dtype
        assert check_dtype("bf16", learnt) == "bfloat16"
    with pytest.raises(FtError) as caught:
        check_dtype("int3", Learnt(ModelSource("folder", half, "m")))
    assert caught.value.lines("en") == [
        '"int3" is no number type that a model can be merged to.',
        "  There are: float32, bfloat16, float16.",
    ]


def test_a_wrong_merge_is_refused_with_its_figures(
    merge, tiny_model_folder, tiny_adapter, monkeypatch
):
    def fold_wrongly(adapted, report):
        merged = weights_fold(adapted, report)
        merged.model.layers[1].mlp.down_proj.weight.data[3, 5] += 0.5
        return merged

    weights_fold = weights.fold
    monkeypatch.setattr(merge_module.weights, "fold", fold_wrongly)
    with pytest.raises(FtError) as caught:
        merge(tiny_model_folder, tiny_adapter)
    params = caught.value.params
    assert params["kl"] > 1e-6
    assert caught.value.lines("en") == [
        f"The merged model answers differently from base and adapter: KL {params['kl']:.3g} nats a "
        f"token, 1e-06 at most (largest logit difference {params['difference']:.3g}, "
        f"{params['agreement']:.1%} of tokens agree). Nothing is left at the target.",
        "  Choose dtype: float32, or keep base and adapter apart.",
    ]


def test_an_adapter_that_was_left_out_is_refused(
    merge, tiny_model_folder, tiny_adapter, monkeypatch
):
    monkeypatch.setattr(merge_module.weights, "fold", lambda adapted, report: adapted.unload())
    for dtype in ("float32", "bfloat16"):
        with pytest.raises(FtError) as caught:
            merge(tiny_model_folder, tiny_adapter, dtype)
        assert caught.value.code == "export.not_proven"


def test_tokenizer_template_and_generation_config_go_along(merge, tmp_path, tiny_adapter):
    base = tiny_model(tmp_path / "base")
    (base / "LICENSE").write_text("Do what you want.")
    (base / "secrets.txt").write_text("not a part of the model")
    config = GenerationConfig(temperature=0.3, do_sample=False, eos_token_id=0)
    (base / "generation_config.json").write_text(json.dumps(config.to_dict(), default=str))
    _, out, heard = merge(base, tiny_adapter)
    before, after = AutoTokenizer.from_pretrained(base), AutoTokenizer.from_pretrained(out)
    chat = [{"role": "user", "content": "你是谁？ 12"}]
    assert after.apply_chat_template(chat) == before.apply_chat_template(chat)
    assert (after.eos_token, after.pad_token) == (before.eos_token, before.pad_token)
    assert (out / "LICENSE").read_text() == "Do what you want."
    assert not (out / "secrets.txt").exists()
    generation = json.loads((out / "generation_config.json").read_text())
    assert generation["temperature"] == 0.3
    # The template ends turns with <|im_end|> (2): without it the merged model would never stop.
    assert generation["eos_token_id"] == [0, 2]
    assert ("export.end_tokens_added", {"tokens": "<|im_end|>"}) in heard.said


def test_the_tokenizer_beside_the_adapter_wins_over_the_bases(
    merge, tmp_path, tiny_model_folder, tiny_adapter
):
    adapter = tmp_path / "adapter"
    shutil.copytree(tiny_adapter, adapter)
    tokenizer = AutoTokenizer.from_pretrained(tiny_model_folder)
    tokenizer.chat_template = CHATML.replace("assistant", "helper")
    tokenizer.save_pretrained(adapter)
    _, out, _ = merge(tiny_model_folder, adapter)
    assert "helper" in AutoTokenizer.from_pretrained(out).chat_template


@pytest.mark.parametrize(
    "config",
    [
        {"target_modules": ["q_proj", "lm_head"]},
        {"target_modules": ["q_proj", "embed_tokens"]},
        {"target_modules": ["q_proj"], "modules_to_save": ["embed_tokens"]},
        {"target_modules": ["q_proj"], "modules_to_save": ["lm_head"]},
        {
            "target_modules": ["q_proj"],
            "modules_to_save": ["embed_tokens"],
            "ensure_weight_tying": True,
        },
    ],
    ids=["head", "embedding", "saved embedding", "saved head", "saved and tied"],
)
def test_an_adapter_on_tied_head_or_embedding_merges_truly(
    merge, tmp_path, tiny_model_folder, config
):
    adapter = make_adapter(tiny_model_folder, tmp_path / "a", scale=0.2, **config)
    written, out, heard = merge(tiny_model_folder, adapter)
    assert written.comparison.kl <= 1e-6
    tied = json.loads((out / "config.json").read_text())["tie_word_embeddings"]
    assert tied == ("ensure_weight_tying" in config)
    assert ("export.untied" in heard.codes) == (not tied)


def test_modules_that_were_saved_whole_are_in_the_merge(merge, tmp_path, tiny_model_folder):
    adapter = make_adapter(
        tiny_model_folder, tmp_path / "a", target_modules=["q_proj"], modules_to_save=["o_proj"]
    )
    written, out, _ = merge(tiny_model_folder, adapter)
    saved = load_file(adapter / "adapter_model.safetensors")
    name = "model.layers.0.self_attn.o_proj"
    merged = load_file(out / "model.safetensors")
    assert torch.equal(merged[f"{name}.weight"], saved[f"base_model.model.{name}.weight"])
    assert written.comparison.kl <= 1e-6


def test_an_untied_model_with_dora_and_rank_stabilised_scale_merges(merge, tmp_path):
    base = tiny_model(tmp_path / "base", tied=False)
    adapter = make_adapter(base, tmp_path / "a", use_dora=True, use_rslora=True, scale=0.2)
    written, _, _ = merge(base, adapter)
    assert written.comparison.kl <= 1e-6


def test_a_model_that_was_tuned_whole_is_converted_and_proven(merge, tmp_path, tiny_model_folder):
    whole = tiny_model(tmp_path / "tuned", seed=3)
    written, out, _ = merge(tiny_model_folder, None, whole=whole)
    assert written.comparison.kl <= 1e-6
    assert torch.equal(
        load_file(out / "model.safetensors")["model.norm.weight"],
        load_file(whole / "model.safetensors")["model.norm.weight"],
    )
    half, out, _ = merge(tiny_model_folder, None, "bfloat16", whole=whole)
    assert 0 < half.comparison.kl <= half.bound
    assert stored_types(out) == {"BF16"}


def test_files_are_no_larger_than_asked(tmp_path, tiny_model_folder):
    weights.save_weights(load(tiny_model_folder), tmp_path / "out", "float32", 0.0002)
    shards = sorted((tmp_path / "out").glob("model-*.safetensors"))
    assert len(shards) > 1
    assert max(shard.stat().st_size for shard in shards) < 250_000
    assert torch.equal(
        logits(load(tmp_path / "out"), [1, 2, 3]), logits(load(tiny_model_folder), [1, 2, 3])
    )


def fault_of(base, adapter, **where):
    with pytest.raises(FtError) as caught:
        check_learnt(Learnt(ModelSource("folder", base, "the-base", adapter), **where))
    return caught.value.lines("en")


def changed(adapter, folder, **values):
    shutil.copytree(adapter, folder)
    path = folder / "adapter_config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **values}))
    return folder


def test_repeated_layers_are_refused(tmp_path, tiny_model_folder, tiny_adapter):
    adapter = changed(tiny_adapter, tmp_path / "a", layer_replication=[[0, 2], [0, 2]])
    assert fault_of(tiny_model_folder, adapter) == [
        "The adapter repeats layers of its base (layer_replication), and merging it would give "
        "wrong weights.",
        "  Keep base and adapter apart.",
    ]


def test_an_adapter_without_weights_to_fold_is_refused(tmp_path, tiny_model_folder):
    config = PromptTuningConfig(task_type="CAUSAL_LM", num_virtual_tokens=4)
    get_peft_model(load(tiny_model_folder), config).save_pretrained(tmp_path / "a")
    assert fault_of(tiny_model_folder, tmp_path / "a") == [
        "An adapter of type PROMPT_TUNING has no weights that could be merged into a model.",
        "  Keep base and adapter apart; chat and other tools load both.",
    ]


def test_a_quantized_base_is_refused(tmp_path, tiny_model_folder, tiny_adapter):
    base = tmp_path / "base"
    shutil.copytree(tiny_model_folder, base)
    config = json.loads((base / "config.json").read_text())
    config["quantization_config"] = {"quant_method": "gptq", "bits": 4}
    (base / "config.json").write_text(json.dumps(config))
    assert fault_of(base, tiny_adapter) == [
        "the-base is quantized (gptq); an adapter can only be merged into unquantized weights.",
        "  Name the unquantized model as base.",
    ]


def test_a_merge_that_does_not_fit_into_memory_is_refused_with_numbers(
    tiny_model_folder, tiny_adapter, monkeypatch
):
    monkeypatch.setattr(merge_module.stored, "read_stored", lambda _: _huge())
    [first, _] = fault_of(tiny_model_folder, tiny_adapter)
    assert first.startswith("Merging needs about 4800000.0 GB of memory, and ")


def _huge():
    from ftkernel.export.stored import Stored

    return Stored(10**15, "bfloat16")


def test_weights_that_are_no_numbers_are_named(merge, tmp_path, tiny_model_folder, tiny_adapter):
    adapter = tmp_path / "a"
    shutil.copytree(tiny_adapter, adapter)
    saved = load_file(adapter / "adapter_model.safetensors")
    name = next(name for name in saved if "layers.1.mlp.up_proj.lora_B" in name)
    saved[name][0, 0] = float("nan")
    save_file(saved, adapter / "adapter_model.safetensors", metadata={"format": "pt"})
    with pytest.raises(FtError) as caught:
        merge(tiny_model_folder, adapter)
    assert caught.value.lines("en") == [
        "Merging gave weights that are no numbers, in model.layers.1.mlp.up_proj.weight.",
        "  The adapter is damaged or diverged; merge an earlier checkpoint: NAME@STEP.",
    ]


def test_values_beyond_float16_are_named(merge, tmp_path, tiny_model_folder):
    base = tmp_path / "base"
    shutil.copytree(tiny_model_folder, base)
    saved = load_file(base / "model.safetensors")
    saved["model.norm.weight"][0] = 1e5
    save_file(saved, base / "model.safetensors", metadata={"format": "pt"})
    adapter = make_adapter(base, tmp_path / "a")
    with pytest.raises(FtError) as caught:
        merge(base, adapter, "float16")
    assert caught.value.lines("en") == [
        "model.norm.weight has values up to 1e+05, beyond what float16 can hold.",
        "  Choose dtype: bfloat16 or float32.",
    ]


def test_a_merge_without_any_text_to_compare_on_is_refused(tmp_path, tiny_model_folder):
    from ftkernel.export.merge import write_merged
    from tests.unit.inference.making import recipe_for

    learnt = Learnt(ModelSource("folder", tiny_model_folder, "m"))
    recipe = recipe_for(tiny_model_folder)
    with pytest.raises(FtError) as caught:
        write_merged(learnt, recipe, tmp_path, [[]], dtype="float32")
    assert caught.value.message("en") == (
        "There is no text to compare the models on, so the merge can not be proven. Nothing is left "
        "at the target."
    )
