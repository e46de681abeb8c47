"""Every text a person reads, by code, in English and Chinese. Imports nothing of ours.

A table is a module in :mod:`ftkernel.messages.tables` with a dictionary ``TEXTS``; one table a
room. Texts use ``str.format`` fields (``{name}``). Events and errors carry codes and parameters
only, and whoever shows them picks the language: :func:`set_language`, else ``FTKERNEL_LANG``, else
:func:`set_page_language`, else the locale.
"""

import importlib
import locale
import os
import pkgutil
import string
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import Literal, cast

from ftkernel.messages import tables
from ftkernel.messages._text import Text

Language = Literal["en", "zh"]

_LONGEST_VALUE = 300
_chosen: list[Language] = []
_of_page: list[Language] = []
_spoken: ContextVar[Language | None] = ContextVar("spoken", default=None)
_MAGIC = "%ft "
_CELL = "%%finetune"
_commands: list[str] = []

__all__ = [
    "Language", "Text", "all_texts", "commands_as", "hint", "language", "set_language",
    "set_page_language", "speaking", "text",
]  # fmt: skip


def set_language(lang: Language | None) -> None:
    """Choose the language of every text in this process; ``None``: that of the environment."""
    _chosen[:] = [lang] if lang else []


def set_page_language(lang: Language | None) -> None:
    """Say in which language the page is that shows the texts; ``None`` where that is not known."""
    _of_page[:] = [lang] if lang else []


def language() -> Language:
    """The language in force: the first of the four that is there."""
    if (spoken := _spoken.get()) is not None:
        return spoken
    if _chosen:
        return _chosen[0]
    given = os.environ.get("FTKERNEL_LANG")
    if not given and _of_page:
        return _of_page[0]
    name = given or locale.getlocale()[0] or os.environ.get("LANG", "")
    return "zh" if name.lower().startswith("zh") else "en"


@contextmanager
def speaking(lang: Language) -> Generator[None]:
    """Say everything in one language, in this thread and for a while, whatever is chosen."""
    token = _spoken.set(lang)
    try:
        yield
    finally:
        _spoken.reset(token)


@contextmanager
def commands_as(prefix: str) -> Generator[None]:
    """Write the subcommands in texts with another prefix than ``%ft``: what a terminal takes."""
    _commands.append(f"{prefix} ")
    try:
        yield
    finally:
        _commands.pop()


def _as_here(pattern: str) -> str:
    """A text before its fields are filled in, so that what people wrote is left as it is."""
    if not _commands:
        return pattern
    # The cell's magic first: a terminal starts a run from a file.
    pattern = pattern.replace(_CELL, f"{_commands[-1]}train recipe.yaml")
    return pattern.replace(_MAGIC, _commands[-1])


@lru_cache(maxsize=1)
def all_texts() -> dict[str, Text]:
    """Every text by its code, from all tables.

    Raises:
        ValueError: if two tables define one code.
    """
    out: dict[str, Text] = {}
    for module in pkgutil.iter_modules(tables.__path__):
        for code, entry in importlib.import_module(
            f"{tables.__name__}.{module.name}"
        ).TEXTS.items():
            if code in out:
                raise ValueError(f"message code {code!r} is defined twice")
            out[code] = entry
    return out


class _Formatter(string.Formatter):
    """Formats long values shortened, and a missing one as its own name: a message must not fail.

    A value that is itself a text, ``{"code": ..., "params": ...}``, is shown in the same language.
    """

    def __init__(self, lang: Language | str | None) -> None:
        self._lang: Language | str | None = lang

    def get_value(self, key: int | str, args: object, kwargs: Mapping[str, object]) -> object:
        return kwargs.get(str(key), f"{{{key}}}")

    def format_field(self, value: object, format_spec: str) -> str:
        if "|" in format_spec:  # {rows:# row|# rows}, where # is the number
            one, many = format_spec.split("|", 1)
            shown_number = self.format_field(value, "")
            return (one if shown_number in ("1", "1.0") else many).replace("#", shown_number)
        if format_spec:
            try:
                return format(value, format_spec)
            except (TypeError, ValueError):
                return str(value)
        shown: object = value
        if isinstance(value, Mapping) and "code" in value:
            nested = cast("Mapping[str, Mapping[str, object]]", value)
            shown = text(str(nested["code"]), nested.get("params"), self._lang)
        elif isinstance(value, list | tuple):
            shown = ", ".join(str(item) for item in cast("list[object]", value))
        shown = str(shown)
        return shown if len(shown) <= _LONGEST_VALUE else f"{shown[:_LONGEST_VALUE]}…"


def text(
    code: str, params: Mapping[str, object] | None = None, lang: Language | str | None = None
) -> str:
    """The text of a code in a language, parameters filled in; an unknown code shows itself."""
    entry = all_texts().get(code)
    if entry is None:
        detail = ", ".join(f"{key}={value}" for key, value in (params or {}).items())
        return f"{code} ({detail})" if detail else code
    pattern = entry.zh if (lang or language()) == "zh" else entry.en
    return _Formatter(lang).vformat(_as_here(pattern), (), dict(params or {}))


def hint(
    code: str, params: Mapping[str, object] | None = None, lang: Language | str | None = None
) -> str | None:
    """The next step that belongs to a code, or ``None``. A hint whose text is empty is none."""
    entry = all_texts().get(code)
    if entry is None:
        return None
    pattern = entry.hint_zh if (lang or language()) == "zh" else entry.hint_en
    # A part that says nothing this time leaves no empty line.
    return _Formatter(lang).vformat(_as_here(pattern), (), dict(params or {})).rstrip("\n") or None
