"""A run that is shown in panels: what is new goes to all, and each gets what it asks for."""

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ftkernel.api import sending
from ftkernel.errors import FtError
from ftkernel.notebook import assets
from ftkernel.notebook.live.card import LiveCard, Output
from ftkernel.views.both import both
from ftkernel.views.escape import one_line
from ftkernel.views.live import MOST_BYTES, Frame, LiveRun

if TYPE_CHECKING:
    from ftkernel.notebook.live.widget import RunWidget

UNHEARD_SECONDS = 8.0
"""A page that has widgets says hello sooner, where the kernel can hear it."""

BUSY_SECONDS = 0.5
"""A cell that runs longer keeps the kernel from hearing, and the pages are told so."""

_ANSWER_SECONDS = 0.2
_DEAF_SECONDS = 1.0
_SNAPSHOT_SECONDS = 3.0
_SNAPSHOT_POINTS = 300
_HEARTBEAT_SECONDS = 1.0


class Panel(Output):
    """One output with a widget; whoever makes it sets :attr:`widget`."""

    widget: "RunWidget"
    heard = False
    """Whether a page has said anything."""
    plain: LiveCard | None = None
    """How it is drawn where no page says anything: the front end has no widgets."""
    elsewhere = False
    """Whether the page draws the run by other means, and wants nothing before the run ends."""

    def __init__(self, *args: Any) -> None:  # noqa: ANN401 - those of Output
        super().__init__(*args)
        self.unheard_since = time.monotonic()
        self._answered = 0.0

    def waits_for_answer(self, message: Mapping[str, Any]) -> bool:
        """Whether it is too early for more; pages of a kernel that was busy have asked often."""
        if message.get("kind") not in {"hello", "missed"}:
            return False
        now = time.monotonic()
        if now - self._answered < _ANSWER_SECONDS:
            return True
        self._answered = now
        return False

    def send(self, frame: Frame) -> None:
        """Send a frame to the pages that show this output."""
        self.widget.send(frame.content, frame.buffers)

    def tell_final(self, bundle: Mapping[str, object]) -> None:
        """Say what the output is saved as; a page loaded anew hears of no replaced display."""
        self.widget.send({"kind": "final", "data": dict(self.shown(bundle))})

    def tell_gone(self, error: FtError) -> None:
        """Say that the run's folder is gone; the picture stays."""
        self.widget.send({"kind": "gone", "text": _words(error)})


class Followed:
    """A run and the panels that show it; one thread at a time.

    Args:
        live: the run, as the events tell it.
    """

    def __init__(self, live: LiveRun) -> None:
        self.live = live
        self.panels: list[Panel] = []
        self._seq = 0
        self._view: Mapping[str, Any] | None = None
        self._sent = 0.0
        self._snapshot = 0.0
        self._said_busy = False
        self._stop: str | None = None

    def join(self, panel: Panel) -> None:
        """Show the run in one more panel, from the beginning."""
        self.panels.append(panel)
        panel.send(self._small_snapshot())

    def step(self, *, at_once: bool = False) -> None:
        """Look what is new, and send it; something about once a second even where nothing is.

        Args:
            at_once: look at the state too, however short ago that was looked at.

        Raises:
            FtError: if the folder is gone.
        """
        now = time.monotonic()
        if self.live.poll(at_once=at_once) or now - self._sent >= _HEARTBEAT_SECONDS:
            frame = self.live.frame(self._seq, seen=self._view)
            self._seq, self._view, self._sent = frame.seq, frame.view, now
            if not frame.is_empty:
                for panel in self._listening():
                    panel.send(frame)

    def tell_busy(self, seconds: float) -> bool:
        """Say that a cell keeps the kernel from hearing, and what such pages cannot ask for.

        Args:
            seconds: how long the present cell has run; 0 where there is none.

        Returns:
            Whether a page may be there that cannot ask for the large scripts.
        """
        is_busy = seconds >= BUSY_SECONDS
        if is_busy != self._said_busy:
            self._said_busy = is_busy
            for panel in self._listening():
                panel.widget.send({"kind": "busy", "busy": is_busy})
        if not is_busy or seconds < _DEAF_SECONDS:
            return False
        now = time.monotonic()
        if now - self._snapshot >= _SNAPSHOT_SECONDS:
            self._snapshot = now
            snapshot = self._small_snapshot()
            for panel in self._listening():
                panel.send(snapshot)
        return bool(self._listening())

    def answer(self, panel: Panel, after: object) -> None:
        """Send a page what it lacks since an event."""
        known = after if isinstance(after, int) and not isinstance(after, bool) else 0
        panel.send(self.live.frame(known))
        panel.widget.send({"kind": "busy", "busy": self._said_busy})

    def obey(self, panel: Panel, message: Mapping[str, Any]) -> None:
        """Do what a button says, and say that it is done or why not."""
        params = message.get("params")
        content: dict[str, Any] = {"kind": "done", "id": str(message.get("id"))[:80]}
        panel.widget.send(content | self._send(message.get("what"), params))

    def _send(self, what: object, params: object) -> dict[str, Any]:
        if what == "stop" and self._stop is not None:  # said once, however often it is pressed
            return {"ok": True, "text": ["", ""], "command": self._stop}
        try:
            given = params if isinstance(params, Mapping) else {}
            command = sending.send(self.live.folder, what, given)
        except FtError as error:
            return {"ok": False, "text": _words(error), "command": None}
        if what == "stop":
            self._stop = command
        return {"ok": True, "text": ["", ""], "command": command}

    def draw_unheard(self, seconds: float) -> None:
        """Go over to HTML where nobody has said hello although the kernel could have heard it."""
        now = time.monotonic()
        for panel in self.panels:
            if panel.heard:
                continue
            if panel.plain is not None:
                panel.plain.step()
            elif seconds >= BUSY_SECONDS:
                panel.unheard_since = now
            elif now - panel.unheard_since >= UNHEARD_SECONDS:
                panel.plain = LiveCard(panel)

    def _listening(self) -> list[Panel]:
        return [one for one in self.panels if one.plain is None and not one.elsewhere]

    def _small_snapshot(self) -> Frame:
        return self.live.frame(0, most_points=_SNAPSHOT_POINTS, most_bytes=MOST_BYTES)


def send_asset(panel: Panel, name: object) -> None:
    """Send a large script to the pages that show a panel."""
    found = assets.asset(name) if isinstance(name, str) else None
    if found is not None:
        about, content = found
        panel.widget.send({"kind": "asset", **about}, [content])


def _words(error: FtError) -> list[str]:
    """What happened and what to do, in one line and in both languages; where it was, is known."""
    return both(lambda: one_line(" — ".join(filter(None, (error.message(), error.hint()))), 400))
