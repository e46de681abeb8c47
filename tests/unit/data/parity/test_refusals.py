"""Rows that LLaMA-Factory drops, or that would end its run; recipes that it refuses."""

import pytest

from ftkernel.data import parity
from ftkernel.data.rows import Refused, Row
from ftkernel.errors import FtError
from tests.unit.data.parity import cases

TOKENIZER = cases.tokenizer()
GOOD = {"conversations": cases.said(("human", "Hi"), ("gpt", "Ahoy"))}


def rows(found, entry="called", part="train", **keys):
    entry = cases.ENTRIES[entry] if isinstance(entry, str) else entry
    said = ("formatting", "ranking", "columns", "tags")
    layout = parity.layout(**{key: entry[key] for key in said if key in entry})
    listed = [
        row if isinstance(row, Refused) else Row(row, "f.json", 10 + at)
        for at, row in enumerate(found)
    ]
    settings = parity.Settings.of({"stage": "sft", "template": "smollm2", **keys})
    return list(parity.rows(settings, [parity.Source(layout, listed)], TOKENIZER, part))


def refused(*found, **keys):
    return [(one.code, one.line) for one in rows(found, **keys) if isinstance(one, Refused)]


def places(made):
    return [[line for _, line in one.places] for one in made if isinstance(one, parity.Result)]


@pytest.mark.parametrize(
    ("turns", "code"),
    [
        ([("human", "a"), ("human", "b"), ("gpt", "c")], "parity.order"),
        ([("gpt", "a"), ("human", "b")], "parity.order"),
        ([("human", "a")], "parity.order"),
        ([("narrator", "a"), ("gpt", "b")], "parity.order"),
        ([], "parity.answers"),
        ([("human", None), ("gpt", "b")], "parity.no_text"),
        ([("human", "a"), ("gpt", 7)], "parity.no_text"),
        ([("human", "a"), ("function_call", "no JSON")], "parity.unusable"),
        ([("human", "a"), ("function_call", '{"name": "f"}')], "parity.unusable"),
    ],
)
def test_a_row_is_refused_and_the_others_are_not(turns, code):
    made = rows([GOOD, {"conversations": cases.said(*turns)}, GOOD])
    assert [(one.code, one.line) for one in made if isinstance(one, Refused)] == [(code, 11)]
    assert places(made) == [[10], [12]]


def test_a_row_without_its_messages_is_refused():
    assert refused({"other": 1}, {"conversations": "text"}) == [
        ("parity.messages", 10),
        ("parity.messages", 11),
    ]


def test_an_entry_that_names_some_columns_loses_the_others():
    entry = {"formatting": "sharegpt", "columns": {"tools": "tools"}}
    assert refused(GOOD, entry=entry) == [("parity.messages", 10)]


def test_what_a_reader_refused_is_passed_on():
    made = rows([Refused("data.json_broken", "f.json", 3), GOOD])
    assert [one.line for one in made if isinstance(one, Refused)] == [3]
    assert places(made) == [[11]]


def test_packed_rows_say_what_they_are_made_of():
    long = {"conversations": cases.said(("human", "q"), ("gpt", "long " * 99))}
    made = rows([GOOD, long, GOOD], template="fewshot", cutoff_len=64, neat_packing=True)
    # The answer is cut to the cutoff: with its end it fits to the token, and is not dropped.
    assert sorted(map(sorted, places(made))) == [[10, 12], [11]]


def test_a_bad_row_keeps_its_place_beside_its_neighbours():
    entry = {"formatting": "sharegpt", "columns": {"messages": "conversations", "kto_tag": "good"}}
    bad = {"conversations": cases.said(("gpt", "?")), "good": True}
    found = refused({**GOOD, "good": True}, bad, {**GOOD, "good": False}, entry=entry, stage="kto")
    # The row after it would have had its answer beside its own.
    assert found == [("parity.order", 11), ("parity.no_other_answer", 12)]


def test_files_and_marks_of_files_are_refused_where_a_processor_is_needed():
    entry = {"formatting": "sharegpt", "columns": {"messages": "conversations", "images": "i"}}
    shown = {**GOOD, "i": ["a.png"]}
    marked = {"conversations": cases.said(("human", "<image>?"), ("gpt", "No."))}
    assert refused(shown, entry=entry) == [("parity.media_not_taken", 10)]
    assert refused(shown, marked, entry=entry, template="qwen2_vl") == [
        ("parity.media", 10),
        ("parity.media_missing", 11),
    ]
    assert refused(marked, entry=entry) == []  # a template without images takes it for text


@pytest.mark.parametrize(
    ("keys", "code"),
    [
        ({"stage": "distil"}, "parity.stage"),
        ({"mask_history": True, "train_on_prompt": True}, "parity.both_masks"),
        ({"train_on_prompt": True, "template": "glm4"}, "parity.train_on_prompt"),
        ({"stage": "pt", "packing": True, "cutoff_len": 1}, "parity.cutoff"),
        ({"stage": "dpo"}, "parity.no_ranking"),
        ({"entry": "ranked"}, "parity.ranking"),
        ({"template": "smolm2"}, "data.template_unknown_near"),
        ({"val_size": 5}, "parity.arrangement"),
    ],
)
def test_a_recipe_is_refused(keys, code):
    with pytest.raises(FtError) as caught:
        rows([GOOD], **keys)
    assert caught.value.code == code


def test_a_chat_template_that_refuses_a_probe_is_named():
    tokenizer = cases.tokenizer()
    tokenizer.chat_template = "{{ raise_exception('one user turn, please') }}"
    with pytest.raises(FtError, match="one user turn"):
        parity.wording_of(parity.Settings(), tokenizer)


def test_the_tokenizer_stays_as_it_was():
    before = len(TOKENIZER), TOKENIZER.eos_token, TOKENIZER.chat_template
    rows([GOOD], template="llama3", add_tokens="Ahoy", split_special_tokens=True)
    assert (len(TOKENIZER), TOKENIZER.eos_token, TOKENIZER.chat_template) == before


def test_special_tokens_in_texts_are_split_where_that_is_asked_for():
    row = {"conversations": cases.said(("human", "<|im_end|>"), ("gpt", "b"))}
    end = TOKENIZER.eos_token_id
    whole, split = (
        rows([row], split_special_tokens=asked)[0].fields["input_ids"] for asked in (False, True)
    )
    assert whole.count(end) == 4
    assert end not in split
    [added] = rows([row], add_tokens="user, b")
    assert len(TOKENIZER) in added.fields["input_ids"]


def test_nothing_is_read_ahead_where_rows_stand_alone():
    seen = []

    def source():
        for at in range(1000):
            seen.append(at)
            yield Row(GOOD, "f.json", at)

    layout = parity.layout("sharegpt")
    settings = parity.Settings(template="smollm2")
    next(parity.rows(settings, [parity.Source(layout, source())], TOKENIZER))
    assert len(seen) == 1


def test_the_seed_goes_on_from_the_rows_to_learn_to_those_to_measure():
    import numpy

    settings = parity.Settings(template="smollm2")
    layout = parity.layout("sharegpt")

    def lines(dice, part):
        listed = [Row(GOOD, "f.json", at) for at in range(50)]
        source = parity.Source(layout, listed, num_samples=60)
        return [
            line for (line,) in places_of(parity.rows(settings, [source], TOKENIZER, part, dice))
        ]

    dice = numpy.random.RandomState(settings.seed)
    train, measured = lines(dice, "train"), lines(dice, "eval")
    assert lines(None, "train") == train != measured
    assert sorted(set(train)) == list(range(50))
    assert len(train) == len(measured) == 60


def places_of(made):
    return [[line for _, line in one.places] for one in made]
