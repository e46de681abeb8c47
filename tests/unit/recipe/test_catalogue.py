"""Each public data set of the catalogue is complete, cited, and read in the form that is stated."""

import json
from pathlib import Path

import pytest

from ftkernel.completion.cell import complete
from ftkernel.completion.offers import Surroundings
from ftkernel.data.forms import Asked, find_form
from ftkernel.data.rows import Row
from ftkernel.recipe.catalogue import catalogue, known_set
from ftkernel.recipe.finding import find
from ftkernel.recipe.keys.data import COLUMNS, FORMATS, TAGS
from ftkernel.recipe.recipe import Recipe

SETS = list(catalogue().values())
TURNS = {
    "sharegpt": [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "One."}],
    "openai": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "One."}],
}
USUAL = {
    "alpaca": ("prompt", "query", "response"),
    "sharegpt": ("messages",),
    "openai": ("messages",),
    "preference": ("chosen", "rejected"),
    "kto": ("kto_tag",),
    "text": ("text",),
}
STAGES = {"preference": "dpo", "kto": "kto", "text": "pt"}
NAMES = {
    "prompt": "instruction",
    "query": "input",
    "response": "output",
    "messages": "conversations",
}


def recipe(data, **keys):
    return Recipe.from_mapping({"model": "smollm2-135m", "data": data, **keys})


def cell(part, known):
    """What a row of that data set holds in a column."""
    if part == "kto_tag":
        return True
    if part == "messages":
        turns = TURNS["openai" if known.attributes.tags or known.form == "openai" else "sharegpt"]
        return turns[:1] if known.form == "preference" else turns
    if part == "tools":
        return "[]"
    messages = (known.attributes.columns or {}).get("messages")
    if part in ("chosen", "rejected") and messages:
        return TURNS["sharegpt"][1]
    return "words"


def test_there_are_many_and_each_once():
    assert len(SETS) >= 50
    assert len({known.name for known in SETS}) == len(SETS)


@pytest.mark.parametrize("known", SETS, ids=lambda known: known.name)
def test_an_entry_is_complete_and_its_source_is_named(known):
    assert known.form in FORMATS
    assert known.source.startswith("https://")
    assert set(known.attributes.columns or {}) <= set(COLUMNS)
    assert set(known.attributes.tags or {}) <= set(TAGS)
    found = find(known.name, recipe(known.name), "dataset", Path("/"))
    assert (found.kind, found.target) == ("hub", known.hub_id)
    assert (found.subset, found.split, found.folder) == (known.subset, known.split, known.folder)


@pytest.mark.parametrize("known", SETS, ids=lambda known: known.name)
def test_rows_as_stated_have_the_form_as_stated(known):
    columns = known.attributes.named_columns or {
        part: NAMES.get(part, part) for part in USUAL[known.form]
    }
    row = {column: cell(part, known) for part, column in columns.items()}
    form = find_form(
        [Row(row, "a", 1)], known.name, Asked.of(known.attributes, STAGES.get(known.form, "sft"))
    )
    assert form.kind == known.form
    assert set(form.columns.values()) >= set(row)


def test_a_hub_id_is_known_whatever_its_case_and_may_name_a_part():
    assert known_set("open-orca/openorca").name == "openorca"
    assert known_set("nobody/nothing") is None
    base = Path("/")
    found = find("HuggingFaceH4/ultrachat_200k", recipe("demo"), "dataset", base)
    assert (found.split, found.attributes.formatting) == ("train_sft", "openai")
    found = find("HuggingFaceH4/ultrachat_200k@test_sft", recipe("demo"), "dataset", base)
    assert found.split == "test_sft"


def test_parity_takes_a_data_set_as_it_is():
    base = Path("/")
    found = find("openorca", recipe("demo", parity="llamafactory"), "dataset", base)
    assert found.attributes.columns is None


def offers(body, folder):
    cell = f"%%finetune\n{body}"
    found = complete(cell.replace("▌", ""), cell.index("▌"), Surroundings({}, folder))
    return [item.text for item in found.items]


def test_names_are_offered_where_data_is_named(tmp_path):
    (tmp_path / "data").mkdir()
    info = {"slim_mine": {"file_name": "a.json"}}
    (tmp_path / "data" / "dataset_info.json").write_text(json.dumps(info))
    assert offers("data: sli▌", tmp_path) == ["slim_mine", "slimorca"]
    assert "slim_mine" in offers("data: ▌", tmp_path)
    assert "slimorca" not in offers("data: ▌", tmp_path)
    assert offers("data: {fi▌", tmp_path) == ["file: "]
    assert "num_samples: " in offers("data: {file: a.json, ▌", tmp_path)
    assert offers("data: {file: sli▌", tmp_path)[0] == "slim_mine"
    assert offers("data: {file: a.json, formatting: share▌", tmp_path) == ["sharegpt"]
    assert offers("columns: {pro▌", tmp_path) == ["prompt: "]
    assert offers("dataset_dir: .\ndata: Open-Orca/Sl▌", tmp_path) == ["Open-Orca/SlimOrca"]
