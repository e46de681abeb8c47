"""The live output of a run in a cell: one display a cell, replaced in place while the run goes on.

One daemon thread a kernel redraws what has changed, at most once a second and for a tenth of the
time, however long a run gets. It never prints and never makes a new output: it sends
``update_display_data`` with the display id of the cell that showed the run, under the header of
that cell's request, so that nothing lands in whichever cell ran last. The last state is sent from
the main thread as well when somebody waits, since ``nbclient`` listens only to the cell that is
executing.
"""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ftkernel.api import frontend
from ftkernel.api.control import LIVE
from ftkernel.errors import FtError
from ftkernel.notebook.display import (
    new_display_id,
    publish,
    send_update,
    sends_updates,
    shell,
)
from ftkernel.runs.event_log import EventTail
from ftkernel.subcommands.boundary import write_trace
from ftkernel.views import fault
from ftkernel.views.bundle import mime_bundle
from ftkernel.views.summary import summarize

if TYPE_CHECKING:
    from ftkernel.api.run import Run

_LEAST_PAUSE = 1.0
"""Seconds between two redraws of what is shown."""

_PAUSE_PER_DRAWING = 10.0
"""What is long to draw is drawn more seldom: the pause after it, in times of its duration."""


@dataclass(eq=False)
class _Card:
    """One output that shows one run."""

    run: "Run"
    publisher: Any
    display_id: str
    parent: dict[str, object]
    tail: EventTail
    events: list[dict[str, Any]] = field(default_factory=list)
    shown: tuple[int, str] | None = None
    ended: bool = False

    def redraw(self) -> Mapping[str, object] | None:
        """The bundle to show now, or ``None`` where nothing has changed."""
        state = self.run.state  # before the events: an ending state must come with its last events
        self.events += self.tail.poll()
        mark = (len(self.events), state)
        if mark == self.shown:
            return None
        self.shown = mark
        self.ended = state not in LIVE
        summary = summarize(self.run.files, events=self.events, state=state)
        return mime_bundle(summary, live=not self.ended)


class LiveOutputs:
    """The outputs of this kernel that show runs: its :class:`ftkernel.api.frontend.Frontend`."""

    def __init__(self) -> None:
        self._cards: list[_Card] = []
        self._shown_at: dict[str, int] = {}
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None
        self._closed = False

    def show(self, run: "Run") -> None:
        """Show a run in the cell that is executing, live while it goes on."""
        publisher = shell().display_pub
        parent = dict(getattr(publisher, "parent_header", None) or {})
        card = _Card(run, publisher, new_display_id(), parent, EventTail(run.files.events))
        publish(card.redraw() or {}, card.display_id)
        self._shown_at[str(run.folder)] = shell().execution_count
        if not card.ended and sends_updates(publisher):
            with self._lock:
                self._cards.append(card)
            self._start()

    def shown_here(self, run: "Run") -> bool:
        """Whether the executing cell shows the run already."""
        return self._shown_at.get(str(run.folder)) == shell().execution_count

    def finish(self, run: "Run") -> None:
        """Bring every output of the run up to date now, from the main thread."""
        with self._lock:
            cards = [card for card in self._cards if card.run.folder == run.folder]
            for card in cards:
                card.shown = None
                bundle = card.redraw()
                if bundle is not None:
                    publish(bundle, card.display_id, update=True)
            self._cards = [card for card in self._cards if not card.ended]

    def close(self) -> None:
        """Stop redrawing; the cards are kept for :meth:`reopen`."""
        self._closed = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join(timeout=2 * _LEAST_PAUSE)

    def reopen(self) -> None:
        """Go on redrawing the runs that are still going on."""
        self._closed = False
        if self._cards:
            self._start()

    def _start(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            self._wake.clear()
            self._thread = threading.Thread(
                target=self._redraw_forever, name="ftkernel-live", daemon=True
            )
            self._thread.start()

    def _redraw_forever(self) -> None:
        """The thread: a named boundary, where an error ends one card and is written to the log."""
        took = 0.0
        while not self._closed:
            self._wake.wait(pause_after(took))
            with self._lock:
                begun = time.monotonic()
                for card in list(self._cards):
                    try:
                        bundle = card.redraw()
                        if bundle is not None:
                            send_update(bundle, card.display_id, card.publisher, card.parent)
                    except FtError as error:  # its folder is gone: nothing is left to be drawn
                        card.ended = True
                        send_update(
                            fault.mime_bundle(error), card.display_id, card.publisher, card.parent
                        )
                    except Exception as exc:
                        write_trace(exc)
                        card.ended = True
                took = time.monotonic() - begun
                self._cards = [card for card in self._cards if not card.ended]
                if not self._cards:
                    self._thread = None
                    return


def pause_after(seconds: float) -> float:
    """How long to wait after a redraw that took so long."""
    return max(_LEAST_PAUSE, _PAUSE_PER_DRAWING * seconds)


_outputs: list[LiveOutputs] = []


def install() -> None:
    """Make this kernel's outputs the front end of the API; harmless when it is so already."""
    if not _outputs:
        _outputs.append(LiveOutputs())
    _outputs[0].reopen()
    frontend.install(_outputs[0])


def uninstall() -> None:
    """Take the front end away and stop its thread; :func:`install` goes on with its outputs."""
    frontend.install(None)
    if _outputs:
        _outputs[0].close()
