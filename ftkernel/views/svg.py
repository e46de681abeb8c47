"""The one writer of charts for every static view: a chart as data in, an inline SVG out.

It must look right where a page keeps no style sheet (GitHub), on light and on dark, so colours
are attributes of a middle tone, text and grid take the colour of the text around them, and lines
differ in dash, width and marker too. No script, no style, no reference to anything outside.
"""

import secrets
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from ftkernel.views import scale
from ftkernel.views.escape import escape
from ftkernel.views.scale import Axis
from ftkernel.views.series import XY, downsample

_TEXT_SIZE = 11
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 12, 30, 22
_ROW, _SAMPLE = 16, 40
"""The height of a row of legend, and the room of a line's sample in it."""

_MOST_MARKS = 60
_POINTS_A_PIXEL = 1.0
_FEW = 40
"""Up to so many evaluations each get a marker."""

Look = Literal["thin", "thick", "dashed"]


@dataclass(frozen=True)
class Line:
    """One curve of a chart."""

    label: str
    points: Sequence[XY]
    colour: str
    look: Look = "thick"


@dataclass(frozen=True)
class Tick:
    """Something that happened at a step: a triangle on the axis, or a line through the chart."""

    step: int
    kind: Literal["triangle", "line"]
    label: str


@dataclass(frozen=True)
class Chart:
    """A chart of one quantity over the steps."""

    title: str
    description: str
    x_label: str
    lines: Sequence[Line]
    last_step: int
    value: str = ""
    """Shown at the right of the title: the last value."""
    ticks: Sequence[Tick] = ()
    width: int = 500
    height: int = 230
    from_zero: bool = False
    log: bool = False


def draw(chart: Chart, view: str | None = None) -> str:
    """The chart as an ``<svg>`` element.

    Args:
        chart: what to draw; values must be finite.
        view: begins the ids of the element, which must be unlike those of any other chart on the
            page; a random one when not given.
    """
    view = view or new_view()
    values = [y for line in chart.lines for _, y in line.points]
    top = _TOP if _legend_fits(chart) else _TOP + _ROW
    x = scale.steps(chart.last_step, _LEFT, chart.width - _RIGHT, ticks=chart.width // 80)
    y = _vertical(chart, values, top)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{chart.width}"'
        f' height="{chart.height}" viewBox="0 0 {chart.width} {chart.height}"'
        f' aria-labelledby="{view}-t {view}-d" font-size="{_TEXT_SIZE}"'
        f' style="display:block;width:100%;max-width:{chart.width * 1.15:.0f}px;height:auto">',
        f'<title id="{view}-t">{escape(chart.title)}</title>',
        f'<desc id="{view}-d">{escape(chart.description)}</desc>',
        *_frame(chart, x, y),
        *(part for tick in _thinned(chart.ticks) for part in _tick(tick, x, y)),
        *(part for line in chart.lines for part in _line(line, x, y)),
        *_heading(chart, top),
        "</svg>",
    ]
    return "".join(parts)


def new_view() -> str:
    """The beginning of ids that no other view on a page has."""
    return f"ftk-{secrets.token_hex(4)}"


def _vertical(chart: Chart, values: Sequence[float], top: int) -> Axis:
    bottom = chart.height - _BOTTOM
    if chart.log and any(value > 0 for value in values):
        return scale.logarithmic(values, bottom, top)
    ticks = max(2, (bottom - top) // 34)
    return scale.linear(values, bottom, top, ticks=ticks, zero=chart.from_zero)


def _frame(chart: Chart, x: Axis, y: Axis) -> list[str]:
    """Grid, labels of both axes, and the name of the horizontal one."""
    grid = "".join(f"M{x.start} {y.place(value):.1f}H{x.end}" for value in y.ticks)
    out = [f'<path d="{grid}" stroke="currentColor" stroke-opacity=".14" fill="none"/>']
    out.append('<g fill="currentColor" fill-opacity=".7">')
    for value in y.ticks:
        at = y.place(value) + 3.5
        out.append(_text(x.start - 6, at, scale.label(value, y), "end"))
    bottom = chart.height - _BOTTOM
    out += [_text(x.place(value), bottom + 14, f"{value:,.0f}", "middle") for value in x.ticks]
    out.append(_text(2, bottom + 14, chart.x_label))
    out.append("</g>")
    return out


def _legend_fits(chart: Chart) -> bool:
    """Whether what each line means has room beside the title, or nothing is to be said."""
    legend = sum(text_width(line.label) + _SAMPLE for line in chart.lines)
    title = text_width(chart.title) * 1.15
    return bool(chart.value) or title + legend < chart.width - _RIGHT - 8


def _heading(chart: Chart, top: int) -> list[str]:
    """The title, and at the right the last value or what each line means."""
    out = [
        f'<text x="2" y="14" fill="currentColor" font-size="12" font-weight="600">'
        f"{escape(chart.title)}</text>"
    ]
    right = chart.width - _RIGHT
    if chart.value:
        out.append(
            f'<text x="{right}" y="14" fill="currentColor" text-anchor="end" font-size="12">'
            f"{escape(chart.value)}</text>"
        )
        return out
    row = top - _TOP + 14
    for line in reversed(chart.lines):
        right -= text_width(line.label)
        out.append(f'<g fill="currentColor" fill-opacity=".8">{_text(right, row, line.label)}</g>')
        out.append(f'<path d="M{right - 26:.1f} {row - 4}h20" {_stroke(line)}/>')
        if line.look == "dashed":
            out.append(_dot(right - 16, row - 4, line.colour))
        right -= _SAMPLE
    return out


def _line(line: Line, x: Axis, y: Axis) -> list[str]:
    most = max(4, int((x.end - x.start) * _POINTS_A_PIXEL))
    places = [(x.place(at), y.place(value)) for at, value in downsample(line.points, most)]
    if not places:
        return []
    out: list[str] = []
    if len(places) > 1:
        path = "L".join(f"{across:.1f} {down:.1f}" for across, down in places)
        out.append(f'<path d="M{path}" {_stroke(line)}/>')
    if line.look == "dashed" and len(places) <= _FEW:
        out.extend(_dot(across, down, line.colour) for across, down in places)
    elif len(places) == 1:
        out.append(_dot(*places[0], line.colour))
    return out


def _stroke(line: Line) -> str:
    look = {
        "thin": 'stroke-width="1" stroke-opacity=".75"',
        "thick": 'stroke-width="2"',
        "dashed": 'stroke-width="1.6" stroke-dasharray="5 3"',
    }[line.look]
    return f'fill="none" stroke="{escape(line.colour)}" stroke-linejoin="round" {look}'


def _tick(tick: Tick, x: Axis, y: Axis) -> list[str]:
    at, bottom, top = x.place(tick.step), y.start, y.end
    name = f"<title>{escape(tick.label)}</title>"
    if tick.kind == "line":
        return [
            f'<path d="M{at:.1f} {top}V{bottom}" stroke="currentColor" stroke-opacity=".5"'
            f' stroke-dasharray="2 3" fill="none">{name}</path>',
            f'<g fill="currentColor" fill-opacity=".8">{_text(at, top - 2, "↻", "middle")}</g>',
        ]
    return [
        f'<path d="M{at:.1f} {bottom - 6}l4 6h-8z" fill="currentColor" fill-opacity=".55">'
        f"{name}</path>"
    ]


def _thinned(ticks: Sequence[Tick]) -> list[Tick]:
    """All of them, or evenly chosen ones where they would run together; the last is kept."""
    if len(ticks) <= _MOST_MARKS:
        return list(ticks)
    every = -(-len(ticks) // (_MOST_MARKS - 1))
    return [*ticks[:-1:every], ticks[-1]]


def _text(x: float, y: float, content: str, anchor: str = "start") -> str:
    placed = "" if anchor == "start" else f' text-anchor="{anchor}"'
    return f'<text x="{x:.1f}" y="{y:.1f}"{placed}>{escape(content)}</text>'


def _dot(x: float, y: float, colour: str) -> str:
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.6" fill="{escape(colour)}"/>'


def text_width(content: str) -> float:
    """About how wide a text is in a chart: Chinese characters are square, others about half."""
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in content)
    return _TEXT_SIZE * (wide * 1.0 + (len(content) - wide) * 0.54)
