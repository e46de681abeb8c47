"""A line of a recipe that cannot be read, cut out so that the others can be, where that is safe.

YAML's reader gives up at its first fault. A recipe is a flat mapping, so the key that the fault is
blamed on can be taken out with the lines that are indented below it. What is then read is what the
person wrote only if the key cannot be read alone either (else the fault lies somewhere else), if it
is known which key was cut, and, after a quote or a bracket that nothing closes, if no line below
looks like a part of it. Below the last key there is none, which is why its name need not be known:
that is the line that is being typed.
"""

import re
from typing import Any

import yaml
from yaml.nodes import MappingNode

from ftkernel.recipe.registry import find, nearest

_NAME = re.compile(r"\s*[\"']?([A-Za-z_][\w-]*)")
_LAST = re.compile(r"([A-Za-z_][\w-]*)\s*:(\s|$)")
_OPEN_ENDED = ("recipe.yaml_quote", "recipe.yaml_bracket", "recipe.yaml_brace")
"""Faults that may reach to the end of the text."""


def block_at(lines: list[str], number: int) -> range | None:
    """The lines of the key that the line of this index belongs to; ``None`` outside of any key."""
    first = number
    while first > 0 and not _begins(lines[first]):
        first -= 1
    if not lines or not _begins(lines[first]):
        return None
    last = first + 1
    while last < len(lines) and not _begins(lines[last]):
        last += 1
    return range(first, last)


def known_names(lines: list[str], block: range) -> list[tuple[int, str]]:
    """The known keys that lines of a block begin with, by index; none if its first line has none.

    A slip of the indentation puts several into one block. The name that the last key of the text
    is given counts whether it is known or not.
    """
    out: list[tuple[int, str]] = []
    for number in block:
        match = _NAME.match(lines[number])
        if number == block.start and block.stop == len(lines):
            match = _LAST.match(lines[number]) or match
        if match and (find(match.group(1)) or match.re is _LAST):
            out.append((number, match.group(1)))
        elif number == block.start:
            return []
    return out


def can_be_cut(lines: list[str], block: range, code: str) -> bool:
    """Whether the fault lies in this block and nowhere else.

    Args:
        lines: of the whole text.
        block: what the fault is blamed on.
        code: of the fault.
    """
    if _reads("\n".join(lines[number] for number in block)):
        return False
    if code not in _OPEN_ENDED:
        return True
    names = (_NAME.match(line) for line in lines[block.stop :] if _begins(line))
    return all(one and (find(one.group(1)) or nearest(one.group(1))) for one in names)


def without(lines: list[str], block: range) -> str:
    """The text with empty lines in the place of a block, so that the others keep their numbers."""
    return "\n".join("" if number in block else line for number, line in enumerate(lines))


def _begins(line: str) -> bool:
    """Whether a line is the first of a key; items of a list may stand below theirs unindented."""
    return bool(line.strip()) and not line.startswith((" ", "\t", "#", "- ", "]", "}"))


def _reads(text: str) -> bool:
    """Whether a text alone is what a recipe consists of."""
    library: Any = yaml  # its stubs leave this untyped
    try:
        return isinstance(library.compose(text, yaml.SafeLoader), MappingNode)
    except yaml.YAMLError:
        return False
