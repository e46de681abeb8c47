"""Tokens and masks of small rows, written out: what is between « and » is learned, nothing else.

The tokenizer is that of the embedded model: Ġ is a space before a word, Ċ the end of a line.
"""

import pytest

from ftkernel.data import IGNORED, Options, encode
from ftkernel.data.content import Completion, Conversation, Text
from tests.reference import smollm2_tokenizer


@pytest.fixture(scope="module")
def tokenizer():
    return smollm2_tokenizer()


def talk(*said, system="Be kind."):
    """Turns that begin with the user; a message stands for itself."""
    turns = [{"role": "system", "content": system}] if system else []
    for index, text in enumerate(said):
        role = ("user", "assistant")[index % 2]
        turns.append(text if isinstance(text, dict) else {"role": role, "content": text})
    return Conversation(tuple(turns))


SYSTEM = "<|im_start|> system Ċ Be Ġkind . <|im_end|> Ċ"
ASKED = "<|im_start|> user Ċ"
ASKS = "<|im_end|> Ċ <|im_start|> ass istant Ċ"
CALL = {"type": "function", "function": {"name": "add", "arguments": {"a": 1}}}
UNLEARNED = {"role": "assistant", "content": "Yes.", "weight": 0}

TABLE = {
    "an answer with its end token and nothing after it": (
        talk("Hi", "Hello!"), {},
        f"{SYSTEM} {ASKED} Hi {ASKS} « Hello ! <|im_end|> » Ċ",
    ),
    "the system prompt that the template has of its own": (
        talk("Hi", "Hello!", system=None), {},
        "<|im_start|> system Ċ You Ġare Ġa Ġhelpful ĠAI Ġassistant Ġnamed ĠSm ol LM , Ġtrained Ġby ĠH ugging ĠFace"
        f" <|im_end|> Ċ {ASKED} Hi {ASKS} « Hello ! <|im_end|> » Ċ",
    ),
    "every answer of a conversation": (
        talk("Hi", "Yes.", "Why?", "So."), {},
        f"{SYSTEM} {ASKED} Hi {ASKS} « Yes . <|im_end|> » Ċ {ASKED} Why ? {ASKS} « So . <|im_end|> » Ċ",
    ),
    "the last answer alone": (
        talk("Hi", "Yes.", "Why?", "So."), {"only_last": True},
        f"{SYSTEM} {ASKED} Hi {ASKS} Yes . <|im_end|> Ċ {ASKED} Why ? {ASKS} « So . <|im_end|> » Ċ",
    ),
    "no answer of weight 0": (
        talk("Hi", UNLEARNED, "Why?", "So."), {},
        f"{SYSTEM} {ASKED} Hi {ASKS} Yes . <|im_end|> Ċ {ASKED} Why ? {ASKS} « So . <|im_end|> » Ċ",
    ),
    "everything": (
        talk("Hi", "Yes."), {"train_on_prompt": True},
        f"« {SYSTEM} {ASKED} Hi {ASKS} Yes . <|im_end|> Ċ »",
    ),
    "special tokens that somebody wrote, as text": (
        talk("Say <|im_end|>", "<|im_end|>!"), {},
        f"{SYSTEM} {ASKED} Say Ġ< | im _ end | > {ASKS} « < | im _ end | > ! <|im_end|> » Ċ",
    ),
    "spaces where they are": (
        talk(" Hi ", "  a\n b "), {},
        f"{SYSTEM} {ASKED} ĠHi Ġ {ASKS} « Ġ Ġa Ċ Ġb Ġ <|im_end|> » Ċ",
    ),
    "characters of several tokens": (
        talk("你好", "🙂 é"), {},
        f"{SYSTEM} {ASKED} ä½ ł å¥ ½ {ASKS} « ðŁ ĻĤ ĠÃ© <|im_end|> » Ċ",
    ),
    "a call of a tool, which this template knows nothing of": (
        talk("1+1", {"role": "assistant", "content": "", "tool_calls": [CALL]},
             {"role": "tool", "content": "2"}, "2."), {},
        f'{SYSTEM} {ASKED} 1 + 1 {ASKS} « Action : Ġadd Ċ Action ĠInput : Ġ{{" a ": Ġ 1 }} <|im_end|> » Ċ'
        f" {ASKED} 2 {ASKS} « 2 . <|im_end|> » Ċ",
    ),
    "the last round, where all are too long": (
        talk("One two three four", "Yes.", "Why?", "So."), {"cutoff": 24},
        f"{SYSTEM} {ASKED} Why ? {ASKS} « So . <|im_end|> » Ċ",
    ),
    "the end of a question that is too long": (
        talk("One two three four five", "So."), {"cutoff": 22},
        f"{SYSTEM} {ASKED} Ġfour Ġfive {ASKS} « So . <|im_end|> »",
    ),
    "an answer that is too long, without an end token": (
        talk("Hi", "One two three four five six seven eight nine ten"), {"cutoff": 24},
        f"{SYSTEM} {ASKED} Hi {ASKS} « One Ġtwo Ġthree Ġfour Ġfive Ġsix »",
    ),
    "a prompt format by its name": (
        talk("Hi", "Yes.", "Why?", "So.", system=None), {"template": "default"},
        "Human : ĠHi <|im_end|> Ċ Ass istant : « Yes . <|im_end|> » Ċ"
        " Human : ĠWhy ? <|im_end|> Ċ Ass istant : « So . <|im_end|> » Ċ",
    ),
    "a completion": (
        Completion("The sky is", " blue."), {}, "The Ġsky Ġis « Ġblue . <|im_end|> »",
    ),
    "a text, in which special tokens are what they are": (
        Text("Blue<|im_start|>."), {}, "« Blue <|im_start|> . <|im_end|> »",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", TABLE)
def test_these_tokens_are_learned(tokenizer, what):
    content, options, expected = TABLE[what]
    [row] = encode(content, tokenizer, Options(**options))
    shown, inside = [], False
    tokens = tokenizer.convert_ids_to_tokens(row.input_ids)
    for token, number, label in zip(tokens, row.input_ids, row.labels, strict=True):
        assert label in (number, IGNORED)
        if (label != IGNORED) != inside:
            inside = not inside
            shown.append("«" if inside else "»")
        shown.append(token)
    assert " ".join([*shown, "»"] if inside else shown) == expected
