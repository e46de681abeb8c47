"""The loss on label positions equals the plain one, gradients too, whatever the model does with logits."""

import pytest
import torch
from torch.nn import functional

from ftkernel.training.batches import Collator, count_trained
from ftkernel.training.loss import LabelLoss
from tests.unit.training.support import random_rows


def llama(**more):
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(0)
    return LlamaForCausalLM(LlamaConfig(**{**SMALL, **more}))


def gemma():
    """Soft-caps its logits."""
    from transformers import Gemma2Config, Gemma2ForCausalLM

    torch.manual_seed(0)
    config = Gemma2Config(**SMALL, head_dim=8, final_logit_softcapping=2.0, sliding_window=16)
    return Gemma2ForCausalLM(config)


def cohere():
    """Scales its logits."""
    from transformers import CohereConfig, CohereForCausalLM

    torch.manual_seed(0)
    return CohereForCausalLM(CohereConfig(**SMALL, logit_scale=0.25))


SMALL = {
    "vocab_size": 320, "hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2,
    "num_attention_heads": 4, "num_key_value_heads": 2, "max_position_embeddings": 128,
    "pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2,
}  # fmt: skip
MODELS = {
    "tied": lambda: llama(tie_word_embeddings=True),
    "untied": lambda: llama(tie_word_embeddings=False),
    "softcapped": gemma,
    "scaled": cohere,
}


def batch(rows=5, seed=3):
    return Collator(0)(random_rows(rows, seed=seed, longest=24))


def plain_loss(model, inputs, smoothing=0.0):
    logits = model(input_ids=inputs["input_ids"], attention_mask=inputs["attention_mask"]).logits
    return functional.cross_entropy(
        logits[:, :-1].float().flatten(0, 1),
        inputs["labels"][:, 1:].flatten(),
        ignore_index=-100,
        reduction="sum",
        label_smoothing=smoothing,
    )


def gradients(model):
    found = {n: p.grad.clone() for n, p in model.named_parameters() if p.grad is not None}
    model.zero_grad()
    return found


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize("chunk", [1 << 24, 320 * 7])
def test_loss_and_gradients_equal_the_plain_path(name, smoothing, chunk):
    model, inputs = MODELS[name](), batch()
    items = count_trained(inputs)
    (plain_loss(model, inputs, smoothing) / items).backward()
    expected_loss = float(plain_loss(model, inputs, smoothing)) / items
    expected = gradients(model)

    loss = LabelLoss(model, smoothing=smoothing, chunk_elements=chunk)(model, inputs) / items
    loss.backward()
    found = gradients(model)

    assert float(loss.detach()) == pytest.approx(expected_loss, abs=1e-5)
    assert found.keys() == expected.keys()
    for key, value in expected.items():
        assert torch.allclose(found[key], value, atol=1e-6, rtol=1e-4), key


def test_loss_and_gradients_of_an_adapter_equal_the_plain_path():
    from peft import LoraConfig, get_peft_model

    model = get_peft_model(
        llama(), LoraConfig(r=4, target_modules="all-linear", init_lora_weights=False)
    )
    inputs = batch()
    plain_loss(model, inputs).backward()
    expected = gradients(model)
    LabelLoss(model.get_base_model())(model, inputs).backward()
    found = gradients(model)
    assert found.keys() == expected.keys()
    assert len(found) == 28
    for key, value in expected.items():
        assert torch.allclose(found[key], value, atol=1e-5, rtol=1e-4), key


def test_the_head_sees_the_learned_positions_only():
    model, inputs = llama(tie_word_embeddings=False), batch()
    seen = []
    model.get_output_embeddings().register_forward_hook(
        lambda _module, args, _out: seen.append(args[0].shape[:-1].numel())
    )
    LabelLoss(model)(model, inputs).backward()
    assert sum(seen[1:]) == count_trained(inputs)
    assert seen[0] == 1  # the one position that the whole forward passes on


def test_without_gradients_the_value_is_the_same():
    model, inputs = gemma(), batch()
    with torch.no_grad():
        found = LabelLoss(model, chunk_elements=999)(model, inputs)
        assert float(found) == pytest.approx(float(plain_loss(model, inputs)), abs=1e-4)


def test_a_batch_in_which_nothing_is_learned_gives_zero_and_can_go_backward():
    model, inputs = llama(), batch()
    inputs["labels"][:] = -100
    loss = LabelLoss(model)(model, inputs)
    loss.backward()
    assert float(loss.detach()) == 0.0


def test_the_model_is_as_it_was_afterwards():
    model, inputs = llama(), batch()
    LabelLoss(model)(model, inputs)
    assert "forward" not in model.base_model.__dict__
    assert not model.get_output_embeddings()._forward_pre_hooks
    with pytest.raises(RuntimeError):
        LabelLoss(model)(lambda **_: (_ for _ in ()).throw(RuntimeError), inputs)
    assert not model.get_output_embeddings()._forward_pre_hooks


def test_padding_and_attention_to_it_do_not_change_the_loss():
    model = llama()
    rows = random_rows(4, seed=5)
    together = Collator(0)(rows)
    apart = sum(float(LabelLoss(model)(model, Collator(0)([row])).detach()) for row in rows)
    found = float(LabelLoss(model)(model, together).detach())
    assert found == pytest.approx(apart, rel=1e-5)
