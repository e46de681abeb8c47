"""The type of one entry of a message table."""

from typing import NamedTuple


class Text(NamedTuple):
    """A text in both languages, and the next step that goes with it (empty where there is none)."""

    en: str
    zh: str
    hint_en: str = ""
    hint_zh: str = ""
