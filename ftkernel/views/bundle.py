"""One output, several representations: whoever shows a run takes the richest that it can."""

from ftkernel.views import html, mime, text
from ftkernel.views.shape import RunSummary


def mime_bundle(summary: RunSummary, live: bool = False, *, log: bool = False) -> dict[str, object]:
    """A run by mime type: its JSON, its card of HTML, two lines of text.

    Args:
        summary: the run.
        live: whether the output is still being replaced: a copy saved now says so.
        log: whether the loss stands on a logarithmic axis.
    """
    return {
        mime.MIME: mime.run_json(summary, live=live),
        "text/html": html.card(summary, live=live, log=log),
        "text/plain": text.two_lines(summary),
    }
