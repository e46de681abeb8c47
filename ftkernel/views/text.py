"""A run as text: two lines for a terminal, one line of progress for a script, a table of runs."""

import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from ftkernel import messages
from ftkernel.views import amounts, wording
from ftkernel.views.escape import one_line
from ftkernel.views.shape import RunSummary

_ID_SHOWN = 6


def two_lines(summary: RunSummary) -> str:
    """What the run is and how far; then its figures, or all that is known of what went wrong."""
    sign = f"{wording.ICONS[summary.state]} {wording.state_words(summary)}"
    doing = wording.activity(summary) if summary.is_live and summary.phase else ""
    first = wording.joined(
        [one_line(summary.name, 80), sign, doing, wording.steps_words(summary), _model(summary)]
    )
    if summary.error:
        return "\n  ".join([first, *wording.error_lines(summary.error)])
    more = [wording.joined(_figures(summary)), wording.after_the_kernel(summary)]
    return "\n  ".join([first, *filter(None, more)])


def progress_line(summary: RunSummary) -> str:
    """One line for a script: what is going on, how far, the loss, the time that is left."""
    loss = amounts.loss(summary.losses[-1]) if summary.losses else ""
    return wording.joined(
        [
            one_line(summary.name, 40),
            wording.activity(summary),
            wording.steps_words(summary),
            f"{messages.text('views.loss')} {loss}" if loss else "",
            wording.time_left(summary),
        ]
    )


def runs_table(
    summaries: Sequence[RunSummary], damaged: Sequence[str] = (), folders: Sequence[str] = ()
) -> str:
    """The runs as lines of text under a heading; as :func:`ftkernel.views.table.runs_table`."""
    if not (summaries or damaged):
        return messages.text("views.table.empty")
    ids = ids_where_names_repeat(summaries) if folders else {}
    rows = [*(row(one, ids) for one in summaries), *(damaged_row(name) for name in damaged)]
    if folders:
        rows = [[*cells, folder] for cells, folder in zip(rows, folders, strict=True)]
    return columns([heads(with_folder=bool(folders)), *rows])


def ids_where_names_repeat(summaries: Sequence[RunSummary]) -> dict[str, str]:
    """The beginning of a run's id by the whole id, for runs whose name another one has too."""
    names = Counter(summary.name for summary in summaries)
    return {one.id: one.id[:_ID_SHOWN] for one in summaries if names[one.name] > 1}


def damaged_row(name: str) -> list[str]:
    """A run in a table whose folder cannot be read."""
    unreadable = f"✕ {messages.text('views.table.unreadable')}"
    return [one_line(name, 40), unreadable, *[amounts.MISSING] * 5]


def heads(*, with_folder: bool = False) -> list[str]:
    """The headings of a table of runs."""
    names = ("name", "state", "step", "loss", "model", "created", "time")
    last = ("folder",) if with_folder else ()
    return [messages.text(f"views.table.{name}") for name in (*names, *last)]


def row(summary: RunSummary, ids: Mapping[str, str] = MappingProxyType({})) -> list[str]:
    """One run in a table, a text for each of :func:`heads` but the folder.

    ``ids`` are those of :func:`ids_where_names_repeat`; they follow the name in brackets.
    """
    name = one_line(summary.name, 40)
    return [
        f"{name} ({ids[summary.id]})" if summary.id in ids else name,
        f"{wording.ICONS[summary.state]} {messages.text(f'views.state.{summary.state}')}",
        _steps(summary),
        wording.losses_words(summary),
        _model(summary) or amounts.MISSING,
        moment(summary.created),
        amounts.duration(summary.seconds),
    ]


def moment(seconds: float | None) -> str:
    """A point in time where the reader is: ``2026-11-21 14:05``."""
    if seconds is None:
        return amounts.MISSING
    try:
        return datetime.fromtimestamp(seconds).astimezone().strftime("%Y-%m-%d %H:%M")
    except (OverflowError, OSError, ValueError):
        return amounts.MISSING


def columns(rows: Sequence[Sequence[str]]) -> str:
    """Rows of texts under each other, columns aligned; Chinese characters count twice."""
    widths = [max(width(line[index]) for line in rows) for index in range(len(rows[0]))]
    lines = [
        "  ".join(
            cell + " " * (room - width(cell)) for cell, room in zip(line, widths, strict=True)
        ).rstrip()
        for line in rows
    ]
    return "\n".join(lines)


def width(text: str) -> int:
    """How many columns of a terminal a text takes."""
    return sum(
        2 if unicodedata.east_asian_width(char) in "WF" else 0 if unicodedata.combining(char) else 1
        for char in text
    )


def _steps(summary: RunSummary) -> str:
    if summary.total_steps:
        return f"{amounts.count(summary.step)}/{amounts.count(summary.total_steps)}"
    return amounts.count(summary.step) if summary.points else amounts.MISSING


def _model(summary: RunSummary) -> str:
    return one_line(summary.model_name, 40)


def _figures(summary: RunSummary) -> list[str]:
    if not summary.losses:
        return [messages.text("views.text.no_loss"), _lifetime(summary)]
    losses = {"first": amounts.loss(summary.losses[0]), "last": amounts.loss(summary.losses[-1])}
    parts = [messages.text("views.text.losses", losses)]
    if len(summary.losses) > 1:
        smooth = {"value": amounts.loss(summary.last_smoothed)}
        parts.append(messages.text("views.smoothed_now", smooth))
    held_out = [one.loss for one in summary.evaluations if one.loss is not None]
    if held_out:
        parts.append(messages.text("views.text.eval", {"value": amounts.loss(held_out[-1])}))
    if summary.tokens_per_second is not None:
        speed = {"count": amounts.count(summary.tokens_per_second)}
        parts.append(messages.text("views.per_second", speed))
    return [*parts, _lifetime(summary), wording.time_left(summary)]


def _lifetime(summary: RunSummary) -> str:
    return "" if summary.seconds is None else amounts.duration(summary.seconds)
