"""The outputs of this kernel that show runs, kept up to date by one daemon thread.

The thread never prints and never makes a new output. Panels get frames through their widgets, at
most four a second; cards are replaced by ``update_display_data`` under the header of the request
that made them, so that nothing lands in whichever cell ran last. When a run ends, every output
becomes the static card; that is sent from the main thread as well when somebody waits, since
``nbclient`` listens only to the cell that is executing.

Panels of runs that have ended are kept, so that a page that is reloaded still gets its curves; they
are read from the folder then, and nothing of them is held in memory until they are asked for.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

from ftkernel.api import config, frontend
from ftkernel.errors import FtError
from ftkernel.notebook import assets
from ftkernel.notebook.display import new_display_id, publish, shell
from ftkernel.notebook.live import remembered
from ftkernel.notebook.live.busy import CellClock
from ftkernel.notebook.live.card import Drawing, LiveCard, Output
from ftkernel.notebook.live.mode import Mode, cell_of, in_kernel, mode
from ftkernel.notebook.live.panel import Followed, Panel, send_asset
from ftkernel.subcommands.boundary import write_trace
from ftkernel.views import fault
from ftkernel.views.bundle import mime_bundle
from ftkernel.views.live import LiveRun
from ftkernel.views.mime import MIME
from ftkernel.views.summary import summarize

if TYPE_CHECKING:
    from ftkernel.api.run import Run

_PAUSE_PER_TICK = 20.0
"""A long look at the runs is followed by a long pause: in times of its duration."""

_SETTINGS_SECONDS = 5.0
_MOST_ENDED = 50
"""Panels of ended runs that a reloaded page still gets; older ones are closed."""


class LiveOutputs:
    """The outputs of this kernel that show runs: its :class:`ftkernel.api.frontend.Frontend`."""

    def __init__(self) -> None:
        self._cards: list[LiveCard] = []
        self._followed: dict[Path, Followed] = {}
        self._ended: OrderedDict[str, Panel] = OrderedDict()
        self._shown_at: dict[str, int] = {}
        self._heard: SimpleQueue[tuple[Panel, Mapping[str, Any]]] = SimpleQueue()
        self._asked: dict[tuple[str, str], tuple[Panel, Mapping[str, Any]]] = {}
        """What pages have asked and nobody has answered yet."""
        self._has_plotly = False
        self._lock = threading.RLock()
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None
        self._closed = False
        self._refresh = (0.0, -_SETTINGS_SECONDS)
        self.clock = CellClock(self._wake.set)

    def show(self, run: "Run") -> None:
        """Show a run in the cell that is executing, live while it goes on."""
        here = shell()
        publisher = here.display_pub
        parent = dict(getattr(publisher, "parent_header", None) or {})
        chosen = mode(here)
        where = (run, publisher, new_display_id(), parent)
        drawing = Drawing(run)
        bundle = drawing.draw(anyway=True) or {}
        self._shown_at[str(run.folder)] = here.execution_count
        is_panel = chosen == "panel" and not drawing.ended
        plain_mode: Mode = "text" if chosen == "text" and in_kernel(here) else "html"
        output = Panel(*where) if is_panel else Output(*where, plain_mode)
        output.cell = (cell_of(here), here.execution_count)
        self._leave_out(output)
        if isinstance(output, Panel):
            self._show_panel(output, bundle)
            return
        publish(output.shown(bundle), output.display_id)
        if not drawing.ended and in_kernel(here):
            with self._lock:
                self._cards.append(LiveCard(output, drawing))
                self._start()

    def _show_panel(self, panel: Panel, bundle: Mapping[str, object]) -> None:
        from ftkernel.notebook.live.widget import WIDGET_MIME, RunWidget

        first: Any = bundle[MIME]
        language = str(config.get("language"))
        panel.widget = RunWidget(
            first["id"], language, first, lambda message: self._hear(panel, message)
        )
        publish({**bundle, WIDGET_MIME: panel.widget.view()}, panel.display_id)
        about = {"run": first["id"], "cell": panel.cell[0]}
        remembered.remember(panel.widget.model_id, "run", panel.run.folder, **about)
        with self._lock:
            self._follow(panel)

    def show_again(self, id_: str, entry: Mapping[str, Any]) -> None:
        """Answer for a panel that an earlier kernel of this notebook has shown, once it asks."""
        from ftkernel.api.run import Run
        from ftkernel.notebook.live.widget import RunWidget

        panel = Panel(Run(entry["folder"]), shell().display_pub, new_display_id(), {})
        panel.heard = True
        panel.cell = (str(entry.get("cell", "")), -1)
        language = str(config.get("language"))
        panel.widget = RunWidget(
            str(entry.get("run", "")),
            language,
            {},
            lambda message: self._hear(panel, message),
            again=id_,
        )
        with self._lock:
            self._ended[id_] = panel

    def _leave_out(self, new: Output) -> None:
        """Forget what the executing cell showed when it was executed before."""
        with self._lock:
            self._cards = [one for one in self._cards if not one.output.is_replaced_by(new)]
            gone = [panel for panel in self._ended.values() if panel.is_replaced_by(new)]
            for panel in gone:
                del self._ended[panel.widget.model_id]
            for folder, followed in list(self._followed.items()):
                gone += [panel for panel in followed.panels if panel.is_replaced_by(new)]
                followed.panels = [one for one in followed.panels if one not in gone]
                if not followed.panels:
                    del self._followed[folder]
        for panel in gone:
            remembered.forget(panel.widget.model_id)
            panel.widget.dismiss()

    def _follow(self, panel: Panel) -> None:
        """Send a panel what there is, and all that comes, as long as its run goes on."""
        followed = self._followed.get(panel.run.folder)
        if followed is None:
            live = LiveRun(panel.run.files)
            live.poll()
            followed = self._followed[panel.run.folder] = Followed(live)
        followed.join(panel)
        self._start()

    def shown_here(self, run: "Run") -> bool:
        """Whether the executing cell shows the run already."""
        return self._shown_at.get(str(run.folder)) == shell().execution_count

    def finish(self, run: "Run") -> None:
        """Bring every output of the run up to date now, from the main thread."""
        with self._lock:
            for card in self._cards:
                if card.output.run.folder == run.folder:
                    bundle = card.now()
                    if bundle is not None:
                        publish(bundle, card.output.display_id, update=True)
            self._cards = [card for card in self._cards if not card.ended]
            followed = self._followed.get(run.folder)
            if followed is not None:
                followed.step(at_once=True)
                if not followed.live.is_live:
                    self._end(run.folder, main_thread=True)

    def close(self) -> None:
        """Stop looking; what is shown is kept for :meth:`reopen`."""
        self._closed = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join(timeout=2)
        self.clock.uninstall()

    def reopen(self) -> None:
        """Go on with the runs that are still going on."""
        self._closed = False
        here = shell()
        if in_kernel(here):
            self.clock.install(here)
        with self._lock:
            if self._cards or self._followed:
                self._start()

    def _hear(self, panel: Panel, message: Mapping[str, Any]) -> None:
        """Take what a page says, on whichever thread; the feeder answers."""
        self._heard.put((panel, message))
        with self._lock:
            self._start()
        self._wake.set()

    def _start(self) -> None:
        if not self._closed and (self._thread is None or not self._thread.is_alive()):
            self._wake.clear()
            self._thread = threading.Thread(target=self._feed, name="ftkernel-live", daemon=True)
            self._thread.start()

    def _feed(self) -> None:
        """The thread: a named boundary, where an error ends one output and goes to the log."""
        due = time.monotonic() + self._refresh_seconds()
        while not self._closed:
            self._wake.wait(max(0.0, due - time.monotonic()))
            self._wake.clear()
            with self._lock:
                begun = time.monotonic()
                if begun >= due:
                    self._step_cards()
                    for folder in list(self._followed):
                        self._step_panels(folder)
                    took = time.monotonic() - begun
                    due = begun + took + max(self._refresh_seconds(), _PAUSE_PER_TICK * took)
                self._tell_busy()
                self._answer_all()
                if not (self._cards or self._followed or self._asked) and self._heard.empty():
                    self._thread = None
                    return

    def _tell_busy(self) -> None:
        seconds = self.clock.seconds
        for followed in self._followed.values():
            if followed.tell_busy(seconds) and not self._has_plotly:
                self._has_plotly = True  # pages that cannot ask get it unasked, once
                send_asset(followed.panels[0], "plotly")

    def _refresh_seconds(self) -> float:
        seconds, looked = self._refresh
        now = time.monotonic()
        if now - looked >= _SETTINGS_SECONDS:
            found = config.get("refresh_seconds")
            seconds = float(found) if isinstance(found, int | float) else 1.0
            self._refresh = (seconds, now)
        return seconds

    def _step_cards(self) -> None:
        for card in self._cards:
            try:
                card.step()
            except Exception as exc:
                write_trace(exc)
                card.ended = True
        self._cards = [card for card in self._cards if not card.ended]

    def _step_panels(self, folder: Path) -> None:
        followed = self._followed[folder]
        try:
            followed.step()
            followed.draw_unheard(self.clock.seconds)
            if not followed.live.is_live:
                self._end(folder)
        except FtError as error:
            for panel in followed.panels:
                panel.tell_gone(error)
            self._forget(folder, fault.mime_bundle(error))
        except Exception as exc:
            write_trace(exc)
            self._forget(folder)

    def _end(self, folder: Path, *, main_thread: bool = False) -> None:
        """Let the outputs of a run that has ended become its static card."""
        followed = self._followed[folder]
        bundle = mime_bundle(summarize(followed.live.folder))
        for panel in followed.panels:
            if main_thread:
                publish(bundle, panel.display_id, update=True)
            else:
                panel.replace(bundle)
            panel.tell_final(bundle)
        self._forget(folder)

    def _forget(self, folder: Path, unheard: Mapping[str, object] | None = None) -> None:
        """Follow a run no longer; its panels answer when they are asked."""
        for panel in self._followed.pop(folder).panels:
            if unheard is not None and not panel.heard:
                panel.replace(unheard)
            self._ended[panel.widget.model_id] = panel
            self._ended.move_to_end(panel.widget.model_id)
        while len(self._ended) > _MOST_ENDED:
            _, oldest = self._ended.popitem(last=False)
            oldest.widget.dismiss()

    def _answer_all(self) -> None:
        """Answer what pages have said: each question once, however often it was asked meanwhile."""
        while True:
            try:
                panel, message = self._heard.get_nowait()
            except Empty:
                break
            kind = str(message.get("kind"))
            panel.heard, panel.plain = True, None
            which = {"asset": message.get("name"), "do": message.get("id")}.get(kind, "")
            kind = "hello" if kind == "missed" else kind
            self._asked[panel.widget.model_id, f"{kind} {which}"] = (panel, message)
        for question, (panel, message) in list(self._asked.items()):
            if panel.waits_for_answer(message):
                continue
            del self._asked[question]
            try:
                self._answer(panel, message)
            except Exception as exc:
                write_trace(exc)

    def _answer(self, panel: Panel, message: Mapping[str, Any]) -> None:
        kind = message.get("kind")
        if kind == "asset":
            send_asset(panel, message.get("name"))
            return
        panel.elsewhere = kind == "elsewhere"
        if kind not in {"hello", "missed", "do"}:
            return
        held = message.get("assets")
        if isinstance(held, list) and assets.sha256("plotly") in held:
            self._has_plotly = True
        followed = self._followed.get(panel.run.folder)
        if followed is None or panel not in followed.panels:
            followed = self._look_again(panel)
        if followed is None:
            return
        if kind == "do":
            followed.obey(panel, message)
        else:
            followed.answer(panel, message.get("after"))

    def _look_again(self, panel: Panel) -> Followed | None:
        """A run that had ended as it is now; goes on being followed where it goes on."""
        try:
            live = LiveRun(panel.run.files)
            live.poll()
        except FtError as error:
            panel.tell_gone(error)
            return None
        if live.is_live:
            self._ended.pop(panel.widget.model_id, None)
            self._follow(panel)
            return self._followed[panel.run.folder]
        return Followed(live)


_outputs: list[LiveOutputs] = []


def install() -> None:
    """Make this kernel's outputs the front end of the API; harmless when it is so already."""
    if not _outputs:
        _outputs.append(LiveOutputs())
    if frontend.current() is not _outputs[0]:
        _outputs[0].reopen()
    frontend.install(_outputs[0])


def make_again(id_: str, entry: Mapping[str, Any]) -> None:
    """Answer for a panel of an earlier kernel (:mod:`ftkernel.notebook.live.remembered`)."""
    install()
    _outputs[0].show_again(id_, entry)


def uninstall() -> None:
    """Take the front end away and stop its thread; :func:`install` goes on with its outputs."""
    frontend.install(None)
    if _outputs:
        _outputs[0].close()
