"""The table of prompt formats: every name resolves, fast, and says where it is from."""

import subprocess
import sys
from dataclasses import fields

import pytest

from ftkernel.data.templates import get, load, names
from ftkernel.data.templates.spec import CONTENT, TemplateSpec
from ftkernel.errors import FtError
from ftkernel.recipe.template_names import TEMPLATES

PIECES = ("prefix", "system", "user", "assistant", "function", "observation")


def contents(pieces):
    return sum(piece.count(CONTENT) for piece in pieces if isinstance(piece, str))


def test_all_names_of_known_recipes_are_there():
    assert len(names()) == 124
    assert {"default", "openchat-3.6", "qwen3_5_nothink", "aeva"} <= set(names())


def test_a_format_is_whole():
    for name in names():
        spec = get(name)
        assert spec.source.startswith("https://"), name
        assert contents(spec.prefix) == 0, name
        assert all(contents(getattr(spec, key)) == 1 for key in PIECES[1:]), name
        assert all(piece != "" for key in PIECES for piece in getattr(spec, key)), name
        assert not spec.replace_eos or spec.stop, name
        assert len(spec.thought) == 2, name


def test_entries_use_only_words_of_the_format():
    known = {field.name for field in fields(TemplateSpec)} | {"like", "as_factory"}
    used = {
        key for file in load._texts() for entry in load._entries(file).values() for key in entry
    }
    assert used <= known


def test_what_is_not_said_follows_from_what_is():
    assert get("fewshot").function == ("{content}\n\n",)
    assert get("breeze").assistant == ("{content}",)
    assert get("vicuna").observation == get("vicuna").user


def test_an_unknown_name_gets_the_nearest():
    with pytest.raises(FtError) as caught:
        get("qwen2.5")
    assert caught.value.code == "data.template_unknown_near"
    assert caught.value.params["nearest"].startswith("qwen")
    assert load.nearest("llama-3")[0] == "llama3"
    assert load.nearest("Openchat_3.6")[0] == "openchat-3.6"
    with pytest.raises(FtError) as caught:
        get("zzzzzzzz")
    assert caught.value.code == "data.template_unknown"


def test_one_name_needs_neither_libraries_nor_the_other_families():
    code = (
        "import sys; from ftkernel.data.templates import get, load; get('llama3');"
        "print(load._entries.cache_info().currsize, [m for m in ('torch', 'transformers') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split(" ", 1) == ["1", "[]\n"]


def test_completion_offers_the_names_of_the_table():
    assert names() == TEMPLATES
