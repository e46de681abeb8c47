"""The runs as a table of HTML."""

from collections.abc import Mapping, Sequence

from ftkernel import messages
from ftkernel.views import markup, text, wording
from ftkernel.views.escape import escape
from ftkernel.views.shape import RunSummary

_NUMBERS = (2, 3, 6)


def runs_table(
    summaries: Sequence[RunSummary], damaged: Sequence[str] = (), folders: Sequence[str] = ()
) -> str:
    """A table with a row for each run.

    Args:
        summaries: the runs.
        damaged: names of those that cannot be read.
        folders: where each lies, those of ``damaged`` last; empty where all lie in one place.
    """
    if not (summaries or damaged):
        return f'<div class="ftkernel">{escape(messages.text("views.table.empty"))}</div>'
    ids = text.ids_where_names_repeat(summaries) if folders else {}
    body = [_row(summary, ids) for summary in summaries]
    body += [[escape(cell) for cell in text.damaged_row(name)] for name in damaged]
    if folders:
        body = [[*row, markup.code(folder)] for row, folder in zip(body, folders, strict=True)]
    head = text.heads(with_folder=bool(folders))
    return markup.table(messages.text("views.table.caption"), head, body, numbers=_NUMBERS)


def _row(summary: RunSummary, ids: Mapping[str, str]) -> list[str]:
    name, _, *rest = text.row(summary, ids)
    badge = markup.badge(
        wording.ICONS[summary.state],
        messages.text(f"views.state.{summary.state}"),
        markup.STATE_COLOURS[summary.state],
    )
    return [f"<strong>{escape(name)}</strong>", badge, *(escape(cell) for cell in rest)]


def mime_bundle(
    summaries: Sequence[RunSummary], damaged: Sequence[str] = (), folders: Sequence[str] = ()
) -> dict[str, object]:
    """The table for whichever front end: HTML, and text for a terminal."""
    return {
        "text/html": runs_table(summaries, damaged, folders),
        "text/plain": text.runs_table(summaries, damaged, folders),
    }
