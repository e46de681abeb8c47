"""Attention by blocks is torch's attention: outputs and gradients, with every mask it may get."""

import copy

import pytest
import torch
from torch.nn import functional
from transformers import LlamaConfig, LlamaForCausalLM

from ftkernel.models.cpu_attention import NAME, attend, use_blocks


class _Layer(torch.nn.Module):
    is_causal = True
    num_key_value_groups = 3


def _inputs(length, dtype=torch.float32, heads=6, key_heads=2, batch=3):
    torch.manual_seed(0)
    shapes = [
        (batch, heads, length, 8),
        (batch, key_heads, length, 8),
        (batch, key_heads, length, 8),
    ]
    return [torch.randn(shape, dtype=dtype, requires_grad=True) for shape in shapes]


def _plain(query, key, value, mask):
    group = query.shape[1] // key.shape[1]
    wide = [tensor.repeat_interleave(group, 1) for tensor in (key, value)]
    out = functional.scaled_dot_product_attention(
        query, *wide, attn_mask=mask, is_causal=mask is None
    )
    return out.transpose(1, 2)


def _causal(length):
    return torch.ones(1, 1, length, length, dtype=torch.bool).tril()


def _masks(length):
    padded = torch.ones(3, 1, 1, length, dtype=torch.bool)
    padded[0, ..., length // 2 :] = False
    window = _causal(length) & ~_causal(length).tril(-5)
    ahead = _causal(length).clone()
    ahead[..., :10, : length // 2] = True  # a prefix that is read in both directions
    return {
        "none": None,
        "padding": _causal(length) & padded,
        "window": window,
        "ahead": ahead,
        "both ways": torch.ones(1, 1, length, length, dtype=torch.bool),
    }


@pytest.mark.parametrize("name", ["none", "padding", "window", "ahead", "both ways"])
@pytest.mark.parametrize("length", [2, 64, 65, 150])
def test_outputs_and_gradients_are_those_of_torch(name, length):
    mask = _masks(length)[name]
    ours, plain = _inputs(length), _inputs(length)
    found, _ = attend(_Layer(), *ours, mask)
    expected = _plain(*plain, mask)
    torch.testing.assert_close(found, expected, atol=1e-5, rtol=1e-5)
    given = torch.randn_like(expected)
    found.backward(given)
    expected.backward(given)
    for mine, theirs in zip(ours, plain, strict=True):
        torch.testing.assert_close(mine.grad, theirs.grad, atol=1e-5, rtol=1e-5)


def test_long_rows_compute_their_probabilities_again_and_get_the_same_gradients(monkeypatch):
    monkeypatch.setattr("ftkernel.models.cpu_attention._KEPT_BYTES", 0)
    again, kept = _inputs(100), _inputs(100)
    attend(_Layer(), *again, None)[0].sum().backward()
    monkeypatch.undo()
    attend(_Layer(), *kept, None)[0].sum().backward()
    for mine, theirs in zip(again, kept, strict=True):
        assert torch.equal(mine.grad, theirs.grad)


def test_a_query_that_sees_nothing_learns_nothing_and_is_not_nan():
    mask = _causal(70).clone()
    mask[..., :3, :] = False
    query, key, value = _inputs(70)
    found, _ = attend(_Layer(), query, key, value, mask)
    found[:, 3:].sum().backward()
    assert found.isfinite().all()
    assert query.grad.isfinite().all()
    assert not query.grad[:, :, :3].any()


def test_under_autocast_it_computes_in_bfloat16_like_torch():
    ours, plain = _inputs(90), _inputs(90)
    with torch.autocast("cpu", torch.bfloat16):
        found, _ = attend(_Layer(), *ours, None)
        expected = _plain(*(tensor.to(torch.bfloat16) for tensor in plain), None)
    assert found.dtype == torch.bfloat16
    torch.testing.assert_close(found, expected, atol=3e-2, rtol=3e-2)
    found.float().sum().backward()
    assert ours[0].grad.dtype == torch.float32


def _model():
    torch.manual_seed(1)
    config = LlamaConfig(
        vocab_size=64, hidden_size=48, intermediate_size=64, num_hidden_layers=2,
        num_attention_heads=6, num_key_value_heads=2, max_position_embeddings=256,
    )  # fmt: skip
    return LlamaForCausalLM(config)


def test_a_model_gives_the_same_logits_and_gradients_and_answers_with_its_cache():
    plain = _model()
    ours = copy.deepcopy(plain)
    assert use_blocks(ours)
    assert ours.config._attn_implementation == NAME
    ids = torch.randint(0, 64, (2, 140), generator=torch.Generator().manual_seed(2))
    mask = torch.ones_like(ids)
    mask[1, 90:] = 0
    results = [model(input_ids=ids, attention_mask=mask, labels=ids) for model in (ours, plain)]
    torch.testing.assert_close(results[0].logits, results[1].logits, atol=1e-5, rtol=1e-5)
    for result in results:
        result.loss.backward()
    for mine, theirs in zip(ours.parameters(), plain.parameters(), strict=True):
        torch.testing.assert_close(mine.grad, theirs.grad, atol=1e-5, rtol=1e-5)
    # One position a time goes to torch's kernel, through the cache.
    texts = [
        model.generate(ids[:1, :20], max_new_tokens=8, do_sample=False, pad_token_id=0)
        for model in (ours, plain)
    ]
    assert torch.equal(*texts)
    assert "attn_implementation" not in ours.config.to_dict()


def test_a_model_whose_attention_was_chosen_is_left_as_it_is():
    model = _model()
    model.set_attn_implementation("eager")
    assert not use_blocks(model)
    assert model.config._attn_implementation == "eager"
