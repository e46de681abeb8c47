"""Our own way of decoding gives the tokens that the library's ``generate`` gives."""

import pytest
import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM

from ftkernel.inference import generate as room
from ftkernel.inference.decoding import is_plain
from ftkernel.inference.generate import generate
from ftkernel.inference.lean import lean_adapters
from ftkernel.inference.packed import can_pack, pack
from ftkernel.inference.sampling import Sampling
from ftkernel.models.adapters import load_adapter
from tests.tiny import tiny_model
from tests.unit.inference.making import PROMPT, make_adapter


@pytest.fixture
def both(tokenizer, monkeypatch):
    """Ask a model our way and the library's; the tokens of each."""

    def both(model, sampling, ends=(2,)):
        def tokens():
            return generate(model, tokenizer, PROMPT, sampling, ends=ends, pad=3).token_ids

        ours = tokens()
        monkeypatch.setattr(room, "is_plain", lambda _: False)
        theirs = tokens()
        monkeypatch.undo()
        return ours, theirs

    return both


@pytest.mark.parametrize(
    "settings",
    [
        {"do_sample": False},
        {"do_sample": False, "repetition_penalty": 1.3},
        {},
        {"top_p": 1.0, "top_k": 0},
        {"top_p": 0.6, "top_k": 0, "temperature": 2.0},
        {"top_p": 1.0, "top_k": 5},
        {"top_p": 0.9, "top_k": 20, "temperature": 1.7, "repetition_penalty": 1.2},
        {"top_p": 0.01, "top_k": 50_000, "temperature": 0.1},
        {"top_p": 0.95, "top_k": 1},
    ],
)
def test_the_tokens_are_those_of_generate(both, model, settings):
    assert is_plain(model)
    for seed in range(5):
        ours, theirs = both(model, Sampling(max_new_tokens=24, seed=seed, **settings))
        assert ours == theirs
        assert ours


def test_an_end_token_ends_both_alike(both, model):
    sampling = Sampling(max_new_tokens=40, top_p=1.0, top_k=0)
    end = both(model, sampling)[0][7]
    ours, theirs = both(model, sampling, ends=(2, end))
    assert ours == theirs
    assert ours[-1] == end


def test_an_adapter_and_its_base_answer_as_with_generate(both, folder, tmp_path):
    base = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    tuned = PeftModel.from_pretrained(base, make_adapter(folder, tmp_path / "adapter")).eval()
    sampling = Sampling(max_new_tokens=16, do_sample=False)
    ours, theirs = both(tuned, sampling)
    assert ours == theirs
    with tuned.disable_adapter():
        off, off_theirs = both(tuned, sampling)
    assert off == off_theirs != ours


def test_a_model_with_inputs_of_its_own_is_left_to_the_library(model):
    class Odd(type(model)):
        def prepare_inputs_for_generation(self, *args, **kwargs):
            return super().prepare_inputs_for_generation(*args, **kwargs)

    odd = Odd(model.config)
    assert is_plain(model)
    assert not is_plain(odd)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_the_short_way_of_an_adapter_gives_what_peft_gives(folder, tmp_path, dtype):
    adapter = make_adapter(folder, tmp_path / "adapter")
    base = AutoModelForCausalLM.from_pretrained(folder, dtype=dtype)
    model = PeftModel.from_pretrained(base, adapter).eval()
    exact = PeftModel.from_pretrained(
        AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32), adapter
    ).eval()
    ids = torch.tensor([PROMPT])
    with torch.inference_mode():
        wanted = exact(ids).logits
        before = model(ids).logits
        with model.disable_adapter():
            off = model(ids).logits
        assert lean_adapters(model) == 2 * 7
        after = model(ids).logits
        with model.disable_adapter():
            assert torch.equal(model(ids).logits, off)
        assert torch.equal(model(ids).logits, after)
    if dtype == torch.float32:
        assert torch.equal(after, before)
    far = (before.float() - wanted).abs().mean()
    assert (after.float() - wanted).abs().mean() <= 1.5 * far
    assert not torch.equal(after, off)


@pytest.mark.skipif(not can_pack(), reason="this processor has no bfloat16 instructions")
def test_packed_weights_make_the_same_products(tmp_path):
    large = tiny_model(tmp_path / "large", hidden=256, tied=False, seed=4)
    base = AutoModelForCausalLM.from_pretrained(large, dtype=torch.bfloat16)
    model = load_adapter(base, make_adapter(large, tmp_path / "adapter")).eval()
    ids = torch.tensor([PROMPT])
    with torch.inference_mode():
        before = model(ids).logits.float()
        assert pack(model) == 2 * 5 + 1  # all but keys and values, which are small here
        after = model(ids).logits.float()
        one = model(ids[:, :1]).logits.float()
    assert torch.allclose(before, after, atol=0.02 * before.abs().max())
    assert torch.allclose(one[0, 0], before[0, 0], atol=0.02 * before.abs().max())
    assert pack(model) == 0


@pytest.mark.skipif(not can_pack(), reason="this processor has no bfloat16 instructions")
def test_layers_whose_adapter_reads_their_weights_are_not_packed(tmp_path):
    large = tiny_model(tmp_path / "large", hidden=256, tied=False, seed=4)
    base = AutoModelForCausalLM.from_pretrained(large, dtype=torch.bfloat16)
    adapter = make_adapter(large, tmp_path / "adapter", use_dora=True)
    model = load_adapter(base, adapter).eval()
    assert lean_adapters(model) == 0
    assert pack(model) == 1  # the head has no adapter
    with torch.inference_mode():
        assert model(torch.tensor([PROMPT])).logits.isfinite().all()


def test_small_layers_and_other_types_are_left_as_they_are(model):
    assert pack(model) == 0
