"""Recipes and files of rows for the tests of this room."""

import json
from pathlib import Path

from ftkernel.data import prepare
from ftkernel.recipe.recipe import Recipe

PAIR = {"instruction": "Who are you?", "output": "I am small."}


def recipe_for(data, **keys) -> Recipe:
    """A recipe that names some rows."""
    return Recipe.from_mapping({"model": "smollm2-135m", "dataset": data, **keys})


def write_lines(path: Path, *rows) -> Path:
    """JSON lines; a string is written as it is."""
    lines = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def prepared(path, tokenizer, **keys):
    """What becomes of a file of rows."""
    return prepare(recipe_for(str(path), **keys), tokenizer, None)
