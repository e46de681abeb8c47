import math

import pytest
import torch
from torch.nn import functional
from transformers import AutoModelForCausalLM

from ftkernel.errors import FtError
from ftkernel.export.arithmetic import widened_products
from ftkernel.export.proof import (
    Comparison,
    Prompt,
    bound_for,
    compare,
    divergences,
    fit_prompts,
    logits_of,
)


def test_the_divergence_of_two_coins_is_what_a_pencil_gives():
    p = torch.tensor([[0.5, 0.5]]).log()
    q = torch.tensor([[0.25, 0.75]]).log()
    by_hand = 0.5 * math.log(0.5 / 0.25) + 0.5 * math.log(0.5 / 0.75)
    assert divergences(p, q).item() == pytest.approx(by_hand, rel=1e-6)
    other_way = 0.25 * math.log(0.25 / 0.5) + 0.75 * math.log(0.75 / 0.5)
    assert divergences(q, p).item() == pytest.approx(other_way, rel=1e-6)


def test_the_mean_over_positions_is_torchs_own_kl_div():
    torch.manual_seed(0)
    p = [torch.randn(50, 300), torch.randn(7, 300)]
    q = [logits + 0.1 * torch.randn_like(logits) for logits in p]
    expected = functional.kl_div(
        torch.cat(q).double().log_softmax(-1),
        torch.cat(p).double().log_softmax(-1),
        log_target=True,
        reduction="batchmean",
    )
    found = compare(p, q)
    assert found.kl == pytest.approx(expected.item(), rel=1e-12)
    assert found.largest_logit_difference == pytest.approx(
        float((torch.cat(p) - torch.cat(q)).abs().max())
    )
    agreement = (torch.cat(p).argmax(-1) == torch.cat(q).argmax(-1)).double().mean()
    assert found.token_agreement == pytest.approx(agreement.item())
    assert (found.prompts, found.tokens) == (2, 57)


def test_a_model_does_not_diverge_from_itself():
    logits = [torch.randn(40, 100)]
    assert compare(logits, logits) == Comparison(0.0, 0.0, 1.0, 1, 40)


def test_a_shift_of_all_logits_changes_no_distribution():
    logits = [torch.randn(40, 100)]
    assert compare(logits, [logits[0] + 3]).kl < 1e-12


@pytest.mark.parametrize("broken", [float("nan"), float("inf")])
def test_logits_that_are_no_numbers_prove_nothing(broken):
    logits = [torch.zeros(2, 4)]
    other = [torch.tensor([[0, 0, 0, broken], [0, 0, 0, 0]])]
    with pytest.raises(FtError) as caught:
        compare(logits, other)
    assert caught.value.message("en") == (
        "The model answers with numbers that are none (NaN or infinite), so the merge can not be "
        "proven. Nothing is left at the target."
    )


def test_another_vocabulary_is_named():
    with pytest.raises(FtError) as caught:
        compare([torch.zeros(2, 4000)], [torch.zeros(2, 4001)])
    assert caught.value.message("en") == (
        "The merged model has 4,001 logits a token where base and adapter have 4,000. Nothing is "
        "left at the target."
    )


def test_the_bounds_are_those_that_were_promised():
    assert bound_for(None) == 1e-6
    assert bound_for(Comparison(3e-4, 0.1, 0.99, 3, 100)) == pytest.approx(6e-4)


def test_prompts_are_cut_so_that_their_logits_stay_small_in_memory():
    rows = [list(range(number, number + 1000)) for number in range(100)]

    def counted(*about):
        return sum(len(prompt.tokens) - prompt.first for prompt in fit_prompts(rows, *about))

    assert counted(1000) == 768
    assert counted(256_000) == 256 * 1024**2 // (4 * 256_000)
    assert max(len(prompt.tokens) for prompt in fit_prompts(rows, 1000, 64)) == 64
    assert fit_prompts([[], [1, 2]], 1000) == [Prompt((1, 2))]


def test_what_prompts_have_in_common_counts_once():
    rows = [[1, 2, 3, 4], [1, 2, 9], [1, 2, 9, 8], [1, 2, 3, 4], [1, 2, 3]]
    assert fit_prompts(rows, 1000) == [
        Prompt((1, 2, 3, 4)),
        Prompt((1, 2, 9), 2),
        Prompt((1, 2, 9, 8), 3),
    ]


def test_the_logits_are_those_of_the_positions_that_count(tiny_model_folder):
    model = AutoModelForCausalLM.from_pretrained(tiny_model_folder, dtype=torch.float32)
    tokens = tuple(range(10, 40))
    with torch.inference_mode():
        expected = model(torch.tensor([tokens])).logits[0]
    whole, end = logits_of(model, [Prompt(tokens), Prompt(tokens, 25)])
    assert torch.allclose(whole, expected, atol=1e-5)
    assert torch.allclose(end, expected[25:], atol=1e-5)
    assert end.shape == (5, expected.shape[1])


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_widened_products_are_those_of_the_half_type_up_to_one_rounding(dtype):
    torch.manual_seed(0)
    rows, weight = torch.randn(20, 96).to(dtype), torch.randn(64, 96).to(dtype)
    exact = rows.double() @ weight.double().T
    with widened_products():
        wide = functional.linear(rows, weight)
        product = rows @ weight.T
    assert wide.dtype == product.dtype == dtype
    assert torch.equal(wide, product)
    # Rounded once: nowhere further from the exact sum than half a unit of the type's last place.
    unit = torch.finfo(dtype).eps / 2
    assert bool(((wide.double() - exact).abs() <= exact.abs() * unit * 1.01 + 1e-4).all())
    native = functional.linear(rows, weight)
    assert (wide - native).abs().max() <= 2 * unit * 2 * exact.abs().max()


def test_products_in_float32_are_left_alone():
    rows, weight = torch.randn(4, 8), torch.randn(3, 8)
    with widened_products():
        inside = functional.linear(rows, weight)
    assert torch.equal(inside, functional.linear(rows, weight))
