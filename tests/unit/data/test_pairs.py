"""Pairs, several answers with scores, verdicts, and prompts alone, in the forms that people have."""

import pytest

from ftkernel.data.content import Completion, Conversation, Feedback, Preference, Prompt, Text
from ftkernel.data.conversation import ReadOptions
from ftkernel.data.fit import fit
from ftkernel.data.rows import RowFault
from tests.unit.data.reading import ANSWER, USER, read, said

TWO = ANSWER | {"content": "Two."}
MORE = {"role": "user", "content": "More?"}
HUMAN, GPT = {"from": "human", "value": "Hi"}, {"from": "gpt", "value": "One."}
PAIR = Preference((USER,), (ANSWER,), (TWO,))
SYSTEM = {"role": "system", "content": "s"}


@pytest.mark.parametrize(
    "row",
    [
        {"instruction": "Hi", "chosen": "One.", "rejected": "Two."},
        {"question": "Hi", "chosen": "One.", "rejected": [TWO]},
        {"conversations": [HUMAN], "chosen": GPT, "rejected": GPT | {"value": "Two."}},
        {"messages": [USER], "chosen": ANSWER, "rejected": "Two."},
        {"prompt": [USER], "chosen": [ANSWER], "rejected": [TWO]},
        {"prompt": "Hi", "chosen": [ANSWER], "rejected": [TWO]},
        {"prompt": [USER], "chosen": [USER, ANSWER], "rejected": [USER, TWO]},
        {"chosen": [USER, ANSWER], "rejected": [USER, TWO]},
        {"prompt": "Hi", "prompt_id": "x", "messages": [USER, ANSWER], "chosen": [USER, ANSWER],
         "rejected": [USER, TWO], "score_chosen": 8.0, "score_rejected": 2.0},
        {"instruction": "Hi", "completions": [{"response": "Two.", "overall_score": 3.5},
                                              {"response": "Three.", "overall_score": 7},
                                              {"response": "One.", "overall_score": 8}]},
        {"instruction": "Hi", "answers": [{"answer": "One.", "rank": 1}, {"answer": "Two.", "rank": 3},
                                          {"answer": "Three.", "rank": 2}]},
        {"instruction": "Hi", "generations": ["Two.", "One."], "rating": [1, "5"]},
        {"input": {"messages": [USER]}, "preferred_output": [ANSWER], "non_preferred_output": [TWO]},
        {"prompt": [USER], "responses": [[TWO], [ANSWER]], "scores": [1, 5]},
    ],
)  # fmt: skip
def test_a_pair_is_the_same_in_every_form(row):
    assert read(row) == PAIR


def test_plain_pairs_stay_plain():
    assert read({"prompt": "a ", "chosen": "b", "rejected": "c"}) == Preference("a ", "b", "c")


def test_a_common_beginning_becomes_the_prompt():
    before = [SYSTEM, USER, ANSWER, MORE]
    content = read({"chosen": [*before, ANSWER], "rejected": [*before, TWO, MORE]})
    assert (said(content.prompt), said(content.chosen), said(content.rejected)) == (
        said(before), said([ANSWER]), said([TWO]),
    )  # fmt: skip
    assert [aside.code for aside in content.asides] == ["data.prompt_found", "data.after_answer"]


@pytest.mark.parametrize(
    ("chosen", "rejected", "parts"),
    [
        ("The sky is blue.", "The sky is black.", ("The sky is", " blue.", " black.")),
        ("Yes.", "No.", ("", "Yes.", "No.")),
        ("one two", "one", ("", "one two", "one")),
        ("\n\nHuman: Hi\n\nAssistant: I am well", "\n\nHuman: Hi\n\nAssistant: I am ill",
         ("\n\nHuman: Hi\n\nAssistant:", " I am well", " I am ill")),
    ],
)  # fmt: skip
def test_plain_texts_that_stand_alone_are_parted_in_whole_words(chosen, rejected, parts):
    assert read({"chosen": chosen, "rejected": rejected}) == Preference(*parts)


def test_pairs_carry_system_prompt_tools_and_default_system():
    row = {
        "conversations": [HUMAN],
        "chosen": GPT,
        "rejected": GPT | {"value": "2"},
        "tools": '[{"name": "add"}]',
    }
    content = read(row, options=ReadOptions(default_system="s"))
    assert said(content.prompt) == [("system", "s"), ("user", "Hi")]
    assert content.tools[0]["function"]["name"] == "add"
    assert said(read(row | {"system": "own"}).prompt)[0] == ("system", "own")


@pytest.mark.parametrize(
    "row",
    [
        {"messages": [USER, ANSWER], "label": True},
        {"conversations": [HUMAN, GPT], "kto_tag": True},
        {"instruction": "Hi", "output": "One.", "kto_tag": "true"},
        {"prompt": [USER], "completion": [ANSWER], "label": True},
        {"prompt": "Hi", "completion": [ANSWER], "label": True},
        {"completion": [USER, ANSWER], "label": True},
    ],
)
def test_a_verdict_is_the_same_in_every_form(row):
    assert read(row) == Feedback((USER,), (ANSWER,), desirable=True)


def test_plain_verdicts_stay_plain():
    content = read({"prompt": "a", "completion": "b", "label": False})
    assert content == Feedback("a", "b", desirable=False)


def test_only_the_last_answer_is_judged():
    content = read({"messages": [SYSTEM, USER, TWO, MORE, ANSWER], "label": False})
    assert said(content.prompt) == said([SYSTEM, USER, TWO, MORE])
    assert said(content.completion) == said([ANSWER])


def test_prompts_hand_on_every_further_column():
    row = {"prompt": [USER], "truth": "4", "tests": ["a"], "level": 3}
    content = read(row)
    assert said(content.prompt) == [("user", "Hi")]
    assert content.extra == {"truth": "4", "tests": ["a"], "level": 3}
    assert read({"prompt": "Hi", "truth": 1}).prompt == "Hi"
    assert read({"problem": "Hi", "tests": ["b"]}, stage="grpo").prompt == (USER,)


def test_a_stage_that_answers_itself_takes_the_prompt_and_all_other_columns():
    row = {"question": "Hi", "answer": "One.", "level": 3}
    content = read(row, options=ReadOptions(stage="grpo"), stage="grpo")
    assert content == Prompt((USER,), "One.", {"answer": "One.", "level": 3})


def test_a_stage_that_answers_itself_needs_no_answer():
    options = ReadOptions(stage="grpo")
    asked = {"messages": [USER], "reference": "4"}
    assert read(asked, options=options, stage="grpo") == Prompt((USER,), "", {"reference": "4"})
    empty = {"instruction": "Hi", "output": ""}
    assert read(empty, options=options, stage="ppo") == Prompt((USER,), "", {"output": ""})
    plain = {"prompt": "a", "completion": "b"}
    user = {"role": "user", "content": "a"}
    assert read(plain, options=options, stage="ppo") == Prompt((user,), "b", {"completion": "b"})
    turns = {"prompt": [USER], "completion": [ANSWER]}
    assert read(turns, options=options, stage="ppo").answer == "One."


@pytest.mark.parametrize("stage", ["grpo", "ppo"])
def test_a_prompt_is_a_users_turn_whatever_the_further_columns_are_called(stage):
    options = ReadOptions(stage=stage)
    for extra in (
        {},
        {"solution": "5"},
        {"answer": "5", "response": "6"},
        {"ground_truth": "5"},
        {"input": "5", "context": "c"},
        {"text": "5"},
        {"chosen": "5", "rejected": "6"},
        {"label": True},
    ):
        for prompt in ("Hi", [USER]):
            content = read({"prompt": prompt, **extra}, options=options, stage=stage)
            assert (said(content.prompt), content.extra) == ([("user", "Hi")], extra)
    with_system = read({"prompt": "Hi", "system": "Be."}, options=options, stage=stage)
    assert said(with_system.prompt) == [("system", "Be."), ("user", "Hi")]
    assert with_system.extra == {}


def test_prompts_as_text_and_as_turns_stand_in_one_file():
    options = ReadOptions(stage="grpo")
    rows = [{"prompt": "Hi", "solution": "5"}, {"prompt": [SYSTEM, USER], "solution": "5"}]
    for first in rows:
        asked = [read(row, first, options=options, stage="grpo").prompt for row in rows]
        assert list(map(said, asked)) == [said([USER]), said([SYSTEM, USER])]


def test_prompts_to_measure_on_stay_as_those_that_are_learned():
    asked = {"stage": "ppo", "as_learned": True}
    row = {"prompt": "a", "completion": "b"}
    content = read(row, options=ReadOptions(**asked), **asked)
    assert (content.prompt, content.answer) == ("a", "b")


def test_what_columns_say_of_a_prompt_holds_for_a_stage_that_answers_itself():
    row = {"prompt": "Hi", "solution": "5", "input": "there"}
    columns = {"prompt": "prompt", "query": "input", "response": "solution"}
    options = ReadOptions(stage="ppo")
    content = read(row, options=options, stage="ppo", columns=columns)
    assert (said(content.prompt), content.answer) == ([("user", "Hi\nthere")], "5")


def test_tools_of_openais_pairs_are_read():
    row = {
        "input": {"messages": [USER], "tools": [{"name": "add"}], "parallel_tool_calls": True},
        "preferred_output": [ANSWER],
        "non_preferred_output": [TWO],
    }
    assert read(row).tools[0]["function"]["name"] == "add"


def test_numbers_are_their_digits_in_pairs():
    content = read({"instruction": "2+2", "chosen": 4, "rejected": 5})
    assert (said(content.chosen), said(content.rejected)) == (
        [("assistant", "4")], [("assistant", "5")],
    )  # fmt: skip


def test_stages_take_what_they_learn_from():
    chat = Conversation((USER, ANSWER | {"weight": 0}, MORE, ANSWER), 0)
    assert fit(chat, "sft") is chat
    asked = fit(chat, "ppo")
    assert (asked.prompt, asked.answer) == ((USER, ANSWER, MORE), "One.")
    assert fit(Completion("a", "b"), "grpo") == Prompt("a", "b")
    assert fit(PAIR, "dpo") is fit(PAIR, "rm") is PAIR
    assert fit(PAIR, "ppo") == Prompt((USER,))
    assert fit(Text("a"), "pt") == fit(Prompt("a"), "pt") == Text("a")
    assert fit(Prompt((USER,)), "pt") == Text("Hi")
    verdict = Feedback("a", "b", desirable=True)
    assert fit(verdict, "kto") is verdict


@pytest.mark.parametrize(
    ("content", "stage"),
    [(PAIR, "sft"), (Text("a"), "dpo"), (Conversation((USER, ANSWER)), "pt"), (Text("a"), "grpo"),
     (Prompt("a"), "sft"), (PAIR, "kto"), (Prompt((USER, ANSWER, MORE)), "pt")],
)  # fmt: skip
def test_a_stage_refuses_a_row_it_cannot_learn_from(content, stage):
    with pytest.raises(RowFault) as caught:
        fit(content, stage)
    assert caught.value.message("en").startswith(
        f"`stage: {stage}` cannot learn from a row that is a"
    )


def test_an_answer_that_nothing_asked_for_is_no_prompt():
    with pytest.raises(RowFault) as caught:
        fit(Conversation((ANSWER,)), "ppo")
    assert caught.value.code == "data.no_question"
