"""The settings as a table: name, value, who says so, and what it settles."""

from collections.abc import Sequence
from dataclasses import dataclass

from ftkernel import messages
from ftkernel.views import amounts, markup, text
from ftkernel.views.escape import escape, one_line

_COLUMNS = ("name", "value", "source", "about")


@dataclass(frozen=True)
class Line:
    """One setting as it is now."""

    name: str
    value: str
    source: str
    about: str
    choices: tuple[str, ...] = ()


def mime_bundle(lines: Sequence[Line], remarks: Sequence[str] = ()) -> dict[str, object]:
    """The settings by mime type, with remarks below them."""
    heads = [messages.text(f"config.column.{name}") for name in _COLUMNS]
    body = [
        [
            markup.code(line.name),
            f"<strong>{escape(_value(line))}</strong>",
            escape(line.source),
            escape(line.about),
        ]
        for line in lines
    ]
    below = "".join(markup.footer(escape(remark)) for remark in remarks)
    rows = [[line.name, one_line(_value(line)), line.source, line.about] for line in lines]
    return {
        "text/html": markup.table(messages.text("config.caption"), heads, body) + below,
        "text/plain": "\n".join([text.columns([heads, *rows]), *map(one_line, remarks)]),
    }


def _value(line: Line) -> str:
    return line.value or amounts.MISSING
