from dataclasses import replace

import pytest
import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM

from ftkernel.data.conversation import Conversation
from ftkernel.data.encode import Encoder
from ftkernel.errors import FtError
from ftkernel.inference import engine as engine_module
from ftkernel.inference.choice import chosen_model
from ftkernel.inference.engine import Engine
from ftkernel.inference.sampling import Sampling
from ftkernel.machine import read_machine
from tests.tiny import CHATML, tiny_model
from tests.unit.inference.making import QUESTION, Heard, recipe_for

GREEDY = Sampling(do_sample=False, max_new_tokens=10)
TURNS = [
    {"role": "user", "content": "Who are you?"},
    {"role": "assistant", "content": "I am <|im_end|> a model."},
    {"role": "user", "content": "你是谁？ 12 + 345"},
]


def greedy(model, prompt, count):
    ids = list(prompt)
    with torch.inference_mode():
        for _ in range(count):
            ids.append(int(model(torch.tensor([ids]), use_cache=False).logits[0, -1].argmax()))
    return tuple(ids[len(prompt) :])


@pytest.mark.parametrize("system", [None, "Be brief."])
def test_prompt_and_answer_are_the_tokens_of_training_up_to_the_end_token(engine, system):
    answer = "I am small, 我很小 🦊."
    turns = [*TURNS, {"role": "assistant", "content": answer}]
    if system:
        turns = [{"role": "system", "content": system}, *turns]
    [[row]] = Encoder(engine.tokenizer).encode_all([Conversation(tuple(turns))])
    trained = row.input_ids
    prompt = engine.prompt(TURNS, system)
    said = engine.tokenizer(answer, add_special_tokens=False)["input_ids"]
    end = len(prompt) + len(said)
    assert trained[:end] == prompt + said
    assert trained[end] in engine.ends


def test_the_tuned_side_answers_as_base_and_adapter_do(engine, tiny_model_folder, tiny_adapter):
    base = AutoModelForCausalLM.from_pretrained(tiny_model_folder, dtype=torch.float32)
    prompt = engine.prompt(QUESTION)
    expected = greedy(PeftModel.from_pretrained(base, tiny_adapter).eval(), prompt, 10)
    assert engine.answer(QUESTION, GREEDY).token_ids == expected


def test_the_base_side_answers_as_the_base_alone(engine, tiny_model_folder):
    base = AutoModelForCausalLM.from_pretrained(tiny_model_folder, dtype=torch.float32).eval()
    expected = greedy(base, engine.prompt(QUESTION), 10)
    assert engine.answer(QUESTION, GREEDY, "base").token_ids == expected
    assert engine.answer(QUESTION, GREEDY).token_ids != expected


def test_a_question_to_the_base_leaves_the_adapter_on_for_the_next(engine):
    first = engine.answer(QUESTION, GREEDY).text
    engine.answer(QUESTION, GREEDY, "base")
    assert engine.answer(QUESTION, GREEDY).text == first


def test_a_conversation_longer_than_the_model_takes_is_refused_with_numbers(engine):
    long = [{"role": "user", "content": "the fox " * 2100}]
    with pytest.raises(FtError) as caught:
        engine.answer(long, GREEDY)
    tokens = len(engine.prompt(long))
    assert caught.value.message("en") == (
        f"The conversation has {tokens:,} tokens, and the model takes at most 2,048, answer included."
    )


def test_an_answer_is_shortened_to_what_the_model_still_takes_and_this_is_said(tmp_path):
    folder = tiny_model(tmp_path / "short")
    config = folder / "config.json"
    config.write_text(config.read_text().replace('_embeddings": 2048', '_embeddings": 24'))
    engine = Engine(chosen_model(recipe_for(folder)))
    notes = []
    asked = replace(GREEDY, max_new_tokens=100)
    answer = engine.answer(
        QUESTION, asked, note=lambda code, **params: notes.append((code, params))
    )
    length = len(engine.prompt(QUESTION))
    assert answer.tokens <= 24 - length
    params = {"limit": 24, "tokens": length, "room": 24 - length, "wanted": 100}
    assert notes == [("inference.shortened", params)]


@pytest.mark.parametrize(
    ("messages", "found"),
    [
        ("hi", "str"),
        ([], "[]"),
        ([{"role": "robot", "content": "x"}], "{'role': 'robot', 'content': 'x'}"),
        (
            [{"role": "user", "content": "x"}, {"role": "assistant", "content": "y"}],
            "role assistant",
        ),
    ],
)
def test_what_is_no_conversation_is_refused(engine, messages, found):
    with pytest.raises(FtError) as caught:
        engine.answer(messages, GREEDY)
    assert caught.value.message("en") == (
        "A question needs a list of messages with role and content, the last one from the user; "
        f"{found} was given."
    )


def test_a_template_that_ends_turns_otherwise_than_eos_gives_both_ends(tmp_path):
    folder = tiny_model(tmp_path / "m", template=CHATML.replace("<|im_end|>", "<|endoftext|>"))
    engine = Engine(chosen_model(recipe_for(folder)))
    names = engine.tokenizer.convert_ids_to_tokens(engine.ends)
    assert sorted(names) == ["<|endoftext|>", "<|im_end|>"]


def test_a_model_that_was_tuned_whole_has_its_base_beside_it(tmp_path, tiny_model_folder):
    tuned = tiny_model(tmp_path / "tuned", seed=9)
    recipe = recipe_for(tiny_model_folder)
    choice = chosen_model(recipe, {"base": str(tiny_model_folder), "adapter": str(tuned)})
    engine = Engine(choice)
    prompt = engine.prompt(QUESTION)
    for side, folder in (("tuned", tuned), ("base", tiny_model_folder)):
        model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
        assert engine.answer(QUESTION, GREEDY, side).token_ids == greedy(model, prompt, 10)
    assert engine.has_two_sides


def test_two_models_that_do_not_fit_together_are_loaded_in_turn(
    tmp_path, tiny_model_folder, monkeypatch
):
    tuned = tiny_model(tmp_path / "tuned", seed=9)
    heard = Heard()
    asked = {"base": str(tiny_model_folder), "adapter": str(tuned)}
    engine = Engine(chosen_model(recipe_for(tiny_model_folder), asked), report=heard)
    drawn = Sampling(max_new_tokens=10, top_p=1.0, top_k=0)
    both = engine.answer(QUESTION, drawn).text

    def little_while_loaded():
        return replace(read_machine(), memory_available=10 if engine._models else 10**12)

    monkeypatch.setattr(engine_module, "read_machine", little_while_loaded)
    base = engine.answer(QUESTION, drawn, "base").text
    assert "inference.swapped" in heard.codes
    assert len(engine._models) == 1
    assert engine.answer(QUESTION, drawn).text == both != base


def test_a_model_that_does_not_fit_is_refused_with_numbers(tiny_model_folder, monkeypatch):
    machine = replace(read_machine(), memory_available=0)
    monkeypatch.setattr(engine_module, "read_machine", lambda: machine)
    with pytest.raises(FtError) as caught:
        Engine(chosen_model(recipe_for(tiny_model_folder)))
    assert caught.value.message("en") == (
        "The model needs about 0.0 GB of memory, and 0.0 GB are available."
    )


def test_a_folder_without_anything_learnt_is_refused(tmp_path, tiny_model_folder):
    with pytest.raises(FtError) as caught:
        chosen_model(
            recipe_for(tiny_model_folder),
            {"base": str(tiny_model_folder), "adapter": str(tmp_path)},
        )
    assert caught.value.lines("en") == [
        f"There is nothing tuned to talk to yet: {tmp_path} holds neither an adapter nor a model.",
        "  Wait for the first checkpoint, or ask the base model with --base.",
    ]


@pytest.mark.model135m
def test_the_embedded_model_knows_the_capital_of_france():
    engine = Engine(chosen_model(recipe_for("smollm2-135m")))
    question = [{"role": "user", "content": "What is the capital of France?"}]
    answer = engine.answer(question, replace(GREEDY, max_new_tokens=24))
    assert "Paris" in answer.text
    assert answer.finish == "stop"
