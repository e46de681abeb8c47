"""The runs as a table of HTML."""

from collections.abc import Sequence

from ftkernel import messages
from ftkernel.views import markup, text, wording
from ftkernel.views.escape import escape
from ftkernel.views.shape import RunSummary

_NUMBERS = (2, 3, 6)


def runs_table(summaries: Sequence[RunSummary], damaged: Sequence[str] = ()) -> str:
    """A table with a row for each run; ``damaged`` are names of those that cannot be read."""
    if not (summaries or damaged):
        return f'<div class="ftkernel">{escape(messages.text("views.table.empty"))}</div>'
    body = [_row(summary) for summary in summaries]
    body += [[escape(cell) for cell in text.damaged_row(name)] for name in damaged]
    return markup.table(messages.text("views.table.caption"), text.heads(), body, numbers=_NUMBERS)


def _row(summary: RunSummary) -> list[str]:
    name, _, *rest = text.row(summary)
    badge = markup.badge(
        wording.ICONS[summary.state],
        messages.text(f"views.state.{summary.state}"),
        markup.STATE_COLOURS[summary.state],
    )
    return [f"<strong>{escape(name)}</strong>", badge, *(escape(cell) for cell in rest)]


def mime_bundle(summaries: Sequence[RunSummary], damaged: Sequence[str] = ()) -> dict[str, object]:
    """The table for whichever front end: HTML, and text for a terminal."""
    return {
        "text/html": runs_table(summaries, damaged),
        "text/plain": text.runs_table(summaries, damaged),
    }
