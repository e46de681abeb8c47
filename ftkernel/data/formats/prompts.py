"""Rows that only ask: prompts for a stage that makes the answers itself."""

from collections.abc import Mapping

from ftkernel.data.content import Content, Prompt
from ftkernel.data.formats.cells import is_missing
from ftkernel.data.formats.conversations import (
    parsed_turns,
    with_system_column,
    with_tools,
)
from ftkernel.data.formats.judged import prompt_of
from ftkernel.data.formats.media import media_of
from ftkernel.data.formats.options import Reading
from ftkernel.data.rows import RowFault

_ASKED = ("system", "history", "prompt", "query", "messages", "tools", "images", "videos", "audios")


def read_prompt(reading: Reading) -> Content:
    """What is asked, with every further column for rewards."""
    found, answer = prompt_of(reading), _answer(reading)
    if isinstance(found, str):
        if not reading.options.answers:
            return Prompt(found, answer, extra_of(reading))
        found = with_system_column([{"role": "user", "content": found}], reading)
    column = reading.column("messages") or reading.form.columns.get("prompt")
    if found[-1]["role"] == "assistant":
        # A conversation with its answer, of which the prompt is asked for.
        *found, last = found
        answer = str(last["content"])
    if not any(message["role"] == "user" for message in found):
        raise RowFault("data.no_question", key=column)
    found, tools = with_tools(found, reading)
    media = media_of(found, reading)
    return Prompt(tuple(found), answer, extra_of(reading), tools=tools, media=media)


def _answer(reading: Reading) -> str:
    """The row's own answer where it has one in a column of text."""
    column = reading.column("response") or reading.column("completion")
    value = None if column is None else parsed_turns(reading.data.get(column))
    if isinstance(value, list) and value and isinstance(value[-1], dict):
        value = value[-1].get(reading.form.tags.content)
    return "" if is_missing(value) or isinstance(value, list | dict) else str(value)


def extra_of(reading: Reading) -> Mapping[str, object]:
    """The columns that are not part of what is asked, by their names."""
    asked = {reading.column(part) for part in _ASKED}
    return {name: value for name, value in reading.data.items() if name not in asked}
