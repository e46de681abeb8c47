"""Which part of a cell the cursor is in: the line of a magic, a recipe, or what is not ours."""

import io
import re
import tokenize

from ftkernel.completion import lines, recipes
from ftkernel.completion.offers import Completions, Surroundings

_MAGIC = re.compile(r"\s*(?:[\w.,\s]+=\s*)?(%{1,2})(finetune|chat|ft)(?=\s|$)")
_CELL_MAGIC = re.compile(r"%%(\w+)")
_PYTHON_BELOW = frozenset({"time", "timeit", "capture", "prun"})
"""Cell magics whose body is Python, in which our line magics work."""


def complete(cell: str, position: int, surroundings: Surroundings) -> Completions | None:
    """What can stand at a position of a cell; ``None`` where the cell is not ours there.

    Args:
        cell: the whole text.
        position: of the cursor, in characters from the beginning.
        surroundings: what else can be spoken of.
    """
    if "%" not in cell:
        return None
    before = cell[:position]
    line_start = before.rfind("\n") + 1
    first_start = len(cell) - len(cell.lstrip())
    first_end = cell.find("\n", first_start)
    first_end = len(cell) if first_end < 0 else first_end
    if position < first_start:
        return None
    first = _CELL_MAGIC.match(cell, first_start)
    ours = first is not None and _MAGIC.match(cell, first_start)
    if position > first_end:
        if ours and ours.group(2) == "finetune":
            return recipes.complete(cell[first_end + 1 :], position, first_end + 1, surroundings)
        if ours:  # what is said to a model is nobody's to complete
            return Completions(position, position)
        if first is not None and first.group(1) not in _PYTHON_BELOW:
            return None
    elif first is not None and not ours:
        return None
    magic = _MAGIC.match(cell[line_start:position])
    if magic is None or (magic.group(1) == "%%" and line_start > first_start):
        return None
    if magic.end() == len(before) - line_start or (not ours and _in_text(cell[:line_start])):
        return None  # the magic's own name, which IPython completes; a line inside of a text
    start = line_start + magic.end()
    return lines.complete(magic.group(2), cell[start:position], start, surroundings)


def explain(cell: str, position: int) -> str | None:
    """What the word at a position of a recipe means, at some length; ``None`` where nobody asks."""
    first_start = len(cell) - len(cell.lstrip())
    ours = _MAGIC.match(cell, first_start)
    if ours is None or ours.group(1) != "%%" or ours.group(2) != "finetune":
        return None
    body = cell.find("\n", first_start)
    if body < 0 or position <= body:
        return None
    return recipes.explain(cell[body + 1 :], position - body - 1)


def _in_text(before: str) -> bool:
    """Whether lines of Python leave a text open, so that the next line belongs to it."""
    if '"""' not in before and "'''" not in before:
        return False
    try:
        for _ in tokenize.generate_tokens(io.StringIO(before).readline):
            pass
    except tokenize.TokenError as error:
        return "string" in str(error)
    except SyntaxError:
        return False
    return False
