"""The declarations of keys feed a JSON schema and a page of documentation."""

import json

from ftkernel.recipe import registry
from ftkernel.recipe.docs import keys_markdown
from ftkernel.recipe.schema import recipe_schema


def test_the_schema_knows_every_key_and_alias():
    schema = recipe_schema()
    names = {name for key in registry.implemented() for name in (key.name, *key.aliases)}
    assert set(schema["properties"]) == names
    assert schema["additionalProperties"] is False
    assert json.loads(json.dumps(schema)) == schema


def test_the_schema_says_type_range_choices_and_default():
    properties = recipe_schema()["properties"]
    assert properties["learning_rate"]["anyOf"][0] == {
        "type": "number",
        "exclusiveMinimum": 0,
        "maximum": 10,
    }
    assert properties["finetuning_type"]["enum"] == ["lora", "full"]
    assert properties["finetuning_type"]["default"] == "lora"
    assert properties["max_steps"]["anyOf"] == [
        {"type": "integer", "minimum": 1},
        {"enum": [-1]},
    ]
    assert properties["hf_hub_token"]["writeOnly"] is True


def test_the_page_names_every_key_in_both_languages():
    for lang in ("en", "zh"):
        page = keys_markdown(lang)
        assert all(f"`{name}`" in page for name in registry.KEYS)
    assert "| `learning_rate`, `lr` | float, 0 < learning_rate ≤ 10 |" in keys_markdown()


def test_every_row_of_the_page_has_its_four_cells():
    rows = [line for line in keys_markdown().splitlines() if line.startswith("| `")]
    assert len(rows) == sum(key.status != "later" for key in registry.KEYS.values())
    assert all(row.replace("\\|", "").count("|") == 5 for row in rows)
