"""Formats by name give the tokens that LLaMA-Factory gives, with the tokenizer of the embedded model.

Labels differ in one thing that is meant: what a format puts after the end token is not learned.
"""

import json

import pytest

from ftkernel.data.content import Conversation
from ftkernel.data.encode import Encoder
from ftkernel.data.encoded import IGNORED, Options
from tests.reference import SHARED, smollm2_tokenizer

END = 2

pytestmark = pytest.mark.skipif(
    not SHARED.is_dir(), reason="the reference rows are not on this machine"
)


@pytest.fixture(scope="module")
def tokenizer():
    return smollm2_tokenizer()


def rows(file):
    return json.loads((SHARED / file).read_text("utf-8"))


def oracle(table):
    lines = (SHARED / "oracle" / f"sft__{table}__default.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def question(row):
    asked = "\n".join(part for part in (row["instruction"], row["input"]) if part)
    return Conversation(
        ({"role": "user", "content": asked}, {"role": "assistant", "content": row["output"]})
    )


def called(row):
    names = {"human": "user", "gpt": "assistant", "observation": "tool"}
    messages = []
    for turn in row["conversations"]:
        if turn["from"] == "function_call":
            function = json.loads(turn["value"])
            call = {"type": "function", "function": function}
            messages.append({"role": "assistant", "content": "", "tool_calls": [call]})
        else:
            messages.append({"role": names[turn["from"]], "content": turn["value"]})
    return Conversation(tuple(messages), tools=tuple(json.loads(row["tools"])))


def up_to_the_end(labels):
    """Labels without those after an end token, up to the next answer."""
    out, over = [], False
    for label in labels:
        over = label != IGNORED and over
        out.append(IGNORED if over else label)
        over = over or label == END
    return out


@pytest.mark.parametrize("name", ["default", "alpaca", "chatml", "smollm2"])
def test_questions_and_answers(tokenizer, name):
    encoder = Encoder(tokenizer, Options(template=name))
    expected = oracle(f"alpaca_en_demo__{name}")
    assert len(expected) == 20
    for row, theirs in zip(rows("alpaca_en_demo.json"), expected, strict=False):
        [[ours]] = encoder.encode_all([question(row)])
        assert ours.input_ids == theirs["input_ids"]
        assert ours.labels == up_to_the_end(theirs["labels"])


def test_tools_and_calls(tokenizer):
    encoder = Encoder(tokenizer, Options(template="smollm2"))
    expected = oracle("glaive_toolcall_en_demo__smollm2")
    assert len(expected) == 20
    for row, theirs in zip(rows("glaive_toolcall_en_demo.json"), expected, strict=False):
        [[ours]] = encoder.encode_all([called(row)])
        assert ours.input_ids == theirs["input_ids"]
        assert ours.labels == up_to_the_end(theirs["labels"])


def test_the_saved_chat_template_gives_the_tokens_of_training(tokenizer):
    encoder = Encoder(tokenizer, Options(template="smollm2"))
    source = encoder.template.jinja()
    for row in rows("alpaca_en_demo.json")[:20]:
        content = question(row)
        [[ours]] = encoder.encode_all([content])
        found = tokenizer.apply_chat_template(
            list(content.messages), chat_template=source, return_dict=True
        )
        assert list(found["input_ids"]) == ours.input_ids
