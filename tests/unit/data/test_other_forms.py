"""One source with rows of several forms: each is read by its own, if that is certain."""

import pytest

from ftkernel.data.contents import Contents
from ftkernel.data.report import Tally
from ftkernel.data.sources import find_sources
from ftkernel.recipe.recipe import Recipe
from tests.unit.data.reading import ANSWER, USER, said
from tests.unit.data.rows_on_disk import write_lines

PAIR = {"instruction": "Hi", "output": "One."}
SHARED = {"conversations": [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "One."}]}
CHAT = {"messages": [USER, ANSWER]}


def contents(path, **keys):
    named = {"model": "smollm2-135m", "dataset": keys.pop("data", str(path)), **keys}
    recipe = Recipe.from_mapping(named, job="preview")
    [source] = find_sources(recipe, None)
    found = Contents(recipe, Tally.of(recipe, "dataset"))
    return [content for _, content in found.of(source)], found, found._tally


@pytest.mark.parametrize(
    "rows", [[PAIR, SHARED] * 4, [SHARED] * 120 + [PAIR] * 3, [CHAT, PAIR, PAIR]]
)
def test_each_row_is_read_by_its_own_form_and_this_is_said(tmp_path, rows):
    read, found, tally = contents(write_lines(tmp_path / "rows.jsonl", *rows))
    assert not tally.refused
    assert not tally.unused
    assert {tuple(said(one)) for one in read} == {(("user", "Hi"), ("assistant", "One."))}
    assert len(read) == len(rows)
    counts = {p["params"]["form"]: p["params"]["count"] for p in found.cards()[0]["pieces"]
              if p["code"] == "data.card_other"}  # fmt: skip
    assert counts.get("alpaca (instruction, output)") == rows.count(PAIR)
    assert {note.params["count"] for note in found.notes() if note.code == "data.other_form"} == {
        *counts.values()
    }


def test_a_verdict_may_have_another_name_in_some_rows(tmp_path):
    rows = [{**PAIR, "kto_tag": True}, {**CHAT, "kto_tag": False}]
    rows += [{**CHAT, "label": False}, {**CHAT, "label": True}, {**CHAT, "note": "none"}]
    read, _, tally = contents(write_lines(tmp_path / "rows.jsonl", *rows), stage="kto")
    assert [one.desirable for one in read] == [True, False, False, True]
    [refused] = tally.refused
    assert (refused.line, refused.code, refused.key) == (5, "data.cell_missing", "kto_tag")


def test_a_row_with_a_part_of_the_form_is_broken_and_no_other(tmp_path):
    odd = {"instruction": "Hi", "output": None, "text": "junk"}
    half = {"conversations": [], "instruction": "Hi", "output": "One."}
    for usual, row in ((PAIR, odd), (SHARED, half)):
        read, _, tally = contents(write_lines(tmp_path / "rows.jsonl", *[usual] * 5, row))
        assert len(read) == 5
        assert [one.line for one in tally.refused] == [6]
        assert tally.refused[0].code != "data.row_other_form"


def test_what_is_guessed_or_of_another_stage_or_said_to_be_otherwise_is_refused(tmp_path):
    guess = {"question": "Hi", "answer": "One."}
    pair = {"prompt": "a", "chosen": "b", "rejected": "c"}
    for row in (guess, pair):
        path = write_lines(tmp_path / "rows.jsonl", *[SHARED] * 120, row)
        read, _, tally = contents(path)
        assert len(read) == 120
        [refused] = tally.refused
        assert (refused.code, refused.line) == ("data.row_other_form", 121)
        assert refused.params["form"].startswith("sharegpt")
    path = write_lines(tmp_path / "rows.jsonl", *[SHARED] * 5, PAIR)
    _, _, tally = contents(path, formatting="sharegpt")
    assert [one.code for one in tally.refused] == ["data.row_other_form"]
