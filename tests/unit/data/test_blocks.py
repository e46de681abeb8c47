"""Blocks for pretraining: no token lost, none twice, each text ended, the remainder kept and said."""

from array import array

import pytest

from ftkernel import messages
from ftkernel.data import prepare
from ftkernel.data.blocks import BlockCount, blocks
from ftkernel.data.encoded import Encoded
from ftkernel.data.pipeline import Stream, encoder_for
from tests.tiny import tiny_tokenizer
from tests.unit.data.rows_on_disk import recipe_for, write_lines

TEXTS = [f"The quick brown fox number {n}. " + "It sings to me. " * (n % 7) for n in range(40)]


@pytest.fixture(scope="module")
def tokenizer():
    return tiny_tokenizer()


@pytest.fixture
def path(tmp_path):
    return write_lines(tmp_path / "texts.jsonl", *({"text": text} for text in TEXTS))


def ids_of(tokenizer):
    """All texts end to end, each with its end token."""
    every = [[*tokenizer(text)["input_ids"], tokenizer.eos_token_id] for text in TEXTS]
    return [number for one in every for number in one]


@pytest.mark.parametrize("packing", [{}, {"packing": True}, {"packing": "blocks"}], ids=str)
def test_blocks_hold_every_token_once_and_learn_all(tokenizer, path, packing):
    found = prepare(recipe_for(str(path), stage="pt", cutoff_len=64, **packing), tokenizer, None)
    assert [number for row in found.train for number in row.input_ids] == ids_of(tokenizer)
    assert all(row.labels == row.input_ids for row in found.train)
    *full, last = map(len, found.train)
    assert set(full) == {64}
    assert 0 < last <= 64
    [note] = [note for note in found.notes if note.code == "data.blocks_rest"]
    assert note.params == {"documents": 40, "blocks": len(full) + 1, "length": 64, "rest": last}
    said = messages.text(note.code, note.params, "en")
    assert said == f"40 texts make {len(full) + 1} blocks of 64 tokens; the last one has {last}."


def test_a_text_longer_than_a_block_goes_on_in_the_next(tokenizer, tmp_path):
    long = " ".join(TEXTS)
    path = write_lines(tmp_path / "texts.jsonl", {"text": long})
    found = prepare(recipe_for(str(path), stage="pt", cutoff_len=32), tokenizer, None)
    whole = [*tokenizer(long)["input_ids"], tokenizer.eos_token_id]
    assert [number for row in found.train for number in row.input_ids] == whole
    assert found.report.cut == 0


def test_without_packing_each_text_is_a_row_cut_at_the_cutoff(tokenizer, path):
    recipe = recipe_for(str(path), stage="pt", cutoff_len=20, packing=False)
    found = prepare(recipe, tokenizer, None)
    for row, text in zip(found.train, TEXTS, strict=True):
        whole = [*tokenizer(text)["input_ids"], tokenizer.eos_token_id]
        assert row.input_ids == row.labels == whole[:20]
    assert found.report.cut > 0


def test_a_run_and_its_preview_have_the_same_blocks(tokenizer, path):
    recipe = recipe_for(str(path), stage="pt", cutoff_len=64)
    shown = list(Stream(recipe, encoder_for(recipe, tokenizer), None))
    run = prepare(recipe, tokenizer, None).train
    assert [one.encoded.input_ids for one in shown] == [row.input_ids for row in run]
    lines = [place.line for one in shown for place in one.places]
    assert sorted(set(lines)) == list(range(1, 41))


def test_what_is_learned_stays_so_across_borders():
    texts = [
        ("a", Encoded(array("i", range(10)), ((3, 8),), weights=(0.5,))),
        ("b", Encoded(array("i", range(10, 15)), ((0, 5),))),
    ]
    count = BlockCount()
    found = list(blocks(texts, 6, count))
    assert [one.encoded.input_ids for one in found] == [
        [0, 1, 2, 3, 4, 5],
        [6, 7, 8, 9, 10, 11],
        [12, 13, 14],
    ]
    assert [one.encoded.learned for one in found] == [((3, 6),), ((0, 2), (4, 6)), ((0, 3),)]
    assert [one.encoded.weights for one in found] == [(0.5,), (0.5, 1.0), ()]
    assert [one.sources for one in found] == [("a",), ("a", "b"), ("b",)]
    assert (count.documents, count.blocks, count.rest) == (2, 3, 3)
