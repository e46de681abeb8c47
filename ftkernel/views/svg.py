"""The one writer of charts for every static view: a chart as data in, an inline SVG out.

It must look right where a page keeps no style sheet (GitHub), on light and on dark, so colours
are attributes of a middle tone, grid and numbers take the colour of the text around them, and lines
differ in dash, width and marker too. It holds no text but its title and description, see
:mod:`ftkernel.views.digits`. No script, no style sheet, no reference to anything outside.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from ftkernel.views import digits, scale
from ftkernel.views.escape import escape
from ftkernel.views.scale import Axis
from ftkernel.views.series import XY, downsample

_LEFT, _RIGHT, _TOP, _BOTTOM = 40, 8, 8, 18
_MOST_MARKS = 60
_POINTS_A_PIXEL = 1.0
_GROWS = 1.3
"""The loss then fills a card at its widest, and its numbers are as large as the words around."""
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


@dataclass(frozen=True)
class Chart:
    """A chart of one quantity over the steps."""

    title: str
    description: str
    lines: Sequence[Line]
    last_step: int
    value: str = ""
    """The last value, shown beside the title instead of what the lines mean."""
    ticks: Sequence[Tick] = ()
    is_small: bool = False
    """Whether others stand beside it."""
    width: int = 640
    height: int = 210
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
    x = scale.steps(chart.last_step, _LEFT, chart.width - _RIGHT, ticks=chart.width // 80)
    y = _vertical(chart, values)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{chart.width}"'
        f' height="{chart.height}" viewBox="0 0 {chart.width} {chart.height}"'
        f' aria-labelledby="{view}-t {view}-d"'
        f' style="display:block;width:100%;max-width:{widest(chart)}px;height:auto">',
        # The colon is text between elements: it is not drawn, and stands there when they are gone.
        f'<title id="{view}-t">{escape(chart.title)}</title>: ',
        f'<desc id="{view}-d">{escape(chart.description)}</desc>',
        *_frame(x, y),
        *(_tick(tick, x, y) for tick in _thinned(chart.ticks)),
        *(part for line in chart.lines for part in _line(line, x, y)),
        "</svg>",
    ]
    return "".join(parts)


def widest(chart: Chart) -> int:
    """How many pixels wide a chart becomes where there is room."""
    return round(chart.width * _GROWS)


def sample(line: Line) -> str:
    """A short piece of a line, to stand beside its label; decoration for those who see it."""
    dot = _dot(10, 5, line.colour) if line.look == "dashed" else ""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10" viewBox="0 0 20 10"'
        f' aria-hidden="true"><path d="M0 5h20" {_stroke(line)}/>{dot}</svg>'
    )


def new_view() -> str:
    """The beginning of ids that no other view on a page has."""
    return f"ftk-{secrets.token_hex(4)}"


def _vertical(chart: Chart, values: Sequence[float]) -> Axis:
    bottom = chart.height - _BOTTOM
    if chart.log and any(value > 0 for value in values):
        return scale.logarithmic(values, bottom, _TOP)
    ticks = max(2, (bottom - _TOP) // 34)
    return scale.linear(values, bottom, _TOP, ticks=ticks, zero=chart.from_zero)


def _frame(x: Axis, y: Axis) -> list[str]:
    """Grid, and the numbers of both axes."""
    grid = "".join(f"M{x.start} {y.place(value):.1f}H{x.end}" for value in y.ticks)
    middle = digits.HEIGHT / 2
    numbers = "".join(
        digits.strokes(scale.label(value, y), x.start - 6, y.place(value) - middle, "end")
        for value in y.ticks
    )
    for value in x.ticks:
        number = f"{value:,.0f}"
        half = digits.width(number) / 2
        at = min(x.place(value), x.end + _RIGHT - 1 - half)
        numbers += digits.strokes(number, at, y.start + 7, "middle")
    return [
        f'<path d="{grid}" stroke="currentColor" stroke-opacity=".14" fill="none"/>',
        f'<path d="{numbers}" stroke="currentColor" stroke-opacity=".72" fill="none"'
        ' stroke-linecap="round" stroke-linejoin="round"/>',
    ]


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


def _tick(tick: Tick, x: Axis, y: Axis) -> str:
    at, bottom, top = x.place(tick.step), y.start, y.end
    if tick.kind == "line":
        return (
            f'<path d="M{at:.1f} {top}V{bottom}" stroke="currentColor" stroke-opacity=".55"'
            ' stroke-dasharray="2 3" fill="none"/>'
        )
    return f'<path d="M{at:.1f} {bottom - 6}l4 6h-8z" fill="currentColor" fill-opacity=".55"/>'


def _thinned(ticks: Sequence[Tick]) -> list[Tick]:
    """All of them, or evenly chosen ones of a kind that would run together; the last is kept."""
    out: list[Tick] = []
    for kind in ("line", "triangle"):
        found = [tick for tick in ticks if tick.kind == kind]
        every = -(-len(found) // (_MOST_MARKS - 1)) or 1
        out += [*found[:-1:every], *found[-1:]]
    return out


def _dot(x: float, y: float, colour: str) -> str:
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.6" fill="{escape(colour)}"/>'
