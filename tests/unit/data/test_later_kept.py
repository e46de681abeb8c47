"""Rows that are tokenized while a run trains are kept, and the next run takes them from there."""

import pytest

from ftkernel.data import later, prepare
from ftkernel.data.encode import Encoder
from ftkernel.data.encoded import Encoded
from tests.tiny import tiny_tokenizer
from tests.unit.data import chat_templates as templates
from tests.unit.data.rows_on_disk import recipe_for, write_lines
from tests.waiting import wait_until

WAYS = {"truncation": "tail", "cutoff_len": 64}


@pytest.fixture(autouse=True)
def soon(tmp_path, monkeypatch):
    monkeypatch.setenv("FTKERNEL_ROWS_DIR", str(tmp_path / "kept"))
    monkeypatch.setattr(later, "SECONDS", 1e-6)
    monkeypatch.setattr(later, "SAMPLE", 8)


def rows_file(folder):
    rows = [{"instruction": f"What is {n}?", "output": f"It is {n}."} for n in range(60)]
    rows[21] = {"instruction": "word " * 90, "output": "Far behind the cutoff."}
    rows[33] = {"instruction": "Go on.", "output": "word " * 90}
    return write_lines(folder / "rows.jsonl", *rows)


def run(path, tokenizer, **keys):
    """A run that begins early: what it gets, and everything it says once all rows are there."""
    recipe = recipe_for(str(path), val_size=6, **WAYS, **keys)
    out = prepare(recipe, tokenizer, None, may_follow=True)
    assert out.later is not None
    tokenizing = out.later.tokenizing
    tokenizing.begin(reversed(range(len(tokenizing))))
    wait_until(lambda: tokenizing.is_done)
    rows = [row for row in [*out.train, *out.eval] if isinstance(row, Encoded)]
    whole = out.later.said()
    return out, rows, whole


def forbid(monkeypatch):
    def refuse(self, contents):
        raise AssertionError("tokenized again")

    monkeypatch.setattr("ftkernel.data.fast_encoder.FastEncoder.encode_all", refuse)
    monkeypatch.setattr(Encoder, "encode_all", refuse)


def test_the_second_run_is_the_same_and_tokenizes_nothing(tmp_path, monkeypatch):
    path, tokenizer = rows_file(tmp_path), tiny_tokenizer()
    first, rows, whole = run(path, tokenizer)
    assert [note.code for note in first.notes] == ["data.rest_follows"]
    assert whole.report.refused == 1
    wait_until(lambda: any((tmp_path / "kept").glob("*/rows.json")))
    with monkeypatch.context() as patch:
        forbid(patch)
        second, again, whole_again = run(path, tokenizer)
    assert second.notes == ()
    assert second.report == first.report
    assert [(row, row.remark) for row in again] == [(row, row.remark) for row in rows]
    assert whole_again.report == whole.report
    assert [note.params for note in whole_again.notes] == [note.params for note in whole.notes]
    assert second.train.tokenizing.fingerprint() == first.train.tokenizing.fingerprint()


def test_other_settings_are_not_taken_for_the_same(tmp_path):
    path, tokenizer = rows_file(tmp_path), tiny_tokenizer()
    run(path, tokenizer)
    wait_until(lambda: any((tmp_path / "kept").glob("*/rows.json")))
    for keys in ({"train_on_prompt": True}, {"overwrite_cache": True}):
        out, _, _ = run(path, tokenizer, **keys)
        assert not out.later.tokenizing.is_kept


def test_rows_that_unroll_are_kept_with_all_their_examples(tmp_path, monkeypatch):
    tokenizer = tiny_tokenizer(template=templates.QWEN3)
    chat = [{"role": role, "content": f"<think>a</think>{role}"} for role in ("user", "assistant")]
    rows = [{"messages": [*chat[:1], {"role": "assistant", "content": f"{n}"}]} for n in range(40)]
    kept = later.sample_of(40, 42)
    other = next(n for n in range(40) if n not in kept)
    rows[other] = {"messages": [*chat, *chat]}
    path = write_lines(tmp_path / "rows.jsonl", *rows)
    _, _, whole = run(path, tokenizer)
    wait_until(lambda: any((tmp_path / "kept").glob("*/rows.json")))
    forbid(monkeypatch)
    out, _, again = run(path, tokenizer)
    assert len(out.later.tokenizing.examples(other)) == 2
    assert again.report == whole.report
