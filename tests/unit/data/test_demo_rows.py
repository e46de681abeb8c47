"""The rows the project ships: enough of them, short, none of them twice."""

from importlib import resources

import pytest

from ftkernel.data import prepare
from ftkernel.data.sources import read_rows
from tests.tiny import tiny_tokenizer
from tests.unit.data.rows_on_disk import recipe_for


def pairs(key):
    recipe = recipe_for("demo", eval_dataset="demo")
    return [
        tuple(turn["content"] for turn in row.data["messages"])
        for row in read_rows(recipe, None, key)
    ]


def is_chinese(text):
    return any("\u4e00" <= character <= "\u9fff" for character in text)


@pytest.mark.parametrize(
    ("key", "english", "chinese"), [("dataset", 120, 60), ("eval_dataset", 24, 12)]
)
def test_there_are_enough_rows_in_both_languages(key, english, chinese):
    answers = [answer for _, answer in pairs(key)]
    assert sum(not is_chinese(answer) for answer in answers) >= english
    assert sum(is_chinese(answer) for answer in answers) >= chinese


def test_no_question_stands_there_twice():
    questions = [question.lower() for question, _ in pairs("dataset") + pairs("eval_dataset")]
    assert len(set(questions)) == len(questions)


def test_every_answer_has_the_manner_that_is_taught():
    for _, answer in pairs("dataset") + pairs("eval_dataset"):
        if is_chinese(answer):
            assert answer.endswith("。")
            assert len(answer) <= 10
        else:
            assert answer.endswith(".")
            assert len(answer.split()) <= 3


def test_demo_as_eval_dataset_is_the_held_out_part():
    out = prepare(recipe_for("demo", eval_dataset="demo"), tiny_tokenizer(), None)
    assert (out.report.train_rows, out.report.eval_rows, out.report.refused) == (
        len(pairs("dataset")), 36, 0,
    )  # fmt: skip


def test_the_rows_are_part_of_the_package():
    files = {item.name for item in (resources.files("ftkernel.data") / "demo").iterdir()}
    assert {"train.jsonl", "heldout.jsonl"} <= files
