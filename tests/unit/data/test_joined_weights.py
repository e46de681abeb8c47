"""Answers in a row that count differently: joined to one, and each part counts as it did."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ftkernel.data import Options, encode
from ftkernel.data.content import Conversation
from ftkernel.data.rows import RowFault
from tests.tiny import tiny_tokenizer
from tests.unit.data import chat_templates as templates
from tests.unit.data.reading import USER, read

TOKENIZERS = {name: tiny_tokenizer(template=source) for name, source in templates.FAMILIES.items()}
END = "<|im_end|>"


def said(*parts, first=USER):
    """A conversation whose answer is made of turns, each a text and its weight."""
    answers = [{"role": "assistant", "content": text, "weight": w} for text, w in parts]
    return read({"messages": [first, *answers, USER, {"role": "assistant", "content": "End."}]})


def weighed(tokenizer, row):
    """The text of each range that is learned and its weight."""
    weights = row.weights or [1.0] * len(row.learned)
    ids = row.input_ids
    return [(tokenizer.decode(ids[a:b]), w) for (a, b), w in zip(row.learned, weights, strict=True)]


def same_tokens(content):
    """The row without any weights, whose tokens are the same."""
    plain = [{k: v for k, v in m.items() if k in ("role", "content")} for m in content.messages]
    return Conversation(tuple(plain))


def test_each_part_keeps_its_weight_and_this_is_said():
    tokenizer = tiny_tokenizer()
    content = said(("One.", 1), ("Two.", 0), ("Three.", 0.5))
    assert content.messages[1]["content"] == "One.\n\nTwo.\n\nThree."
    codes = [aside.code for aside in content.asides]
    assert codes == ["data.weights_joined", "data.turns_joined"]
    [row] = encode(content, tokenizer)
    first, third, last = weighed(tokenizer, row)
    assert first == ("One.", 1.0)
    assert third == (f"Three.{END}", 0.5)
    assert last == (f"End.{END}", 1.0)
    [plain] = encode(same_tokens(content), tokenizer)
    assert row.input_ids == plain.input_ids


def test_with_the_prompt_learned_a_part_of_weight_0_still_is_not():
    tokenizer = tiny_tokenizer()
    [row] = encode(said(("One.", 0), ("Two.", 1)), tokenizer, Options(train_on_prompt=True))
    gap = (row.learned[0][1], row.learned[1][0])
    assert tokenizer.decode(row.input_ids[slice(*gap)]) == "One.\n\n"


def test_an_empty_part_gives_its_place_to_the_others():
    tokenizer = tiny_tokenizer()
    [row] = encode(said(("", 0), ("Two.", 1)), tokenizer)
    assert weighed(tokenizer, row)[0] == (f"Two.{END}", 1.0)


def test_placeholders_are_filled_in_before_parts_are_found():
    from ftkernel.data.conversation import ReadOptions

    answers = [{"role": "assistant", "content": "I am {{name}}.", "weight": w} for w in (0, 1)]
    content = read({"messages": [USER, *answers]}, options=ReadOptions(values={"name": "Bo"}))
    tokenizer = tiny_tokenizer()
    [row] = encode(content, tokenizer)
    assert weighed(tokenizer, row) == [(f"I am Bo.{END}", 1.0)]


def test_a_cut_answer_keeps_the_weights_of_what_is_left():
    tokenizer = tiny_tokenizer()
    content = said(("One. " * 40, 0.5), ("Two.", 1))
    content = Conversation(content.messages[:2])
    [row] = encode(content, tokenizer, Options(cutoff=40))
    [(text, weight)] = weighed(tokenizer, row)
    assert weight == 0.5
    assert text == ("One. " * 40)[: len(text)]
    [row] = encode(said(("One. " * 40_000, 0.5), ("Two.", 1)), tokenizer, Options(cutoff=40))
    assert row.cut


def test_a_template_that_rewrites_answers_refuses_the_row():
    shouts = templates.CHATML_WITH_SYSTEM.replace("message['content']", "message['content']|upper")
    shouts = shouts.replace("m.content", "m.content|upper")
    tokenizer = tiny_tokenizer(template=shouts)
    with pytest.raises(RowFault) as caught:
        encode(said(("One.", 0), ("Two.", 1)), tokenizer)
    assert caught.value.code == "data.joined_not_located"


@pytest.mark.parametrize("name", ["chatml", "qwen3", "llama3", "alpaca", "glm4_7"])
def test_named_templates(name):
    tokenizer = tiny_tokenizer()
    options = Options(template=name, to_look=True)
    rows = encode(said(("One.", 0), ("Two.", 1)), tokenizer, options)
    first = next(weighed(tokenizer, row) for row in rows)[0]
    assert first[0].startswith("Two.")
    assert "One." not in first[0]


WORDS = st.text(st.sampled_from("ab .\n<|im_end|>é中"), min_size=1, max_size=12).filter(str.strip)


@pytest.mark.parametrize("name", templates.FAMILIES)
@settings(max_examples=40, deadline=None)
@given(parts=st.lists(st.tuples(WORDS, st.sampled_from([0, 0.5, 1, 2])), min_size=2, max_size=4))
def test_the_tokens_are_those_of_the_joined_answer_and_each_character_counts_once(name, parts):
    tokenizer = TOKENIZERS[name]
    if not any(weight for _, weight in parts):
        return
    content = said(*parts)
    try:
        rows = encode(content, tokenizer)
    except RowFault as fault:
        assert fault.code in ("data.joined_not_located", "data.private_characters")  # noqa: PT017
        return
    plain = encode(same_tokens(content), tokenizer)
    assert [row.input_ids for row in rows] == [row.input_ids for row in plain]
    [row, *_] = rows
    ours, full = row.label_weights, plain[0].label_weights
    for mine, whole in zip(ours, full, strict=True):
        assert mine in ((0,) if not whole else {float(weight) for _, weight in parts} | {1.0})
    if len({weight for _, weight in parts}) == 1:
        assert [bool(weight) for weight in ours] == [bool(weight) for weight in full]
