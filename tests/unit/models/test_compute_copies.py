"""Adapters keep float32 masters and compute in the model's type."""

import copy

import pytest

from ftkernel.models.adapters import attach
from ftkernel.models.compute_copies import keep_copies
from tests.unit.models.recipes import recipe

STEPS = 50


def model_in(folder, dtype):
    import torch
    from transformers import AutoModelForCausalLM

    return AutoModelForCausalLM.from_pretrained(folder, dtype=getattr(torch, dtype))


def attached(folder, dtype, **values):
    import torch

    torch.manual_seed(3)
    return attach(model_in(folder, dtype), recipe(folder, **values))


def trained_weights(model):
    return {name: p for name, p in model.named_parameters() if p.requires_grad}


def movement(model, batches, learning_rate=2e-4):
    """How far each trained weight moved in 50 steps of AdamW with linear decay, as one vector."""
    import torch

    weights = trained_weights(model)
    before = {name: p.detach().float().clone() for name, p in weights.items()}
    optimizer = torch.optim.AdamW(weights.values(), lr=learning_rate, weight_decay=0.0)
    schedule = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.02, total_iters=STEPS)
    for batch in batches:
        model(input_ids=batch, labels=batch).loss.backward()
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
    moved = [(p.detach().float() - before[name]).flatten() for name, p in weights.items()]
    return torch.cat(moved)


@pytest.fixture(scope="module")
def batches():
    import torch

    generator = torch.Generator().manual_seed(0)
    return [torch.randint(5, 600, (2, 12), generator=generator) for _ in range(STEPS)]


def test_fifty_steps_move_the_adapter_as_far_as_in_float32(tiny_model_folder, batches):
    import torch

    exact = movement(attached(tiny_model_folder, "float32"), batches)
    ours = movement(attached(tiny_model_folder, "bfloat16"), batches)
    plain = attached(tiny_model_folder, "float32")
    plain.to(torch.bfloat16)
    rounded = movement(plain, batches)
    far = exact.norm()
    assert abs(ours.norm() / far - 1) < 0.05
    assert (ours - exact).norm() / far < 0.1
    # Adapters that are in bfloat16 themselves lose their small updates.
    assert abs(rounded.norm() / far - 1) > 0.1
    assert (rounded - exact).norm() / far > 0.3


def test_masters_and_gradients_are_float32_while_the_model_computes_in_bfloat16(tiny_model_folder):
    import torch

    model = attached(tiny_model_folder, "bfloat16")
    ids = torch.arange(5, 25)[None]
    seen = []
    layer = model.base_model.model.model.layers[0].self_attn.q_proj.lora_A["default"]
    layer.register_forward_hook(lambda module, inputs, output: seen.append(output.dtype))
    output = model(input_ids=ids, labels=ids)
    output.loss.backward()
    assert seen == [torch.bfloat16]
    assert output.logits.dtype == torch.bfloat16
    assert {p.dtype for p in trained_weights(model).values()} == {torch.float32}
    assert {p.grad.dtype for p in trained_weights(model).values()} == {torch.float32}


def test_an_adapter_that_is_trained_on_keeps_masters_and_computes_in_bfloat16(
    tiny_model_folder, tmp_path
):
    import torch

    attached(tiny_model_folder, "float32").save_pretrained(tmp_path)
    model = attach(
        model_in(tiny_model_folder, "bfloat16"), recipe(tiny_model_folder), adapter=tmp_path
    )
    seen = []
    layer = model.base_model.model.model.layers[0].self_attn.q_proj.lora_A["default"]
    layer.register_forward_hook(lambda module, inputs, output: seen.append(output.dtype))
    ids = torch.arange(5, 25)[None]
    model(input_ids=ids, labels=ids).loss.backward()
    assert seen == [torch.bfloat16]
    assert {p.dtype for p in trained_weights(model).values()} == {torch.float32}
    assert {p.grad.dtype for p in trained_weights(model).values()} == {torch.float32}


def test_the_forward_pass_is_that_of_plain_bfloat16_adapters(tiny_model_folder):
    import torch
    from peft import LoraConfig, get_peft_model

    ours = attached(tiny_model_folder, "bfloat16")
    config = LoraConfig(task_type="CAUSAL_LM", r=8, lora_alpha=16, target_modules="all-linear")
    plain = get_peft_model(
        model_in(tiny_model_folder, "bfloat16"), config, autocast_adapter_dtype=False
    )
    state = {}
    for name, weight in ours.state_dict().items():
        if "lora_B" in name:
            torch.nn.init.normal_(weight, std=0.02)
        state[name] = weight.to(torch.bfloat16)
    assert not plain.load_state_dict(state, strict=True).missing_keys
    ids = torch.arange(5, 45)[None]
    with torch.inference_mode():
        assert torch.equal(ours(ids).logits, plain(ids).logits)


def test_saved_adapters_look_as_if_nothing_had_happened(tiny_model_folder, tmp_path):
    import torch
    from safetensors.torch import load_file

    attached(tiny_model_folder, "bfloat16").save_pretrained(tmp_path / "ours")
    attached(tiny_model_folder, "float32").save_pretrained(tmp_path / "plain")
    ours = load_file(tmp_path / "ours" / "adapter_model.safetensors")
    plain = load_file(tmp_path / "plain" / "adapter_model.safetensors")
    assert set(ours) == set(plain)
    assert {weight.dtype for weight in ours.values()} == {torch.float32}
    # PEFT draws the first values in float32 and rounds them to the base's type once.
    assert all(torch.equal(ours[name], plain[name].bfloat16().float()) for name in ours)


def test_whole_layers_beside_the_adapter_keep_masters_too(tiny_model_folder, batches):
    import torch

    model = attached(tiny_model_folder, "bfloat16", additional_target="embed_tokens")
    weights = trained_weights(model)
    extra = [name for name in weights if "modules_to_save" in name]
    assert extra
    assert {weights[name].dtype for name in extra} == {torch.float32}
    output = model(input_ids=batches[0], labels=batches[0])
    assert output.logits.dtype == torch.bfloat16
    output.loss.backward()
    assert all(weights[name].grad is not None for name in extra)


def test_a_model_with_copies_can_be_copied(tiny_model_folder):
    import torch

    model = attached(tiny_model_folder, "bfloat16")
    twin = copy.deepcopy(model)
    ids = torch.arange(5, 25)[None]
    with torch.inference_mode():
        assert torch.equal(model(ids).logits, twin(ids).logits)


def test_what_only_answers_may_keep_the_copies_and_computes_the_same_to_the_last_bit(
    tiny_model_folder,
):
    import torch

    model = attached(tiny_model_folder, "bfloat16").eval()
    for name, weight in trained_weights(model).items():
        if "lora_B" in name:
            torch.nn.init.normal_(weight)
    ids = torch.arange(5, 25)[None]
    with torch.inference_mode():
        before = model(input_ids=ids).logits
        kept = keep_copies(model, torch.bfloat16)
        assert torch.equal(model(input_ids=ids).logits, before)
    weights = trained_weights(model).values()
    assert kept == len(weights) > 0
    assert {weight.dtype for weight in weights} == {torch.bfloat16}
