"""Real rows against what LLaMA-Factory makes of them, with the tokenizer of the embedded model.

Ids agree wherever both follow one rule. Two differences are meant: we do not learn the line end that a template
puts after the end token (generation has stopped there), and we cut a row that is too long at its end.
"""

import json

import pytest

from ftkernel.data import prepare
from tests.reference import SHARED, smollm2_tokenizer
from tests.unit.data.rows_on_disk import recipe_for

ROWS = SHARED / "alpaca_en_demo.json"
SYSTEM = "You are a helpful AI assistant named SmolLM, trained by Hugging Face."

pytestmark = pytest.mark.skipif(
    not ROWS.is_file(), reason="the reference rows are not on this machine"
)


@pytest.fixture(scope="module")
def tokenizer():
    return smollm2_tokenizer()


def oracle(option):
    path = SHARED / "oracle" / f"sft__alpaca_en_demo__{option}.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()]


def without_line_end(labels):
    """The labels, without the line end after the end token."""
    return [
        -100 if index and labels[index - 1] == 2 else label for index, label in enumerate(labels)
    ]


@pytest.mark.parametrize(
    ("option", "keys"),
    [
        ("smollm2__default", {}),
        ("smollm2__mask_history", {"mask_history": True}),
        ("smollm2__train_on_prompt", {"train_on_prompt": True}),
    ],
)
def test_ids_and_labels_agree(tokenizer, option, keys):
    recipe = recipe_for(str(ROWS), max_samples=20, default_system=SYSTEM, **keys)
    ours = prepare(recipe, tokenizer, None).train
    theirs = oracle(option)
    assert [row.input_ids for row in ours] == [row["input_ids"] for row in theirs]
    expected = [row["labels"] for row in theirs]
    if "train_on_prompt" not in keys:
        expected = [without_line_end(labels) for labels in expected]
    assert [row.labels for row in ours] == expected


def test_ids_agree_without_a_system_prompt(tokenizer):
    recipe = recipe_for(str(ROWS), max_samples=20)
    own = tokenizer.chat_template
    tokenizer.chat_template = own.replace("messages[0]['role'] != 'system'", "false")
    try:
        ours = prepare(recipe, tokenizer, None).train
    finally:
        tokenizer.chat_template = own
    assert [row.input_ids for row in ours] == [
        row["input_ids"] for row in oracle("chatml__default")
    ]
