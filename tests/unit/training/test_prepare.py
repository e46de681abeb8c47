"""What is ready before training: rows as tokens, and a tokenizer that says how it was asked."""

import json

import pytest
from transformers import AutoTokenizer

from ftkernel.data.encoded import Options
from ftkernel.data.render import render_prompt, stop_ids
from ftkernel.export.merge import Learnt, write_merged
from ftkernel.inference.choice import chosen_model
from ftkernel.inference.engine import Engine
from ftkernel.models.report import SILENT
from ftkernel.models.source import ModelSource
from ftkernel.recipe.recipe import Recipe
from ftkernel.training.prepare import find_model, prepare_data
from tests.tiny import tiny_model


def prepared(model, tmp_path, **keys):
    rows = tmp_path / "rows.jsonl"
    rows.write_text(json.dumps({"instruction": "Say one", "output": "One."}) + "\n")
    recipe = Recipe.from_mapping({"model": str(model), "data": str(rows), **keys})
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


ASKED = [{"role": "user", "content": "Say one"}]


TOOLS = [{"type": "function", "function": {
    "name": "clock", "description": "The time.", "parameters": {"type": "object", "properties": {}},
}}]  # fmt: skip
CALLS = [{"type": "function", "function": {"name": "clock", "arguments": {"zone": "it's"}}}]


@pytest.mark.parametrize("keys", [{"template": "qwen"}, {"tool_format": "minimax2"}])
def test_tools_of_a_run_its_chats_and_its_merged_model_are_written_alike(tmp_path, keys):
    model = tiny_model(tmp_path / "model")
    asked = [
        *ASKED,
        {"role": "assistant", "content": "", "tool_calls": CALLS},
        {"role": "tool", "content": "Noon."},
    ]
    rows = tmp_path / "calls.jsonl"
    messages = [*asked, {"role": "assistant", "content": "It is noon."}]
    rows.write_text(json.dumps({"messages": messages, "tools": TOOLS}) + "\n")
    data = prepared(model, tmp_path, **keys, data=str(rows))
    [row] = data.train
    trained = row.input_ids[: row.learned[-1][0]]
    assert render_prompt(data.tokenizer, asked, options=Options(**keys), tools=TOOLS) == trained
    out = tmp_path / "out"
    out.mkdir()
    chat = Recipe.from_mapping({"model": {"base": str(model)}, **keys}, job="infer")
    learnt = Learnt(ModelSource("folder", model, "model", None))
    write_merged(learnt, chat, out, [row.input_ids], dtype="float32")
    for tokenizer in (data.tokenizer, AutoTokenizer.from_pretrained(out)):
        text = tokenizer.apply_chat_template(
            asked, tools=TOOLS, tokenize=False, add_generation_prompt=True
        )
        assert text == data.tokenizer.decode(trained)


@pytest.mark.parametrize(
    "keys", [{}, {"template": "default"}, {"template": "qwen3", "enable_thinking": False}]
)
def test_runs_chats_and_merges_speak_alike(tmp_path, keys):
    model = tiny_model(tmp_path / "model")
    data = prepared(model, tmp_path, **keys)
    [row] = data.train
    [(start, stop)] = row.learned
    trained = row.input_ids[:start]
    assert render_prompt(data.tokenizer, ASKED, options=Options(**keys)) == trained
    chat = Recipe.from_mapping({"model": {"base": str(model)}, **keys}, job="infer")
    engine = Engine(chosen_model(chat))
    assert engine.prompt(ASKED) == trained
    assert row.input_ids[stop - 1] in engine.ends
    out = tmp_path / "out"
    out.mkdir()
    learnt = Learnt(ModelSource("folder", model, "model", None))
    write_merged(learnt, chat, out, [row.input_ids], dtype="float32")
    merged = AutoTokenizer.from_pretrained(out)
    # Whoever takes the merged model knows nothing of the recipe.
    settings = {name: value for name, value in keys.items() if name != "template"}
    for tokenizer in (data.tokenizer, merged):
        text = tokenizer.apply_chat_template(
            ASKED, tokenize=False, add_generation_prompt=True, **settings
        )
        assert text == data.tokenizer.decode(trained)
    assert row.input_ids[stop - 1] in stop_ids(merged)
