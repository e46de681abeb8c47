"""Encoded rows on disk: what is read is what was written, of every kind, and memory stays flat."""

import pickle
from array import array

import pytest

from ftkernel.data.encoded import (
    Encoded,
    EncodedFeedback,
    EncodedPair,
    EncodedPrompt,
    Packed,
    Remark,
)
from ftkernel.data.store import Chosen, StoredRows, Writer


def row(*tokens, learned=((1, 2),), **more):
    return Encoded(array("i", tokens), learned, **more)


REMARK = Remark(dropped_turns=2, cut_tokens=70_000, answer_cut=True, differs=True)
KINDS = {
    "rows": [
        row(5, 6, 7),
        row(1, 2, learned=()),
        row(9, 8, 7, 6, learned=((1, 2), (3, 4)), cut=True, weights=(0.3, 2.0), remark=REMARK),
    ],
    "pairs": [
        EncodedPair(row(1, 2, 3), row(1, 2, 4, 5, learned=((2, 4),))),
        EncodedPair(row(1, 2, remark=REMARK, cut=True), row(1, 3)),
    ],
    "feedback": [
        EncodedFeedback(row(1, 2), row(1, 3, 4), desirable=True),
        EncodedFeedback(row(1, 2, remark=REMARK), row(1, 3, 4), desirable=False),
    ],
    "prompts": [
        EncodedPrompt(array("i", [3, 4]), array("i", [])),
        EncodedPrompt(array("i", [3]), array("i", [7, 8]), REMARK),
    ],
    "packed": [
        Packed(array("i", [1, 2, 3, 4, 0]), ((1, 2), (3, 4)), (2, 2)),
        Packed(array("i", [1, 2]), ((1, 2),), (2,), (0.5,), cut=True, remark=REMARK),
    ],
}


def stored(path, rows, *, times=1):
    with Writer(path) as writer:
        for one in rows * times:
            writer.add(one)
    return StoredRows(path)


@pytest.mark.parametrize("kind", KINDS)
def test_rows_of_each_kind_come_back_as_they_were(kind, tmp_path):
    found = stored(tmp_path / "rows.arrow", KINDS[kind])
    assert found.kind == kind
    assert list(found) == KINDS[kind]
    assert found[-1] == KINDS[kind][-1]
    assert list(found.lengths) == [len(one) for one in KINDS[kind]]
    assert list(found.trained) == [one.trained_tokens for one in KINDS[kind]]


def test_many_batches_read_as_one_list(tmp_path):
    rows = [row(*range(1, 3 + n % 50)) for n in range(10_000)]
    found = stored(tmp_path / "rows.arrow", rows)
    assert len(found) == len(rows)
    assert all(found[n] == rows[n] for n in range(0, 10_000, 37))
    assert list(found.lengths) == [len(one) for one in rows]
    chosen = Chosen(found, array("q", [4096, 7, 9_999]))
    assert list(chosen) == [rows[4096], rows[7], rows[9_999]]
    assert list(chosen.lengths) == [len(one) for one in chosen]
    assert list(found[5000:5003]) == rows[5000:5003]
    with pytest.raises(IndexError):
        found[10_000]


def test_rows_of_one_source_row_keep_its_number(tmp_path):
    with Writer(tmp_path / "rows.arrow") as writer:
        for number, begins in enumerate([True, False, True, True, False]):
            writer.add(row(number, 1), begins=begins)
    assert list(StoredRows(tmp_path / "rows.arrow").rows) == [0, 0, 1, 2, 2]


def test_a_file_without_rows_is_an_empty_list(tmp_path):
    assert list(stored(tmp_path / "rows.arrow", [])) == []


def test_another_process_can_be_handed_the_rows(tmp_path):
    found = stored(tmp_path / "rows.arrow", KINDS["rows"])
    assert list(pickle.loads(pickle.dumps(Chosen(found, range(1, 3))))) == KINDS["rows"][1:]


def test_what_is_no_such_file_is_said(tmp_path):
    (tmp_path / "rows.arrow").write_bytes(b"no arrow at all" * 100)
    with pytest.raises(OSError):
        StoredRows(tmp_path / "rows.arrow")
