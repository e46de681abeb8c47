"""What is ready before training: rows as tokens, and a tokenizer that says how it was asked."""

import json

from ftkernel.models.report import SILENT
from ftkernel.recipe.recipe import Recipe
from ftkernel.training.prepare import find_model, prepare_data
from tests.tiny import tiny_model


def prepared(model, tmp_path):
    rows = tmp_path / "rows.jsonl"
    rows.write_text(json.dumps({"instruction": "Say one", "output": "One."}) + "\n")
    recipe = Recipe.from_mapping({"model": str(model), "data": str(rows)})
    return prepare_data(recipe, find_model(recipe, {}, SILENT), None, SILENT)


def test_a_model_without_a_template_is_saved_with_the_one_it_was_trained_with(tmp_path):
    model = tiny_model(tmp_path / "model", template=None)
    tokenizer = prepared(model, tmp_path).tokenizer
    tokenizer.save_pretrained(tmp_path / "saved")
    asked = tokenizer.apply_chat_template([{"role": "user", "content": "Hi"}], tokenize=False)
    assert asked == "User: Hi\n"
    assert "User: " in (tmp_path / "saved/chat_template.jinja").read_text()


def test_a_models_own_template_stays_as_it_is(tmp_path):
    model = tiny_model(tmp_path / "model")
    own = (model / "chat_template.jinja").read_text()
    assert prepared(model, tmp_path).tokenizer.chat_template == own
