"""Tokenized rows that are kept: found again by all they depend on, made anew where any of it changed."""

import json
import os
import signal

import pytest

from ftkernel.data import cache, parallel, prepare
from ftkernel.data.fast_encoder import FastEncoder
from ftkernel.data.store import StoredRows
from ftkernel.errors import FtError
from tests.tiny import tiny_tokenizer
from tests.unit.data import chat_templates as templates
from tests.unit.data.rows_on_disk import recipe_for, write_lines


@pytest.fixture(scope="module")
def tokenizer():
    return tiny_tokenizer()


@pytest.fixture(autouse=True)
def own_cache(monkeypatch, tmp_path):
    monkeypatch.setenv("FTKERNEL_ROWS_DIR", str(tmp_path / "kept"))
    return tmp_path / "kept"


@pytest.fixture
def encoded(monkeypatch):
    """How many rows were encoded, so that a test sees whether any were."""
    count = [0]
    encode_all = FastEncoder.encode_all

    def counted(self, contents):
        count[0] += len(contents)
        return encode_all(self, contents)

    monkeypatch.setattr(FastEncoder, "encode_all", counted)
    return count


def rows(count, answer="It is {}."):
    return [{"instruction": f"What is {n}?", "output": answer.format(n)} for n in range(count)]


def lists(prepared):
    return [(row.input_ids, row.labels) for row in prepared.train]


def test_the_same_rows_are_not_tokenized_twice(tokenizer, tmp_path, encoded):
    path = write_lines(tmp_path / "rows.jsonl", *rows(30), '{"half')
    first = prepare(recipe_for(str(path)), tokenizer, None)
    assert encoded == [30]
    again = prepare(recipe_for(str(path)), tokenizer, None)
    assert encoded == [30]
    assert lists(again) == lists(first)
    assert again.report == first.report
    assert again.notes == first.notes


@pytest.mark.parametrize(
    "change",
    [
        {"cutoff_len": 30},
        {"mask_history": True},
        {"default_system": "Be brief."},
        {"max_samples": 9},
    ],
    ids=str,
)
def test_other_options_are_other_rows(tokenizer, tmp_path, encoded, change):
    path = write_lines(tmp_path / "rows.jsonl", *rows(10))
    prepare(recipe_for(str(path)), tokenizer, None)
    before = encoded[0]
    prepare(recipe_for(str(path), **change), tokenizer, None)
    assert encoded[0] > before


def test_another_content_tokenizer_or_template_is_other_rows(tokenizer, tmp_path, encoded):
    path = write_lines(tmp_path / "rows.jsonl", *rows(10))
    recipe = recipe_for(str(path))
    prepare(recipe, tokenizer, None)
    prepare(recipe, tiny_tokenizer(vocab=400), None)
    assert encoded == [20]
    prepare(recipe, tiny_tokenizer(template=templates.LLAMA3), None)
    assert encoded == [30]
    write_lines(path, *rows(10, answer="No {}."))
    prepare(recipe, tokenizer, None)
    assert encoded == [40]


def test_what_does_not_change_rows_finds_them(tokenizer, tmp_path, encoded):
    path = write_lines(tmp_path / "rows.jsonl", *rows(20))
    prepare(recipe_for(str(path)), tokenizer, None)
    held = prepare(recipe_for(str(path), val_size=5, preprocessing_batch_size=7), tokenizer, None)
    assert encoded == [20]
    assert (len(held.train), len(held.eval)) == (15, 5)
    assert held.report.tokens == sum(len(row) for row in held.train)
    assert held.report.trained_tokens == sum(row.trained_tokens for row in held.train)


def test_overwrite_cache_tokenizes_anew(tokenizer, tmp_path, encoded):
    path = write_lines(tmp_path / "rows.jsonl", *rows(5))
    prepare(recipe_for(str(path)), tokenizer, None)
    prepare(recipe_for(str(path), overwrite_cache=True), tokenizer, None)
    assert encoded == [10]


def test_rows_that_are_not_whole_are_made_anew(tokenizer, tmp_path, own_cache, encoded):
    path = write_lines(tmp_path / "rows.jsonl", *rows(50))
    first = prepare(recipe_for(str(path)), tokenizer, None)
    expected = lists(first)
    [stored] = own_cache.glob("*/rows.arrow")
    stored.write_bytes(stored.read_bytes()[:-100])
    assert lists(prepare(recipe_for(str(path)), tokenizer, None)) == expected
    assert encoded == [100]


def test_a_refused_run_is_refused_again(tokenizer, tmp_path):
    path = write_lines(tmp_path / "rows.jsonl", *rows(18), "{half", {"instruction": "Hi"})
    for _ in range(2):
        with pytest.raises(FtError) as caught:
            prepare(recipe_for(str(path)), tokenizer, None)
        assert caught.value.code == "data.too_many_refused"


def test_a_cache_that_cannot_be_written_costs_only_the_keeping(tokenizer, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("FTKERNEL_ROWS_DIR", str(tmp_path / "file" / "rows"))
    path = write_lines(tmp_path / "rows.jsonl", *rows(5))
    assert len(prepare(recipe_for(str(path)), tokenizer, None).train) == 5


def test_the_oldest_go_when_all_take_too_much(tokenizer, tmp_path, own_cache, monkeypatch):
    for number in range(3):
        path = write_lines(tmp_path / "rows.jsonl", *rows(20, answer=f"{number} {{}}"))
        prepare(recipe_for(str(path)), tokenizer, None)
        for note in own_cache.glob("*/rows.json"):
            stat = note.stat()
            os.utime(note, (stat.st_atime - 100, stat.st_mtime - 100))
    sizes = [stored.stat().st_size for stored in own_cache.glob("*/rows.arrow")]
    oldest = min(own_cache.glob("*/rows.json"), key=lambda note: note.stat().st_mtime)
    monkeypatch.setattr(cache, "MOST_BYTES", sum(sizes) + min(sizes) // 2)
    path = write_lines(tmp_path / "rows.jsonl", *rows(20, answer="new {}"))
    prepare(recipe_for(str(path)), tokenizer, None)
    assert not oldest.exists()
    assert len(list(own_cache.glob("*/rows.json"))) == 3


def test_tokenized_path_saves_and_loads_the_same(tokenizer, tmp_path, encoded):
    path = write_lines(tmp_path / "rows.jsonl", *rows(12))
    recipe = recipe_for(str(path), tokenized_path=str(tmp_path / "mine"))
    first = prepare(recipe, tokenizer, None)
    [note] = first.notes
    assert (note.code, note.params["rows"]) == ("data.tokenized_saved", 12)
    again = prepare(recipe, tokenizer, None)
    assert [note.code for note in again.notes] == ["data.tokenized_loaded"]
    assert lists(again) == lists(first)
    assert encoded == [12]
    assert len(StoredRows(tmp_path / "mine" / "train" / "rows.arrow")) == 12


def test_tokenized_path_of_something_else_is_refused_by_name(tokenizer, tmp_path):
    path = write_lines(tmp_path / "rows.jsonl", *rows(12))
    place = str(tmp_path / "mine")
    prepare(recipe_for(str(path), tokenized_path=place), tokenizer, None)
    with pytest.raises(FtError) as caught:
        prepare(recipe_for(str(path), tokenized_path=place, train_on_prompt=True), tokenizer, None)
    assert caught.value.code == "data.tokenized_differs"
    assert caught.value.params["differing"] == ["train_on_prompt"]
    write_lines(path, *rows(13))
    with pytest.raises(FtError) as caught:
        prepare(recipe_for(str(path), tokenized_path=place), tokenizer, None)
    assert caught.value.params["differing"] == ["dataset"]
    other = recipe_for(str(path), tokenized_path=place, overwrite_cache=True)
    assert len(prepare(other, tokenizer, None).train) == 13


def test_tokenized_path_never_writes_over_what_is_not_its_own(tokenizer, tmp_path):
    (tmp_path / "mine" / "train").mkdir(parents=True)
    (tmp_path / "mine" / "train" / "thesis.txt").write_text("years of work")
    path = write_lines(tmp_path / "rows.jsonl", *rows(3))
    recipe = recipe_for(str(path), tokenized_path=str(tmp_path / "mine"), overwrite_cache=True)
    with pytest.raises(FtError) as caught:
        prepare(recipe, tokenizer, None)
    assert caught.value.code == "data.tokenized_unknown"
    assert (tmp_path / "mine" / "train" / "thesis.txt").read_text() == "years of work"


def test_any_number_of_processes_gives_the_same_rows(tokenizer, tmp_path):
    odd = [
        {"instruction": "Say <|im_end|>", "output": "no " * 40},
        {"instruction": "Empty", "output": ""},
    ]
    path = write_lines(tmp_path / "rows.jsonl", *rows(400), *odd, *rows(400, answer="So {}"))
    found = [
        prepare(
            recipe_for(str(path), overwrite_cache=True, cutoff_len=40, preprocessing_num_workers=n),
            tokenizer,
            None,
        )
        for n in (1, 2, 4)
    ]
    assert lists(found[1]) == lists(found[2]) == lists(found[0])
    assert found[1].report == found[2].report == found[0].report
    assert found[1].notes == found[2].notes == found[0].notes
    assert found[0].report.refused == 1


@pytest.mark.skipif(os.name == "nt", reason="kills a process by a signal")
def test_a_process_that_is_killed_costs_nothing_but_time(tokenizer, tmp_path, monkeypatch):
    path = write_lines(tmp_path / "rows.jsonl", *rows(1500))
    started = []
    start = parallel._Helpers._start

    def doomed(self):
        process = start(self)
        started.append(process)
        os.kill(process.pid, signal.SIGKILL)
        return process

    monkeypatch.setattr(parallel._Helpers, "_start", doomed)
    recipe = recipe_for(str(path), preprocessing_num_workers=2)
    found = prepare(recipe, tokenizer, None)
    assert found.report.train_rows == 1500
    assert started
    assert all(process.poll() is not None for process in started)


def test_the_note_says_what_rows_depend_on(tokenizer, tmp_path, own_cache):
    path = write_lines(tmp_path / "rows.jsonl", *rows(3))
    prepare(recipe_for(str(path)), tokenizer, None)
    [note] = own_cache.glob("*/rows.json")
    parts = json.loads(note.read_text(encoding="utf-8"))["parts"]
    assert {
        "ftkernel",
        "dataset",
        "tokenizer",
        "chat template",
        "cutoff_len",
        "truncation",
        "stage",
    } <= set(parts)
    assert "preprocessing_num_workers" not in parts
