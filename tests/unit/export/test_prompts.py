import json

import pytest
from transformers import AutoTokenizer

from ftkernel.data.prepare import prepare
from ftkernel.export.prompts import proof_prompts
from ftkernel.recipe.recipe import Recipe


@pytest.fixture(scope="module")
def tokenizer(tiny_model_folder):
    return AutoTokenizer.from_pretrained(tiny_model_folder)


def texts(recipe, tokenizer):
    return [tokenizer.decode(ids) for ids in proof_prompts(recipe, None, tokenizer)]


def rows_file(path, answer, count=3):
    rows = [{"instruction": f"Question {n}?", "output": f"{answer} {n}"} for n in range(count)]
    path.write_text("\n".join(map(json.dumps, rows)))
    return str(path)


def test_they_are_rows_of_the_run_encoded_as_in_training(tmp_path, tokenizer):
    data = rows_file(tmp_path / "rows.jsonl", "trained")
    recipe = Recipe.from_mapping({"model": "m", "data": data})
    assert texts(recipe, tokenizer)[1] == (
        "<|im_start|>user\nQuestion 1?<|im_end|>\n<|im_start|>assistant\ntrained 1<|im_end|>\n"
    )


def test_held_out_rows_come_first(tmp_path, tokenizer):
    data = rows_file(tmp_path / "rows.jsonl", "trained")
    held = rows_file(tmp_path / "held.jsonl", "held")
    recipe = Recipe.from_mapping({"model": "m", "data": data, "eval_dataset": held})
    assert all("held" in text for text in texts(recipe, tokenizer))


def test_rows_that_the_run_split_off_come_first(tmp_path, tokenizer):
    data = rows_file(tmp_path / "rows.jsonl", "row", count=20)
    recipe = Recipe.from_mapping({"model": "m", "data": data, "val_size": 4, "seed": 3})
    held_out = prepare(recipe, tokenizer, None).eval
    assert proof_prompts(recipe, None, tokenizer) == [row.input_ids for row in held_out]
    assert len(held_out) == 4


def test_rows_that_are_gone_leave_the_shipped_ones(tmp_path, tokenizer):
    recipe = Recipe.from_mapping({"model": "m", "data": str(tmp_path / "gone.jsonl")})
    shipped = texts(recipe, tokenizer)
    assert len(shipped) > 10
    assert shipped == texts(Recipe.from_mapping({"model": "m"}, job="export"), tokenizer)


def test_broken_rows_are_passed_over_and_long_files_are_not_read_to_their_end(tmp_path, tokenizer):
    path = tmp_path / "rows.jsonl"
    good = json.dumps({"instruction": "Q?", "output": "A"})
    lines = [good, "{broken", json.dumps({"instruction": "Q?", "output": ""}), *[good] * 5000]
    path.write_text("\n".join(lines))
    recipe = Recipe.from_mapping({"model": "m", "data": str(path)})
    assert 20 < len(texts(recipe, tokenizer)) < 60
