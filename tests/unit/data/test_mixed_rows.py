"""Sources of a recipe in one stream of rows: in turn, by weight, drawn and cut each by itself."""

import pytest

from ftkernel.data.pipeline import Stream, encoder_for
from ftkernel.data.sources import find_sources, limited, read_rows
from tests.tiny import tiny_tokenizer
from tests.unit.data.rows_on_disk import recipe_for, write_lines


@pytest.fixture
def folder(tmp_path):
    for name, count in (("a", 3), ("b", 6)):
        rows = [{"instruction": f"{name}{i}?", "output": f"{name}{i}"} for i in range(count)]
        write_lines(tmp_path / f"{name}.jsonl", *rows)
    return tmp_path


def answers(recipe):
    return [row.data["output"] for row in read_rows(recipe, None)]


@pytest.mark.parametrize(
    ("strategy", "expected"),
    [
        ("concat", "a0 a1 a2 b0 b1 b2 b3 b4 b5"),
        ("interleave_under", "a0 b0 a1 b1 a2 b2"),
        ("interleave_over", "a0 b0 a1 b1 a2 b2 a0 b3 a1 b4 a2 b5"),
        ("interleave_once", "a0 b0 a1 b1 a2 b2 b3 b4 b5"),
    ],
)
def test_a_strategy_orders_the_rows_that_are_learned(folder, strategy, expected):
    recipe = recipe_for("a.jsonl, b.jsonl", dataset_dir=str(folder), mix_strategy=strategy)
    assert answers(recipe) == expected.split()
    stream = Stream(recipe, encoder_for(recipe, tiny_tokenizer()), None)
    said = [result.contents[0].messages[-1]["content"] for result in stream]
    assert said == expected.split()
    read_ahead = stream.tally.rows - len(set(expected.split()))
    assert read_ahead in (0, 1)


def test_weights_and_probabilities_draw_the_turns(folder):
    def recipe(**keys):
        data = keys.pop("data")
        return recipe_for(data, dataset_dir=str(folder), mix_strategy="interleave_once", **keys)

    sources = [{"file": "a.jsonl", "weight": 1}, {"file": "b.jsonl", "weight": 3}]
    weighed = answers(recipe(data=sources))
    drawn = answers(recipe(data="a.jsonl, b.jsonl", interleave_probs=[0.25, 0.75]))
    assert weighed == drawn
    assert sorted(weighed) == sorted(answers(recipe(data="a.jsonl, b.jsonl")))
    assert weighed != answers(recipe(data="a.jsonl, b.jsonl"))
    assert weighed != answers(recipe(data=sources, seed=7))


def test_rows_are_taken_from_the_beginning_or_drawn_by_seed(folder):
    def taken(**keys):
        return answers(recipe_for("b.jsonl", dataset_dir=str(folder), **keys))

    assert taken(max_samples=2) == ["b0", "b1"]
    drawn = taken(num_samples=3)
    assert len(set(drawn)) == 3
    assert drawn == sorted(drawn)
    assert drawn == taken(num_samples=3)
    assert any(drawn != taken(num_samples=3, seed=seed) for seed in range(5))
    assert taken(num_samples=5, max_samples=2) == taken(num_samples=5)[:2]


def test_more_rows_than_there_are_repeat_and_this_is_said(folder):
    recipe = recipe_for({"file": "a.jsonl", "num_samples": 8}, dataset_dir=str(folder))
    [source] = find_sources(recipe, None)
    rows = [row.data["output"] for row in limited(source, recipe)]
    assert len(rows) == 8
    assert [rows.count(name) for name in ("a0", "a1", "a2")] in ([3, 3, 2], [3, 2, 3], [2, 3, 3])
    [remark] = source.remarks
    assert (remark.code, remark.params["rows"]) == ("data.oversampled", 3)


def test_each_source_is_cut_by_itself(folder):
    sources = [{"file": "a.jsonl", "max_samples": 1}, "b.jsonl"]
    recipe = recipe_for(sources, dataset_dir=str(folder), max_samples=2)
    assert answers(recipe) == ["a0", "b0", "b1"]
