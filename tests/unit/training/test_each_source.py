"""Each source of ``eval_dataset`` is measured by itself, and all of them together."""

import math

import pytest

from ftkernel.data.measured import Measured
from ftkernel.data.prepare import prepare
from tests.tiny import tiny_tokenizer
from tests.unit.data.rows_on_disk import recipe_for, write_lines
from tests.unit.training.support import again, small_run


@pytest.fixture
def recipe(tmp_path):
    def row(word, count):
        return {"instruction": f"Say {word}.", "output": f"{word} " * count}

    write_lines(tmp_path / "learned.jsonl", *[row("yes", 3)] * 4)
    write_lines(tmp_path / "near.jsonl", row("yes", 2), row("yes", 9))
    write_lines(tmp_path / "far.jsonl", row("no", 5))
    (tmp_path / "more").mkdir()
    write_lines(tmp_path / "more" / "far.jsonl", row("perhaps", 4))

    def made(**keys):
        return recipe_for("learned.jsonl", dataset_dir=str(tmp_path), **keys)

    return made


def test_the_rows_of_each_source_are_told_apart(recipe):
    sources = "near.jsonl, far.jsonl, more/far.jsonl"
    found = prepare(recipe(eval_dataset=sources, eval_on_each_dataset=True), tiny_tokenizer(), None)
    assert isinstance(found.eval, Measured)
    parts = found.eval.parts
    assert {name: len(rows) for name, rows in parts.items()} == {"near": 2, "far": 1, "far_3": 1}
    assert found.report.eval_rows == len(found.eval) == 4
    together = prepare(recipe(eval_dataset=sources), tiny_tokenizer(), None).eval
    assert not together.parts
    assert [row.input_ids for row in together] == [row.input_ids for row in found.eval]


def test_a_file_that_is_named_twice_with_other_options_is_read_twice(recipe):
    sources = [{"file": "near.jsonl", "max_samples": 1}, {"file": "near.jsonl", "max_samples": 2}]
    found = prepare(recipe(eval_dataset=sources, eval_on_each_dataset=True), tiny_tokenizer(), None)
    assert [len(rows) for rows in found.eval.parts.values()] == [1, 2]


def test_losses_of_the_sources_make_up_that_of_all(recipe, tmp_path, tiny_model_folder):
    sources = "near.jsonl, far.jsonl"
    found = prepare(recipe(eval_dataset=sources, eval_on_each_dataset=True), tiny_tokenizer(), None)
    keys = {"max_steps": 2, "eval_strategy": "steps", "eval_steps": 1, "held_out": 1}
    each = small_run(tmp_path / "a", tiny_model_folder, **keys)
    each.held_out = found.eval
    each.train()
    plain = again(each, tmp_path / "b")
    plain.held_out = list(found.eval)
    plain.train()
    said = each.events("evaluated")
    losses = [one["loss"] for one in plain.events("evaluated")]
    assert [one["loss"] for one in said] == pytest.approx(losses, rel=1e-5)
    tokens = {n: sum(r.trained_tokens for r in rows) for n, rows in found.eval.parts.items()}
    for one in said:
        assert set(one["metrics"]) == {"near_loss", "far_loss"}
        mean = sum(one["metrics"][f"{n}_loss"] * count for n, count in tokens.items())
        assert math.isclose(mean / sum(tokens.values()), one["loss"], rel_tol=1e-5)
    assert said[0]["metrics"]["near_loss"] != said[0]["metrics"]["far_loss"]
