"""Which charts a run has, as data for the writer in :mod:`ftkernel.views.svg`."""

from collections.abc import Callable, Sequence

from ftkernel import messages
from ftkernel.views import amounts
from ftkernel.views.series import XY, is_plausible
from ftkernel.views.shape import Mark, Point, RunSummary
from ftkernel.views.svg import Chart, Line, Tick

BLUE, ORANGE, TEAL, VIOLET, GREEN = "#3b82f6", "#e8590c", "#0d9488", "#a855f7", "#16a34a"
"""Middle tones: at least 3:1 against white and against near-black."""


def charts(summary: RunSummary, *, log: bool = False) -> list[Chart]:
    """The charts that there is something to draw for: the loss, then the small ones.

    They are those of the live view, in its order and its colours.

    Args:
        summary: the run.
        log: whether the loss stands on a logarithmic axis.
    """
    found = [
        _loss(summary, log=log),
        _small(summary, "learning_rate", lambda point: point.learning_rate, TEAL),
        _small(summary, "grad_norm", lambda point: point.grad_norm, VIOLET),
        _small(
            summary,
            "tokens_per_second",
            lambda point: point.tokens_per_second,
            GREEN,
            amounts.count,
        ),
    ]
    return [chart for chart in found if chart is not None]


def series(summary: RunSummary, value: Callable[[Point], float | None]) -> list[XY]:
    """One quantity over the steps, without the steps that lack it."""
    return [
        (float(point.step), found)
        for point in summary.points
        if (found := value(point)) is not None
    ]


def evaluations(summary: RunSummary) -> list[XY]:
    """The evaluation loss over the steps."""
    return [(float(one.step), one.loss) for one in summary.evaluations if one.loss is not None]


def smoothed(summary: RunSummary) -> list[XY]:
    """The smoothed loss over the steps."""
    pairs = zip(summary.points, summary.smoothed, strict=True)
    return [(float(point.step), value) for point, value in pairs if value is not None]


def _loss(summary: RunSummary, *, log: bool) -> Chart | None:
    told = series(summary, lambda point: point.loss), evaluations(summary)
    raw, held_out = ([one for one in points if is_plausible(one[1])] for points in told)
    outside = sum(map(len, told)) - len(raw) - len(held_out)
    if not raw and not held_out:
        return None
    lines = [Line(messages.text("views.chart.each_step"), raw, BLUE, "thin")]
    if len(raw) > 1:
        words = messages.text("views.chart.smoothed", {"span": summary.smoothing_span})
        lines.append(Line(words, smoothed(summary), BLUE, "thick"))
    if held_out:
        words = messages.text("views.chart.held_out")
        lines.append(Line(words, held_out, ORANGE, "dashed"))
    if outside:
        words = messages.text("views.chart.outside", {"count": outside})
        lines.append(Line(f"▲ {words}", [], BLUE, "thin"))
    about = [_about("loss", raw), _about("eval_loss", held_out)]
    return Chart(
        title=messages.text("views.chart.loss"),
        description=" ".join(part for part in about if part),
        lines=lines,
        last_step=_last_step(summary),
        ticks=_ticks(summary.marks),
        log=log,
    )


def _small(
    summary: RunSummary,
    name: str,
    value: Callable[[Point], float | None],
    colour: str,
    written: Callable[[float], str] = amounts.significant,
) -> Chart | None:
    points = series(summary, value)
    if not points:
        return None
    title = messages.text(f"views.{name}")
    return Chart(
        title=title,
        description=_about(name, points),
        lines=[Line(title, points, colour)],
        last_step=_last_step(summary),
        value=written(points[-1][1]),
        is_small=True,
        width=250,
        height=84,
        from_zero=True,
    )


def _last_step(summary: RunSummary) -> int:
    """Where the horizontal axis ends.

    At the last step; while the run lives at the next round one, so that the first steps of a long
    run are not squeezed against the left edge and the axis does not change with every step.
    """
    last = max(summary.step, max((one.step for one in summary.evaluations), default=0))
    if not summary.is_live or not summary.total_steps:
        return last
    power = 10 ** len(str(last))
    room = next(size for size in (power // 5, power // 2, power) if size > last)
    return max(last, min(max(room, 10), summary.total_steps))


def _ticks(marks: Sequence[Mark]) -> list[Tick]:
    resumes = [Tick(mark.step, "line") for mark in marks if mark.kind == "resume"]
    saves = [Tick(mark.step, "triangle") for mark in marks if mark.kind == "checkpoint"]
    return [*resumes, *saves]


def _about(name: str, points: Sequence[XY]) -> str:
    """A curve in a sentence, for those who do not see it."""
    if not points:
        return ""
    lowest = min(points, key=lambda point: point[1])
    parts: dict[str, object] = {"what": messages.text(f"views.{name}")}
    for word, (step, value) in (("first", points[0]), ("last", points[-1]), ("lowest", lowest)):
        parts |= {word: amounts.significant(value, 4), f"{word}_step": f"{step:,.0f}"}
    return messages.text("views.chart.about", parts)
