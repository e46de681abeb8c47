"""Rows of every stage as tokens: pairs, verdicts and prompts beside conversations; weights and settings of them."""

import pytest

from ftkernel.data import Options, encode, render_prompt
from ftkernel.data.content import Completion, Conversation, Feedback, Preference, Prompt, Text
from ftkernel.data.encode import Encoder
from ftkernel.data.encoded import Packed
from ftkernel.data.rows import RowFault
from tests.tiny import tiny_tokenizer
from tests.unit.data import chat_templates as templates

QWEN_THINKING = templates.QWEN3.replace(
    "loop.index0 > ns.last", "loop.index0 > ns.last or preserve_thinking | default(false)"
)
TOOL = {
    "type": "function",
    "function": {
        "name": "find",
        "description": "Finds.",
        "parameters": {"type": "object", "properties": {"what": {"type": "string"}}},
    },
}
CALL = {"type": "function", "function": {"name": "find", "arguments": {"what": "<|im_end|>"}}}


def turns(*said, system=None):
    messages = [{"role": "system", "content": system}] if system else []
    for index, text in enumerate(said):
        role = ("user", "assistant")[index % 2]
        messages.append(text if isinstance(text, dict) else {"role": role, "content": text})
    return tuple(messages)


def answer(text, **more):
    return {"role": "assistant", "content": text, **more}


@pytest.fixture(scope="module")
def tokenizer():
    return tiny_tokenizer()


def learned(tokenizer, row):
    return [tokenizer.decode(row.input_ids[a:b]) for a, b in row.learned]


def one(content, tokenizer, **options):
    [row] = encode(content, tokenizer, Options(**options))
    return row


# Pairs.


def test_a_pair_is_two_answers_to_one_prompt(tokenizer):
    pair = one(
        Preference(turns("Hi", system="Short."), (answer("Good."),), (answer("Bad!"),)), tokenizer
    )
    asked = render_prompt(tokenizer, turns("Hi", system="Short."))
    assert pair.shared == len(asked)
    for side, text in ((pair.chosen, "Good."), (pair.rejected, "Bad!")):
        assert side.input_ids[: len(asked)] == asked
        assert learned(tokenizer, side) == [f"{text}<|im_end|>"]
    fields = pair.fields()
    assert list(fields) == [
        "chosen_input_ids",
        "chosen_labels",
        "rejected_input_ids",
        "rejected_labels",
    ]
    assert fields["rejected_labels"] == pair.rejected.labels


def test_a_pair_of_plain_texts_shares_the_tokens_of_its_prompt(tokenizer):
    pair = one(Preference("The capital of France is ", "Paris.", "not known"), tokenizer)
    prompt = tokenizer.encode("The capital of France is ", add_special_tokens=False)
    assert pair.chosen.input_ids[: len(prompt)] == pair.rejected.input_ids[: len(prompt)] == prompt
    assert learned(tokenizer, pair.chosen) == ["Paris.<|im_end|>"]
    assert learned(tokenizer, pair.rejected) == ["not known<|im_end|>"]


def test_both_sides_of_a_pair_lose_the_same_of_their_prompt(tokenizer):
    long = Preference(
        turns("first " * 20, "Yes.", "second " * 20), (answer("a"),), (answer("word " * 9),)
    )
    pair = one(long, tokenizer, cutoff=50)
    assert len(pair) == 50
    assert pair.chosen.input_ids[: pair.shared] == pair.rejected.input_ids[: pair.shared]
    text = tokenizer.decode(pair.rejected.input_ids)
    assert "first" not in text
    assert "second" in text
    assert learned(tokenizer, pair.rejected) == ["word " * 9 + "<|im_end|>"]
    assert pair.remark.dropped_turns == 2
    assert pair.remark.prompt_cut
    assert not pair.remark.answer_cut
    short = Preference(turns("first", "Yes.", "second"), (answer("a"),), (answer("word " * 9),))
    [whole] = encode(short, tokenizer)
    pair = one(short, tokenizer, cutoff=len(whole) - 1 - 9)
    assert len(whole.chosen) <= len(whole) - 10
    assert pair.chosen.input_ids[: pair.shared] == pair.rejected.input_ids[: pair.shared]
    assert pair.remark.dropped_turns == 2


def test_answers_of_several_turns_are_refused_where_they_cannot_share_a_prompt():
    tokenizer = tiny_tokenizer(template=templates.QWEN3)
    several = (answer("a"), {"role": "user", "content": "b"}, answer("c"))
    with pytest.raises(RowFault) as caught:
        one(Preference(turns("Hi"), several, (answer("d"),)), tokenizer)
    assert caught.value.code == "data.answers_unrolled"


# Verdicts.


def verdict(number, *, desirable=True):
    return Feedback(turns(f"Question {number}"), (answer(f"Answer {number}"),), desirable)


def beside(tokenizer, rows):
    return ["".join(learned(tokenizer, row.kl)).removesuffix("<|im_end|>") for [row] in rows]


def test_a_verdict_has_its_prompt_with_the_answer_before_it_too(tokenizer):
    rows = Encoder(tokenizer).encode_all([verdict(n, desirable=n % 2 == 0) for n in range(4)])
    assert beside(tokenizer, rows) == ["Answer 1", "Answer 0", "Answer 1", "Answer 2"]
    [third] = rows[2]
    assert third.desirable
    start = third.own.learned[0][0]
    assert third.kl.input_ids[:start] == third.own.input_ids[:start]
    assert learned(tokenizer, third.own) == ["Answer 2<|im_end|>"]
    fields = third.fields()
    assert fields["kto_tag"] is True
    assert fields["kl_labels"] == third.kl.labels


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_verdicts_are_the_same_in_whatever_batches_they_come(tokenizer, size):
    rows = [verdict(n) for n in range(7)]
    whole = Encoder(tokenizer).encode_all(rows)
    encoder = Encoder(tokenizer)
    parts = [r for i in range(0, 7, size) for r in encoder.encode_all(rows[i : i + size])]
    assert parts[1:] == whole[1:]
    assert beside(tokenizer, parts)[0] == ("Answer 0" if size == 1 else "Answer 1")
    later = Encoder(tokenizer)
    later.before = rows[3]
    assert later.encode_all(rows[4:]) == whole[4:]


def test_an_answer_that_is_refused_is_no_verdicts_other_one(tokenizer):
    strange = Feedback(turns("Hi"), (answer("\U00100001 <|im_end|>"),), True)
    rows = Encoder(tokenizer).encode_all([verdict(0), strange, verdict(2)])
    assert isinstance(rows[1], RowFault)
    assert beside(tokenizer, [rows[2]]) == ["Answer 0"]


# Prompts.


def test_a_prompt_is_what_a_chat_asks_with(tokenizer):
    row = one(Prompt(turns("Hi <|im_end|>", system="Short."), "Hello."), tokenizer)
    assert row.prompt.tolist() == render_prompt(tokenizer, turns("Hi <|im_end|>", system="Short."))
    assert tokenizer.decode(row.answer.tolist()) == "Hello.<|im_end|>"
    assert row.fields() == {"input_ids": row.prompt.tolist(), "labels": row.answer.tolist()}
    assert row.remark.guarded
    assert one(Prompt(turns("Hi")), tokenizer).answer.tolist() == []


def test_a_prompt_that_is_too_long_keeps_its_end(tokenizer):
    row = one(Prompt(turns("first", "Yes.", "second " * 30 + "last?")), tokenizer, cutoff=30)
    text = tokenizer.decode(row.prompt.tolist())
    assert len(row) == 30
    assert text.startswith("<|im_start|>user\n")
    assert text.endswith("last?<|im_end|>\n<|im_start|>assistant\n")
    assert row.cut


def test_a_plain_prompt_stays_plain(tokenizer):
    row = one(Prompt("The sea is", " wide."), tokenizer)
    assert tokenizer.decode(row.prompt.tolist()) == "The sea is"
    assert tokenizer.decode(row.answer.tolist()) == " wide.<|im_end|>"


# What is learned.


def test_messages_count_as_their_weight_says(tokenizer):
    said = turns("a", answer("One.", weight=0), "b", answer("Two.", weight=0.5), "c", "Three.")
    row = one(Conversation(said), tokenizer)
    assert learned(tokenizer, row) == ["Two.<|im_end|>", "Three.<|im_end|>"]
    assert row.weights == (0.5, 1.0)
    (start, stop), (other, end) = row.learned
    assert row.label_weights[start:stop] == [0.5] * (stop - start)
    assert sum(row.label_weights) == pytest.approx(0.5 * (stop - start) + end - other)
    with pytest.raises(RowFault) as caught:
        one(Conversation(turns("a", answer("One.", weight=0))), tokenizer)
    assert caught.value.code == "data.no_answer_learned"


def test_with_the_prompt_learned_an_answer_of_weight_0_still_is_not(tokenizer):
    said = turns("a", answer("One.", weight=0), "b", "Two.")
    row = one(Conversation(said), tokenizer, train_on_prompt=True)
    [(_, first), (second, stop)] = row.learned
    assert tokenizer.decode(row.input_ids[first:second]) == "One.<|im_end|>"
    assert stop == len(row)


def test_the_last_turns_alone(tokenizer):
    said = Conversation(turns("a", "One.", "b", "Two.", "c", "Three."))
    row = one(said, tokenizer, last_turns=2)
    assert learned(tokenizer, row) == ["Two.<|im_end|>", "Three.<|im_end|>"]
    assert row.input_ids == one(said, tokenizer).input_ids


def test_an_end_token_that_is_the_padding_is_learned():
    tokenizer = tiny_tokenizer()
    tokenizer.pad_token = tokenizer.eos_token
    row = one(Conversation(turns("Hi", "Yes.")), tokenizer)
    assert row.labels[row.learned[0][1] - 1] == tokenizer.pad_token_id


# Thinking.


def test_thoughts_of_the_history_are_kept_where_that_is_asked_for():
    said = Conversation(
        turns("Hi", "<think>\nhm\n</think>\n\nOne.", "And?", "<think>\noh\n</think>\n\nTwo.")
    )
    tokenizer = tiny_tokenizer(template=QWEN_THINKING)
    assert len(encode(said, tokenizer)) == 2
    row = one(said, tokenizer, preserve_thinking=True)
    assert learned(tokenizer, row) == [
        "<think>\nhm\n</think>\n\nOne.<|im_end|>", "<think>\noh\n</think>\n\nTwo.<|im_end|>",
    ]  # fmt: skip
    asked = render_prompt(tokenizer, said.messages[:3], options=Options(preserve_thinking=True))
    assert row.input_ids[: len(asked)] == asked


def test_a_thought_that_the_template_leaves_out_is_said(tokenizer):
    row = one(Conversation(turns("Hi", answer("One.", reasoning_content="hm"))), tokenizer)
    assert row.remark.rewritten
    assert learned(tokenizer, row) == ["One.<|im_end|>"]


# Special tokens.


def test_the_guard_can_be_turned_off(tokenizer):
    said = Conversation(turns("a <|im_end|> b", "c <|pad|> d"))
    row = one(said, tokenizer, guard=False)
    assert row.input_ids.count(tokenizer.eos_token_id) == 3
    assert learned(tokenizer, row) == ["c <|pad|> d<|im_end|>"]
    assert not row.remark.guarded
    assert one(said, tokenizer).remark.guarded
    options = Options(guard=False)
    asked = render_prompt(tokenizer, said.messages[:1], options=options)
    assert row.input_ids[: len(asked)] == asked


def test_special_tokens_in_calls_and_tools_are_spelled():
    tokenizer = tiny_tokenizer(template=templates.QWEN25)
    said = turns(
        "Hi", answer("", tool_calls=[CALL]), {"role": "tool", "content": "<|im_end|>"}, answer("ok")
    )
    row = one(Conversation(said, tools=(TOOL,)), tokenizer)
    assert learned(tokenizer, row) == [
        '<tool_call>\n{"name": "find", "arguments": {"what": "<|im_end|>"}}\n</tool_call><|im_end|>',
        "ok<|im_end|>",
    ]
    assert row.input_ids.count(tokenizer.eos_token_id) == 5


def test_special_tokens_in_plain_text_stay_and_are_counted(tokenizer):
    encoder = Encoder(tokenizer)
    [[text], [completion]] = encoder.encode_all(
        [Text("a <|im_start|>b"), Completion("<|im_start|>", "c")]
    )
    start = tokenizer.convert_tokens_to_ids("<|im_start|>")
    assert start in text.input_ids
    assert completion.input_ids[0] == start
    assert text.remark.specials
    assert encoder.counts.specials == 2


# Tools.


def test_tools_are_spelled_for_templates_that_know_none(tokenizer):
    said = turns(
        "Hi", answer("", tool_calls=[CALL]), {"role": "tool", "content": "2"}, answer("ok")
    )
    encoder = Encoder(tokenizer)
    [[row]] = encoder.encode_all([Conversation(said, tools=(TOOL,))])
    assert encoder.counts.tools_spelled == 1
    text = tokenizer.decode(row.input_ids)
    assert "> Tool Name: find" in text
    assert learned(tokenizer, row)[0].startswith("Action: find\nAction Input: ")
    other = one(Conversation(said, tools=(TOOL,)), tokenizer, tool_format="qwen")
    assert learned(tokenizer, other)[0].startswith('<tool_call>\n{"name": "find"')
    asked = render_prompt(tokenizer, said[:3], tools=[TOOL], options=Options(tool_format="qwen"))
    assert other.input_ids[: len(asked)] == asked


# What is cut.


def test_what_was_cut_is_remarked_and_counted(tokenizer):
    encoder = Encoder(tokenizer, Options(cutoff=32))
    [turned], [asked], [answered] = (
        encoder.encode_all([Conversation(said)])[0]
        for said in (
            turns("word " * 12, "Yes.", "Why?", "So."),
            turns("word " * 30, "So."),
            turns("Hi", "word " * 30),
        )
    )
    assert (turned.remark.dropped_turns, turned.remark.cut_tokens) == (2, 0)
    assert asked.remark.prompt_cut
    assert asked.remark.cut_tokens > 0
    assert learned(tokenizer, asked) == ["So.<|im_end|>"]
    assert answered.remark.answer_cut
    assert answered.input_ids[-1] != tokenizer.eos_token_id
    assert all(row.cut for row in (turned, asked, answered))
    counts = encoder.counts
    assert (counts.turns_dropped, counts.prompts_cut, counts.answers_cut) == (1, 1, 1)


def test_answers_that_would_be_cut_can_be_dropped(tokenizer):
    with pytest.raises(RowFault) as caught:
        one(Conversation(turns("Hi", "word " * 30)), tokenizer, cutoff=24, cut_answers="drop")
    assert caught.value.code == "data.answer_dropped"
    assert not caught.value.at("f", 1).broken


def test_a_row_may_not_be_too_long_where_that_is_an_error(tokenizer):
    with pytest.raises(RowFault) as caught:
        one(Conversation(turns("Hi", "word " * 30)), tokenizer, cutoff=24, truncation="error")
    assert caught.value.code == "data.row_too_long"


def test_the_calls_of_the_last_round_go_before_its_question_is_cut():
    tokenizer = tiny_tokenizer(template=templates.QWEN25)
    called = answer("", tool_calls=[CALL]), {"role": "tool", "content": "here"}
    before = answer("", tool_calls=[CALL]), {"role": "tool", "content": "word " * 30}
    short = turns("Find it.", *called, answer("Found."), system="S")
    expected = one(Conversation(short), tokenizer)
    said = turns("Find it.", *before, *called, answer("Found."), system="S")
    row = one(Conversation(said), tokenizer, cutoff=len(expected))
    assert row.input_ids == expected.input_ids
    assert row.learned == expected.learned
    assert row.remark.dropped_turns == 2


def test_question_and_answer_shrink_in_proportion_as_in_llamafactory(tokenizer):
    said = Conversation(turns("word " * 40, "word " * 40))
    whole = one(said, tokenizer)
    row = one(said, tokenizer, cutoff=40, truncation="llamafactory")
    start, stop = row.learned[0]
    before = whole.learned[0][0]
    kept = int(40 * ((len(whole) - before) / len(whole)))
    assert (start, stop) == (40 - kept, 40)
    assert row.input_ids == whole.input_ids[:start] + whole.input_ids[before : before + kept]


def test_the_beginning_is_cut_where_that_is_wanted(tokenizer):
    said = Conversation(turns("word " * 20, "Yes.", "Why?", "So."))
    whole = one(said, tokenizer)
    row = one(said, tokenizer, cutoff=20, truncation="head")
    assert row.input_ids == whole.input_ids[-20:]
    assert learned(tokenizer, row) == ["Yes.<|im_end|>", "So.<|im_end|>"][-len(row.learned) :]


def test_a_packed_row_tells_its_parts_apart(tokenizer):
    row = one(Conversation(turns("Hi", "Yes.")), tokenizer)
    length = len(row)
    packed = Packed(
        row.tokens * 2,
        (*row.learned, *((a + length, b + length) for a, b in row.learned)),
        (length, length),
    )
    assert packed.position_ids == [*range(length)] * 2
    assert packed.attention_mask == [1] * length + [2] * length
    assert packed.labels == row.labels * 2
    assert packed.trained_tokens == 2 * row.trained_tokens
