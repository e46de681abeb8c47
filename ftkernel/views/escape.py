"""Making text from anywhere safe to show: names, parameters, file paths, what a model answered.

Whatever a view shows goes through here once, where it is put into the page or the line.
"""

import html
import re

_CONTROLS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]"
)
"""Control characters, which drive a terminal and are no XML, and those that turn the direction of
text so that a line reads as something else."""

_SURROGATES = re.compile("[\ud800-\udfff]")
"""Half characters, which JSON may hold and no encoding can write."""


def plain(text: object) -> str:
    """Text without what could drive a terminal; line breaks and tabs stay."""
    shown = str(text).replace("\r\n", "\n").replace("\r", "\n")
    return _SURROGATES.sub("\N{REPLACEMENT CHARACTER}", _CONTROLS.sub("", shown))


def first_control(text: str) -> str | None:
    """The first character that :func:`plain` would take out of a text, as ``U+202E``."""
    found = _CONTROLS.search(text.replace("\r\n", "\n").replace("\r", "\n"))
    return f"U+{ord(found.group()):04X}" if found else None


def one_line(text: object, most: int = 200) -> str:
    """Text on one line, cut to ``most`` characters."""
    shown = " ".join(plain(text).split())
    return shown if len(shown) <= most else f"{shown[: most - 1]}…"


def escape(text: object) -> str:
    """Text for HTML and SVG, in content and in quoted attributes alike."""
    return html.escape(plain(text), quote=True)
