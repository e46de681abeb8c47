"""Which form the rows of a source have, told by the names of their columns.

The forms are a table; the first that fits wins. Recognition looks at names (and for ``prompt`` at
nothing more): whether a single row keeps to the form is :mod:`ftkernel.data.conversation`'s to say.
"""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from ftkernel.data.rows import Row

Kind = Literal["alpaca", "messages", "completion", "text"]


@dataclass(frozen=True)
class Form:
    """A form and the columns it is read from, by what they stand for.

    Optional columns are among them even if the first rows have none: a later row may.
    """

    kind: Kind
    columns: Mapping[str, str]
    found: tuple[str, ...] = ()
    """The columns of the form that the first rows have."""
    unused: tuple[str, ...] = ()
    """Columns of the first rows that say nothing in this form."""

    @property
    def text(self) -> str:
        """The form as people read it: ``alpaca (instruction, input, output)``."""
        name = "prompt/completion" if self.kind == "completion" else self.kind
        return name if self.found == (self.kind,) else f"{name} ({', '.join(self.found)})"


@dataclass(frozen=True)
class _Pattern:
    kind: Kind
    needed: Mapping[str, str]
    optional: Mapping[str, str]


def _alpaca(instruction: str, output: str, *, extra: str | None = None) -> _Pattern:
    optional = {"system": "system", "history": "history"}
    if extra:
        optional = {"input": extra, **optional}
    return _Pattern("alpaca", {"instruction": instruction, "output": output}, optional)


_PATTERNS = (
    _Pattern("messages", {"messages": "messages"}, {"system": "system"}),
    _Pattern("messages", {"messages": "conversations"}, {"system": "system"}),
    _Pattern("messages", {"messages": "conversation"}, {"system": "system"}),
    _Pattern("completion", {"prompt": "prompt", "completion": "completion"}, {}),
    _alpaca("instruction", "output", extra="input"),
    _alpaca("instruction", "response", extra="input"),
    _alpaca("question", "answer"),
    _alpaca("prompt", "response"),
    _alpaca("input", "output"),
    _Pattern("text", {"text": "text"}, {}),
)

FITTING = (
    "instruction, output (input, history, system)",
    "messages",
    "conversations",
    "prompt, completion",
    "text",
)
"""The columns that would fit, as an error lists them."""

_KNOWN = ("messages", "conversations", "prompt", "completion", "instruction", "output", "text")


_ORDER = (
    "system", "history", "instruction", "input", "output", "messages", "prompt", "completion",
    "text",
)  # fmt: skip


def columns_of(rows: Sequence[Row]) -> list[str]:
    """The names of all columns of some rows, in the order they appear."""
    return list(dict.fromkeys(name for row in rows for name in row.data))


def recognise(rows: Sequence[Row]) -> Form | None:
    """The form of a source by its first rows; ``None`` if no form fits the columns."""
    names = columns_of(rows)
    spelled = {name.strip().lower(): name for name in reversed(names)}
    for pattern in _PATTERNS:
        if all(name in spelled for name in pattern.needed.values()):
            wanted = {**pattern.needed, **pattern.optional}
            columns = {
                part: spelled.get(wanted[part], wanted[part]) for part in _ORDER if part in wanted
            }
            found = tuple(name for name in columns.values() if name in names)
            unused = tuple(name for name in names if name not in found)
            return Form(pattern.kind, columns, found, unused)
    return None


def nearest(columns: Sequence[str]) -> tuple[str, str] | None:
    """A column whose name is nearly one that is known, with that name."""
    for column in columns:
        if column.strip().lower() in _KNOWN:
            continue
        if close := difflib.get_close_matches(column.strip().lower(), _KNOWN, n=1, cutoff=0.75):
            return column, close[0]
    return None
