"""Reads a row of any form."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from ftkernel.data.content import Content, Conversation, Feedback, Preference, Prompt
from ftkernel.data.fit import fit
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


def read_row(row: Row, form: Form, options: ReadOptions | str | None = None) -> Content:
    """What a row says.

    Args:
        row: the row.
        form: the form of its source.
        options: what the recipe and the source say; a text alone is the default system prompt.

    Raises:
        RowFault: if the row is not of that form, or holds nothing to learn.
    """
    if not isinstance(options, ReadOptions):
        options = ReadOptions(default_system=options)
    reading = Reading(row, form, options)
    content = _READERS[form.kind](reading)
    if reading.asides:
        content = replace(content, asides=tuple(reading.asides))
    if options.stage is not None:
        content = fit(content, options.stage)
        if isinstance(content, Prompt) and not content.extra:
            content = replace(content, extra=extra_of(reading))
    if options.default_system is not None:
        content = _with_system(content, options.default_system)
    content = filled_in(content, options.values)
    _check_characters(content)
    return content


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


def _check_characters(content: Content) -> None:
    """Refuse half a character (a lone surrogate): JSON can spell it, no tokenizer can read it."""
    for text in texts_in(content):
        if not text.isascii():
            try:
                text.encode()
            except UnicodeEncodeError as error:
                shown = f"\\u{ord(text[error.start]):04x}"
                raise RowFault("data.half_character", character=shown) from error
