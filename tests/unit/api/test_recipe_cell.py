"""The cell of a run or a recipe file gives the same recipe again, and no secret."""

import json

import pytest

from ftkernel.api import control, recipe_cell
from ftkernel.errors import FtError, RecipeError
from ftkernel.recipe import registry
from ftkernel.recipe.recipe import Recipe
from ftkernel.runs.store import create_run

ROWS = {"rows": [{"instruction": "a", "output": "b"}], "rate": 3e-4, "token": "hf_abc"}

BODIES = {
    "short names": "model: smollm2-135m\ndata: demo\nsteps: 40\nlr: 1e-4",
    "lists": "model: smollm2-135m\ndata: [demo, 'my rows.jsonl']\nlora_target:\n  - q_proj\n  - v_proj",
    "texts": 'model: smollm2-135m\ndata: demo\ndefault_system: "Say \\"no\\": # 1\\n{{ x }} 中文"\nrun_name: "007"',
    "nothing": "model: smollm2-135m\ndata: demo\nval_size: 0.1\neval_steps: null\nbf16: no\nlora_alpha: null",
    "mappings": "model: smollm2-135m\ndata: demo\nlr_scheduler_type: cosine_with_restarts\nlr_scheduler_kwargs:\n  num_cycles: 3",
    "variables": "model: smollm2-135m\ndata: $rows\nlr: $rate\nhf_hub_token: $token",
    "numbers": "model: smollm2-135m\ndata: demo\nlearning_rate: .0002\nwarmup_steps: 3\nsave_steps: 0.25\nseed: 0",
    "sources": "model: smollm2-135m\ndata: [$rows, {file: demo, max_samples: 2, set: {name: Bo}}]\neval_dataset: {variable: rows, num_samples: 1}",
    "a sign": "model: smollm2-135m\ndata: demo\ndefault_system: $$not a variable",
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_the_cell_of_a_run_gives_an_equal_recipe(tmp_path, body):
    recipe = Recipe.parse(body, namespace=ROWS)
    folder = create_run(tmp_path, "first", recipe)
    cell = recipe_cell.cell_of_run(folder, ROWS)
    magic, again = cell.split("\n", 1)
    assert magic == "%%finetune"
    assert Recipe.parse(again, namespace=ROWS) == control.recipe_of(folder)
    assert "hf_abc" not in cell


def test_every_key_comes_back_from_a_cell(tmp_path):
    folder = create_run(tmp_path, "first", Recipe.parse("model: smollm2-135m\ndata: demo"))
    tried = []
    for key in registry.implemented():
        value = key.example if key.example is not None else key.default
        base = {"model": "smollm2-135m", "data": "demo"}
        if key.secret or key.name in ("dataset", "model_name_or_path") or value is None:
            continue
        try:
            recipe = Recipe.from_mapping({**base, key.name: value})
        except RecipeError:  # its example needs other keys beside it
            continue
        folder.recipe_json.write_text(json.dumps(recipe.to_json()))
        body = recipe_cell.cell_of_run(folder, {}).split("\n", 1)[1]
        assert Recipe.parse(body) == recipe, key.name
        tried.append(key.name)
    assert len(tried) > 60


def test_the_cell_keeps_the_order_and_the_short_names_and_says_no_more(tmp_path):
    body = "steps: 40\nmodel: smollm2-135m\nlearning_rate: 0.0001\ndata: demo"
    folder = create_run(tmp_path, "first", Recipe.parse(body))
    assert recipe_cell.cell_of_run(folder, {}) == f"%%finetune\n{body}"


def test_a_variable_keeps_its_name_and_a_hint_says_when_it_is_gone(tmp_path):
    folder = create_run(tmp_path, "first", Recipe.parse(BODIES["variables"], namespace=ROWS))
    there = recipe_cell.cell_of_run(folder, ROWS)
    assert there.splitlines() == [
        "%%finetune",
        "# hf_hub_token: was given, and is never saved",
        "model: smollm2-135m",
        "data: $rows",
        "lr: 0.0003",
    ]
    gone = recipe_cell.cell_of_run(folder, {}).splitlines()
    assert gone[2].startswith(
        "# $rows is no variable of this notebook now; its rows of then are in "
    )
    assert gone[2].endswith("/first/data/rows.jsonl")
    assert recipe_cell.cell_of_run(folder, None) == there


def test_a_default_that_was_another_then_is_written_out(tmp_path):
    folder = create_run(tmp_path, "first", Recipe.parse(BODIES["short names"]))
    saved = json.loads(folder.recipe_json.read_text())
    saved["values"]["seed"] = 43
    folder.recipe_json.write_text(json.dumps(saved))
    assert recipe_cell.cell_of_run(folder, {}).splitlines()[-2:] == ["seed: 43", "data_seed: 42"]


def test_files_are_named_by_whole_paths_from_another_folder(tmp_path, monkeypatch):
    there, here = tmp_path / "there", tmp_path / "here"
    there.mkdir()
    here.mkdir()
    (there / "rows.jsonl").write_text('{"text": "x"}\n')
    monkeypatch.chdir(there)
    recipe = Recipe.parse("model: smollm2-135m\ndata: rows.jsonl")
    folder = create_run(tmp_path / "runs", "first", recipe)
    assert "data: rows.jsonl" in recipe_cell.cell_of_run(folder, {})
    monkeypatch.chdir(here)
    assert f"data: {there}/rows.jsonl" in recipe_cell.cell_of_run(folder, {}).replace('"', "")


def test_the_cell_of_a_file_is_its_text_but_for_secrets(tmp_path):
    path = tmp_path / "recipe.yaml"
    path.write_text("# mine\nmodel: smollm2-135m   # small\n\nhf_hub_token: hf_abc\ndata: $rows\n")
    assert recipe_cell.cell_of_file(str(path)).splitlines() == [
        "%%finetune",
        "# mine",
        "model: smollm2-135m   # small",
        "",
        "# hf_hub_token: was given, and is never saved",
        "data: $rows",
    ]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("none.yaml", None, "recipe.file_missing"),
        ("a.yaml", b"\xff\xfe\x00", "recipe.file_not_text"),
        ("a.yaml", b"model: [", "recipe.yaml"),
        ("a.json", b'{"model": "x", "hf_hub_token": "hf_abc"}', "cell.secret_among_others"),
        (
            "a.json",
            b'{\n\t"model": "x",\n\t"hf_hub_token":\n\t"hf_abc"}',
            "cell.secret_among_others",
        ),
        ("a.yaml", b"hf_hub_token:\n  hf_abc\nmodel: x", "cell.secret_among_others"),
        ("a.yaml", b"model: x\n" * 200_000, "cell.too_large"),
    ],
)
def test_a_file_that_cannot_be_a_cell_is_refused(tmp_path, name, content, code):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(FtError) as caught:
        recipe_cell.cell_of_file(str(path))
    codes = [caught.value.code, *(one.code for one in getattr(caught.value, "problems", ()))]
    assert code in codes
    assert "hf_abc" not in str(caught.value)
