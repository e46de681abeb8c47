"""A run as HTML or text that is drawn anew as a whole and replaced in its place."""

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ftkernel.api.control import LIVE
from ftkernel.errors import FtError
from ftkernel.notebook.display import send_update
from ftkernel.notebook.live.mode import Mode
from ftkernel.runs.event_log import EventTail
from ftkernel.views import fault
from ftkernel.views.bundle import mime_bundle
from ftkernel.views.summary import summarize

if TYPE_CHECKING:
    from ftkernel.api.run import Run

_LEAST_PAUSE = 1.0
"""Seconds between two drawings of a card."""

_PAUSE_PER_DRAWING = 10.0
"""What is long to draw is drawn more seldom: the pause after it, in times of its duration."""


class Output:
    """The display of a cell that shows a run, and the request that made it.

    Args:
        run: the run.
        publisher: of the kernel.
        display_id: of the display.
        parent: the header of the cell's request.
        mode: ``html`` or ``text``.
    """

    def __init__(
        self,
        run: "Run",
        publisher: Any,  # noqa: ANN401 - IPython's, in whichever version
        display_id: str,
        parent: Mapping[str, object],
        mode: Mode = "html",
    ) -> None:
        self.run = run
        self.display_id = display_id
        self.cell: tuple[str, int] = ("", 0)
        """Which cell made it, where that is known, and at which of its executions."""
        self._publisher = publisher
        self._parent = parent
        self._mode: Mode = mode

    def replace(self, bundle: Mapping[str, object]) -> None:
        """Show something else from now on, from whichever thread."""
        send_update(self.shown(bundle), self.display_id, self._publisher, self._parent)

    def is_replaced_by(self, other: "Output") -> bool:
        """Whether the same cell was executed again, which takes away what it had shown."""
        (cell, count), (new, now) = self.cell, other.cell
        return bool(cell) and cell == new and count != now

    def shown(self, bundle: Mapping[str, object]) -> Mapping[str, object]:
        """What of a bundle is shown in this mode."""
        return {"text/plain": bundle["text/plain"]} if self._mode == "text" else bundle


class Drawing:
    """The events of a run that is drawn anew when something has changed."""

    def __init__(self, run: "Run") -> None:
        self._run = run
        self._tail = EventTail(run.files.events)
        self._events: list[dict[str, Any]] = []
        self._drawn: tuple[int, str] | None = None
        self.ended = False

    def draw(self, *, anyway: bool = False) -> Mapping[str, object] | None:
        """The run as a bundle; ``None`` where nothing has changed, but for ``anyway``.

        Raises:
            FtError: if the folder is gone.
        """
        state = self._run.state  # before the events: an ending state must come with its last events
        self._events += self._tail.poll()
        mark = (len(self._events), state)
        if mark == self._drawn and not anyway:
            return None
        self._drawn = mark
        self.ended = state not in LIVE
        summary = summarize(self._run.files, events=self._events, state=state)
        return mime_bundle(summary, live=not self.ended)


class LiveCard:
    """An output that is drawn anew, at most once a second and for a tenth of the time.

    Args:
        output: the output.
        drawing: what stands in it already; nothing when not given.
    """

    def __init__(self, output: Output, drawing: Drawing | None = None) -> None:
        self.output = output
        self.ended = False
        self._drawing = drawing or Drawing(output.run)
        self._due = 0.0 if drawing is None else time.monotonic() + _LEAST_PAUSE

    def step(self) -> None:
        """Draw it anew where that is due and something has changed."""
        begun = time.monotonic()
        if begun < self._due:
            return
        try:
            bundle = self._drawing.draw()
        except FtError as error:  # its folder is gone: nothing is left to be drawn
            bundle = fault.mime_bundle(error)
            self.ended = True
        if bundle is not None:
            self.output.replace(bundle)
        self.ended = self.ended or self._drawing.ended
        now = time.monotonic()
        self._due = now + pause_after(now - begun)

    def now(self) -> Mapping[str, object] | None:
        """What it shows from now on, to be sent from the main thread."""
        bundle = self._drawing.draw(anyway=True)
        self.ended = self._drawing.ended
        return None if bundle is None else self.output.shown(bundle)


def pause_after(seconds: float) -> float:
    """How long to wait after a drawing that took so long."""
    return max(_LEAST_PAUSE, _PAUSE_PER_DRAWING * seconds)
