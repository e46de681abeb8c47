"""The numbers on a chart's axes as strokes.

JupyterLab shows a notebook that somebody else has run without its SVG elements, but keeps the text
that was in them: a heap of digits. Drawn as lines they go with the rest, and what is left of a
chart is its title and its description. Glyphs are drawn in a cell 4 wide and 8 high.
"""

from typing import Literal

Anchor = Literal["start", "middle", "end"]

HEIGHT = 8.0
_ADVANCE = {".": 2.8, ",": 2.8, "-": 4.6, "e": 5.4}
_DIGIT = 5.9
_GAP = 1.9
"""Between the ink of one digit and the next; not at the end of a number."""

_GLYPHS: dict[str, tuple[float, float, str]] = {
    "0": (2.0, 0.0, "c-2.4 0 -2.4 8 0 8c2.4 0 2.4 -8 0 -8z"),
    "1": (0.7, 1.6, "l1.6 -1.6v8"),
    "2": (0.3, 2.1, "c0 -2.8 3.5 -2.7 3.4 .1c-.1 1.8 -3.4 3.8 -3.5 5.8h3.7"),
    "3": (0.3, 1.1, "c.9 -1.5 3.3 -1.4 3.2 .8c-.1 1.8 -1.5 1.9 -2.1 1.9c.9 0 2.5 .2 2.5 2"
          "c0 2.6 -2.9 2.8 -3.8 1.1"),
    "4": (3.0, 8.0, "v-8l-2.9 5.6h4"),
    "5": (3.6, 0.0, "h-2.8l-.3 3.7c1.1 -1.1 3.4 -.7 3.4 1.6c0 3 -2.9 3.4 -3.8 1.6"),
    "6": (3.5, 0.7, "c-1.9 -1.5 -3.3 .5 -3.3 4.3c0 4 3.7 3.9 3.7 .4c0 -3.1 -3.1 -3 -3.7 -.4"),
    "7": (0.2, 0.0, "h3.7l-2.4 8"),
    "8": (2.0, 3.8, "c-2.2 -.2 -2.1 -3.8 0 -3.8c2.1 0 2.2 3.6 0 3.8c-2.6 .2 -2.6 4.2 0 4.2"
          "c2.6 0 2.6 -4 0 -4.2z"),
    "9": (0.5, 7.3, "c1.9 1.5 3.3 -.5 3.3 -4.3c0 -4 -3.7 -3.9 -3.7 -.4c0 3.1 3.1 3 3.7 .4"),
    ".": (0.5, 8.0, "h.1"),
    ",": (0.7, 7.7, "l-.5 1.5"),
    "-": (0.4, 4.6, "h2.6"),
    "e": (0.3, 5.2, "h3.3c0 -3 -3.4 -3 -3.4 .1c0 3.1 2.6 3.1 3.3 1.7"),
}  # fmt: skip
"""Where the pen goes down, and its way from there."""


def width(number: str) -> float:
    """How wide a number is."""
    return max(0.0, sum(_ADVANCE.get(char, _DIGIT) for char in number) - _GAP)


def strokes(number: str, x: float, y: float, anchor: Anchor = "start") -> str:
    """The data of a path that writes a number.

    Args:
        number: digits, ``.``, ``,``, ``-`` and ``e``; other characters leave a gap.
        x: where it starts, ends, or has its middle, as ``anchor`` says.
        y: the top of its digits.
        anchor: what ``x`` means.
    """
    left = x - width(number) * {"start": 0.0, "middle": 0.5, "end": 1.0}[anchor]
    out: list[str] = []
    for char in number:
        if char in _GLYPHS:
            across, down, way = _GLYPHS[char]
            out.append(f"M{left + across:.1f} {y + down:.1f}{way}")
        left += _ADVANCE.get(char, _DIGIT)
    return "".join(out)
