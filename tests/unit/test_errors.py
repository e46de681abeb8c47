"""An error carries a code, parameters and a place, shows itself in either language, and crosses as JSON."""

import json

from ftkernel import messages
from ftkernel.errors import FtError, Halt, RecipeError, Where, from_json

ERROR = FtError(
    "recipe.unknown_key", where=Where("recipe.yaml", 3, "lr"), name="lrr", nearest=["lr"]
)


def test_an_error_shows_what_where_and_what_to_do():
    assert str(ERROR) == (
        "There is no key 'lrr'.\n  at recipe.yaml, line 3: lr\n  Did you mean lr?"
    )
    assert ERROR.lines("zh") == [
        "没有键 “lrr”。",
        "  位置：recipe.yaml, 第 3 行: lr",
        "  您是指 lr 吗？",
    ]


def test_the_parts_of_a_place_may_be_missing():
    assert Where().text("en") == ""
    assert Where(key="lr").text("en") == "lr"
    assert Where(line=3).text("en") == "line 3"
    assert Where(file="a.jsonl").text("en") == "a.jsonl"
    assert FtError("recipe.empty", where=Where()).lines("en")[0] == "The recipe is empty."


def test_a_notebook_shows_the_lines_and_no_frames():
    assert ERROR._render_traceback_() == ERROR.lines()


def test_an_error_crosses_as_json():
    again = from_json(json.loads(json.dumps(ERROR.to_json())))
    assert str(again) == str(ERROR)
    assert again.where == ERROR.where
    bare = from_json(FtError("recipe.empty").to_json())
    assert (bare.where, bare.params) == (None, {})


def test_several_faults_cross_together():
    both = RecipeError([ERROR, FtError("recipe.no_data")])
    again = from_json(json.loads(json.dumps(both.to_json())))
    assert isinstance(again, RecipeError)
    assert again.lines() == both.lines()
    assert both.lines()[0] == "The recipe has 2 problems; nothing was started."


def test_one_fault_of_a_recipe_stands_alone():
    assert RecipeError([ERROR]).lines() == ERROR.lines()


def test_a_halt_is_an_error_too():
    assert isinstance(Halt("recipe.empty"), FtError)


def test_an_unknown_code_shows_itself():
    assert str(FtError("no.such_code", a=1)) == "no.such_code (a=1)"


def test_the_language_follows_choice_environment_and_locale(monkeypatch):
    monkeypatch.setenv("FTKERNEL_LANG", "zh_CN")
    assert messages.language() == "zh"
    messages.set_language("en")
    try:
        assert messages.language() == "en"
    finally:
        messages.set_language(None)
    monkeypatch.setenv("FTKERNEL_LANG", "de")
    assert messages.language() == "en"
