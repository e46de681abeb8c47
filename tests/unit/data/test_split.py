"""Rows that are held out: chosen among the rows of the data, before several of them come into one."""

import pytest

from ftkernel.data import prepare
from ftkernel.errors import FtError
from tests.tiny import tiny_tokenizer
from tests.unit.data.rows_on_disk import recipe_for, write_lines

END = "<|im_end|>"


@pytest.fixture(scope="module")
def tokenizer():
    return tiny_tokenizer()


@pytest.fixture(autouse=True)
def rows_dir(tmp_path, monkeypatch):
    monkeypatch.setenv("FTKERNEL_ROWS_DIR", str(tmp_path / "kept"))


def texts_file(folder, count=30):
    return write_lines(folder / "texts.jsonl", *[{"text": f"word {n} " * 9} for n in range(count)])


def pairs_file(folder, count=30):
    rows = [{"instruction": f"What is {n}?", "output": f"It is {n}."} for n in range(count)]
    return write_lines(folder / "rows.jsonl", *rows)


def said(rows, tokenizer):
    """The answers, or texts, in rows that may be packed."""
    whole = "".join(tokenizer.decode(row.input_ids) for row in rows)
    return sorted(part.split("\n")[-1] for part in whole.split(END) if part.strip())


def packed_and_not(path, tokenizer, **keys):
    packing = {name: keys.pop(name) for name in ("packing", "stage") if name in keys}
    packed = prepare(recipe_for(str(path), cutoff_len=64, **packing, **keys), tokenizer, None)
    stage = {name: value for name, value in packing.items() if name == "stage"}
    alone = prepare(
        recipe_for(str(path), cutoff_len=512, packing=False, **stage, **keys), tokenizer, None
    )
    return packed, alone


@pytest.mark.parametrize("packing", [True, "blocks"])
@pytest.mark.parametrize("size", [7, 0.2])
def test_rows_are_held_out_before_they_are_put_together(tokenizer, tmp_path, packing, size):
    path = pairs_file(tmp_path)
    packed, alone = packed_and_not(path, tokenizer, packing=packing, val_size=size, seed=3)
    assert len(alone.eval) == (7 if size == 7 else 6)
    # The very rows that are held out of unpacked ones; and none of them is learned.
    answers = [
        [one for one in said(rows, tokenizer) if one.startswith("It")]
        for rows in (packed.eval, packed.train, alone.eval, alone.train)
    ]
    assert answers[0] == answers[2]
    assert answers[1] == answers[3]
    assert len(packed.eval) < len(alone.eval)
    assert (packed.report.rows, packed.report.eval_rows) == (30, len(packed.eval))
    assert packed.report.longest <= 64


def test_texts_in_blocks(tokenizer, tmp_path):
    path = texts_file(tmp_path)
    packed, alone = packed_and_not(path, tokenizer, stage="pt", val_size=5)
    assert said(packed.eval, tokenizer) == said(alone.eval, tokenizer)
    assert len(said(packed.eval, tokenizer)) == 5
    assert sum(map(len, packed.train)) == sum(map(len, alone.train))
    [rest] = [note for note in packed.notes if note.code == "data.blocks_rest"]
    assert rest.params["documents"] == 25


@pytest.mark.parametrize("packing", [True, "blocks"])
def test_the_same_rows_whatever_the_number_of_workers_and_from_the_cache(
    tokenizer, tmp_path, packing
):
    path = pairs_file(tmp_path, 600)
    found = []
    for keys in ({}, {}, {"preprocessing_num_workers": 2, "overwrite_cache": True}):
        recipe = recipe_for(str(path), packing=packing, val_size=9, cutoff_len=64, **keys)
        out = prepare(recipe, tokenizer, None)
        found.append([[row.input_ids for row in rows] for rows in (out.train, out.eval)])
    assert found[0] == found[1] == found[2]
    other = prepare(
        recipe_for(str(path), packing=packing, val_size=9, cutoff_len=64, seed=7), tokenizer, None
    )
    assert said(other.eval, tokenizer) != said(out.eval, tokenizer)
    more = prepare(
        recipe_for(str(path), packing=packing, val_size=12, cutoff_len=64), tokenizer, None
    )
    assert len([one for one in said(more.eval, tokenizer) if one.startswith("It")]) == 12


def test_a_path_of_ones_own_keeps_both_sides(tokenizer, tmp_path):
    path, place = pairs_file(tmp_path), tmp_path / "mine"
    recipe = recipe_for(str(path), packing=True, val_size=4, tokenized_path=str(place))
    first = prepare(recipe, tokenizer, None)
    assert sorted(folder.name for folder in place.iterdir()) == ["train", "validation"]
    again = prepare(recipe, tokenizer, None)
    assert [row.input_ids for row in again.eval] == [row.input_ids for row in first.eval]
    other = recipe_for(str(path), packing=True, val_size=5, tokenized_path=str(place))
    with pytest.raises(FtError) as caught:
        prepare(other, tokenizer, None)
    assert caught.value.params["differing"] == ["val_size"]


def test_rows_on_both_sides_are_found_though_they_are_packed(tokenizer, tmp_path):
    row = {"instruction": "Who?", "output": "Me."}
    path = write_lines(tmp_path / "rows.jsonl", *[row] * 40)
    with pytest.raises(FtError) as caught:
        prepare(recipe_for(str(path), packing=True, val_size=4), tokenizer, None)
    assert caught.value.code == "data.gate_overlap_red"


def test_what_leaves_nothing_to_learn_is_refused_by_the_rows(tokenizer, tmp_path):
    path = pairs_file(tmp_path, 10)
    with pytest.raises(FtError) as caught:
        prepare(recipe_for(str(path), packing=True, val_size=10), tokenizer, None)
    assert caught.value.code == "data.val_size_too_big"
    assert caught.value.params["rows"] == 10
    assert len(prepare(recipe_for(str(path), packing=True, val_size=9), tokenizer, None).train) == 1
