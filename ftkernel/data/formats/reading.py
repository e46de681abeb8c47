"""Reads a row of any form."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from ftkernel.data.content import (
    Content,
    Conversation,
    Feedback,
    Preference,
    Prompt,
    texts_of,
)
from ftkernel.data.fit import ANSWERED, ANSWERING, fit
from ftkernel.data.formats.conversations import (
    read_alpaca,
    read_completion,
    read_dialogue,
    read_text,
    with_default_system,
)
from ftkernel.data.formats.judged import read_kto, read_preference
from ftkernel.data.formats.options import Reading, ReadOptions
from ftkernel.data.formats.placeholders import filled_in, texts_in
from ftkernel.data.formats.prompts import extra_of, read_prompt
from ftkernel.data.forms import Form, Kind
from ftkernel.data.rows import Row, RowFault
from ftkernel.recipe.unwritten import type_in

_READERS: Mapping[Kind, Callable[[Reading], Content]] = {
    "alpaca": read_alpaca,
    "sharegpt": read_dialogue,
    "openai": read_dialogue,
    "completion": read_completion,
    "text": read_text,
    "preference": read_preference,
    "kto": read_kto,
    "prompt": read_prompt,
}

_NOTHING_SAID = ReadOptions()
_TURNS = ("messages", "prompt", "chosen", "rejected", "completion")
_HALF = re.compile("[\ud800-\udfff]")
_HALF_SPELLED = re.compile(r"\\u[dD][89a-fA-F][0-9a-fA-F]{2}")
"""Half a character in JSON text that is a cell."""


def read_row(row: Row, form: Form, options: ReadOptions | None = None) -> Content:
    """What a row says.

    Args:
        row: the row.
        form: the form of its source.
        options: what the recipe and the source say.

    Raises:
        RowFault: if the row is not of that form, or holds nothing to learn.
    """
    options = options or _NOTHING_SAID
    if row.file.startswith("$"):
        _refuse_no_text(row, form)
    reading = Reading(row, form, options)
    asks = options.stage in ANSWERING and form.kind in ANSWERED
    content = read_prompt(reading) if asks else _READERS[form.kind](reading)
    if reading.asides:
        content = replace(content, asides=tuple(reading.asides))
    if options.stage is not None:
        content = fit(content, options.stage)
        if isinstance(content, Prompt) and not content.extra:
            content = replace(content, extra=extra_of(reading))
    if options.default_system is not None:
        content = _with_system(content, options.default_system)
    texts = texts_in(content)
    if any("{{" in text for text in texts):
        content = filled_in(content, options.values)
    if not all(map(str.isascii, texts)) and not all(map(_is_whole, texts)):
        raise _half_character(row)
    if (form.roles or "tools" in form.columns) and not all(map(_is_whole, _spelled(content))):
        raise _half_character(row)
    return content


def _refuse_no_text(row: Row, form: Form) -> None:
    """Refuse a row of a variable that holds bytes or an object where text belongs."""
    every = form.kind == "prompt"  # further columns are for rewards
    for column in row.data if every else form.columns.values():
        if (name := type_in(row.data.get(column))) is not None:
            raise RowFault("data.cell_no_text", key=column, column=column, type=name)


def _with_system(content: Content, system: str) -> Content:
    if isinstance(content, Conversation):
        messages = with_default_system(content.messages, system)
        added = len(messages) - len(content.messages)
        if not added:
            return content
        return replace(content, messages=messages, first_learned=content.first_learned + added)
    if isinstance(content, Preference | Feedback | Prompt) and not isinstance(content.prompt, str):
        return replace(content, prompt=with_default_system(content.prompt, system))
    return content


def _spelled(content: Content) -> list[str]:
    """Tools and their calls as JSON."""
    tools = getattr(content, "tools", ())
    found = [json.dumps(tools, ensure_ascii=False)] if tools else []
    for turns in (getattr(content, name, ()) for name in _TURNS):
        if not isinstance(turns, str):
            found += [text for m in turns if "tool_calls" in m for text in texts_of(m)]
    return found


def _is_whole(text: str) -> bool:
    """Whether a text holds no half characters: JSON can spell them, no tokenizer can read them."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _half_character(row: Row) -> RowFault:
    """The fault of a row with half a character, with its column."""
    for column, value in row.data.items():
        text = (
            value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
        )
        if (half := _HALF.search(text)) or (half := _HALF_SPELLED.search(text)):
            shown = half.group() if half.re is _HALF_SPELLED else f"\\u{ord(half.group()):04x}"
            return RowFault("data.half_character", key=column, character=shown)
    return RowFault("data.half_character", character="\\ud800")
