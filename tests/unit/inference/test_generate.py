import pytest
import torch

from ftkernel.inference.generate import generate
from ftkernel.inference.sampling import Sampling
from tests.unit.inference.making import PROMPT

GREEDY = Sampling(do_sample=False, max_new_tokens=12)


@pytest.fixture
def ask(model, tokenizer):
    def ask(sampling, **how):
        return generate(model, tokenizer, PROMPT, sampling, **{"ends": [2], "pad": 3, **how})

    return ask


def test_the_same_prompt_settings_and_seed_give_the_same_text(ask):
    sampling = Sampling(max_new_tokens=20, top_p=1.0, top_k=0, seed=5)
    first = ask(sampling)
    torch.rand(3)
    assert ask(sampling).token_ids == first.token_ids
    assert ask(Sampling(max_new_tokens=20, top_p=1.0, top_k=0, seed=6)).token_ids != first.token_ids


def test_sampling_leaves_the_random_state_of_the_process_as_it_was(ask):
    torch.manual_seed(0)
    expected = torch.rand(4)
    torch.manual_seed(0)
    ask(Sampling(max_new_tokens=5))
    assert torch.equal(torch.rand(4), expected)


def test_greedy_takes_the_likeliest_token_each_time(ask, model):
    ids = list(PROMPT)
    with torch.inference_mode():
        for _ in range(GREEDY.max_new_tokens):
            ids.append(int(model(torch.tensor([ids]), use_cache=False).logits[0, -1].argmax()))
    assert list(ask(GREEDY).token_ids) == ids[len(PROMPT) :]


def test_an_end_token_ends_the_answer_and_is_not_shown(ask, tokenizer):
    tokens = ask(GREEDY).token_ids
    end = next(token for token in tokens[2:] if token not in tokens[:2])
    at = tokens.index(end)
    answer = ask(GREEDY, ends=[2, end])
    assert answer.finish == "stop"
    assert answer.token_ids == tokens[: at + 1]
    assert answer.text == tokenizer.decode(tokens[:at]).rstrip("�")


def test_a_cancellation_ends_it_within_one_token(ask):
    said = []
    answer = ask(GREEDY, on_piece=said.append, cancelled=lambda: len(said) >= 2)
    assert answer.finish == "cancelled"
    assert len(said) == 2
    assert answer.text == "".join(said)
    assert answer.tokens < GREEDY.max_new_tokens


def test_an_answer_that_is_cut_off_says_so_and_counts_its_tokens(ask):
    answer = ask(GREEDY)
    assert (answer.finish, answer.tokens, answer.prompt_tokens) == ("length", 12, len(PROMPT))
    assert answer.tokens_per_second == pytest.approx(12 / answer.seconds)


def test_a_stop_string_ends_it(ask):
    whole = ask(GREEDY).text
    stop = whole[2:4]
    answer = ask(Sampling(do_sample=False, max_new_tokens=12, stop=(stop,)))
    assert answer.finish == "stop"
    assert answer.text == whole[: whole.index(stop)]


def test_repetition_penalty_changes_what_is_said(ask):
    penalty = Sampling(do_sample=False, max_new_tokens=12, repetition_penalty=5.0)
    tokens = ask(penalty).token_ids
    assert tokens != ask(GREEDY).token_ids
    assert len(set(tokens)) == len(tokens)
