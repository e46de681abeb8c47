"""Runs that pages follow: each is read once for all of them, and forgotten when nobody asks.

Nothing runs in the background: what is new is read when somebody asks for it, in that thread.
"""

import base64
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, cast

from ftkernel.errors import FtError
from ftkernel.lab import sound
from ftkernel.lab.bodies import EventPage, FramePage, State
from ftkernel.lab.brief import UNREADABLE
from ftkernel.lab.event_pages import EventPages
from ftkernel.lab.redaction import clean_json
from ftkernel.runs.folder import RunFolder
from ftkernel.runs.state import state
from ftkernel.views.live import MOST_POINTS, LiveRun
from ftkernel.views.shape import RunSummary

MOST_FOLLOWED = 12
_FORGOTTEN_AFTER = 600.0
"""Seconds without a question."""

_SNAPSHOT_BYTES = 1_000_000
_MOST_VIEWS = 24


@dataclass
class _Followed:
    folder: RunFolder
    inode: int
    asked: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)
    live: LiveRun | None = None
    pages: EventPages | None = None
    told: int = 0
    views: dict[int, dict[str, Any]] = field(default_factory=dict[int, dict[str, Any]])
    """What was said last, by number, so that the next answer says what has changed alone."""


class Following:
    """The runs that are followed now. May be used from several threads."""

    def __init__(self) -> None:
        self._runs: dict[str, _Followed] = {}
        self._lock = threading.Lock()

    def events(self, folder: RunFolder, after: int, limit: int) -> EventPage:
        """The next page of events as they are.

        Raises:
            FtError: the faults of :func:`sound.check`; ``lab.unsound``.
        """
        with self._of(folder) as run:
            run.pages = run.pages or EventPages(folder.events)
            reached = state(folder)  # before the events: an end must come with its last events
            page = run.pages.page(after, limit)
            return EventPage(
                seq=page.seq,
                more=page.more,
                reset=page.reset,
                state=reached,
                events=[clean_json(event) for event in page.events],
            )

    def frame(
        self,
        folder: RunFolder,
        after: int,
        *,
        seen: int = 0,
        known: str = "",
        most_points: int = MOST_POINTS,
    ) -> FramePage:
        """What is new since an event, folded as widgets have it.

        Args:
            folder: the run.
            after: the number of the last event that is known, 0 for none.
            seen: :attr:`FramePage.view` of the page before, 0 for none.
            known: its state.
            most_points: of each curve.

        Raises:
            FtError: the faults of :func:`sound.check`; ``lab.too_many_events``; ``lab.unsound``.
        """
        with self._of(folder) as run:
            sound.check_folded(folder)
            run.live = run.live or LiveRun(folder)
            run.live.poll(at_once=True)
            reached = cast("State", run.live.state)
            if (after or known) and after == run.live.seq and known in ("", reached):
                return FramePage(seq=after, view=seen, state=reached, frame=None, buffers=[])
            frame = run.live.frame(
                after,
                seen=run.views.get(seen),
                most_points=most_points,
                most_bytes=_SNAPSHOT_BYTES,
            )
            run.told += 1
            run.views[run.told] = frame.view
            for old in [*run.views][:-_MOST_VIEWS]:
                del run.views[old]
            return FramePage(
                seq=frame.seq,
                view=run.told,
                state=reached,
                frame=clean_json(frame.content),
                buffers=[base64.b64encode(one).decode("ascii") for one in frame.buffers],
            )

    def summary(self, folder: RunFolder) -> RunSummary:
        """The run as the static views see it, with few of its steps.

        Raises:
            FtError: as :meth:`frame`.
        """
        with self._of(folder) as run:
            sound.check_folded(folder)
            run.live = run.live or LiveRun(folder)
            run.live.poll(at_once=True)
            return run.live.summary()

    @contextmanager
    def _of(self, folder: RunFolder) -> Generator[_Followed]:
        sound.check(folder)
        key = str(folder.path)
        now = time.monotonic()
        with self._lock:
            stamp = sound.signature(key)[0]
            inode = stamp[2] if stamp else 0
            run = self._runs.get(key)
            if run is None or run.inode != inode:
                run = self._runs[key] = _Followed(folder, inode)
            run.asked = now
            newest = sorted(self._runs.items(), key=lambda one: -one[1].asked)
            self._runs = {
                path: one
                for path, one in newest[:MOST_FOLLOWED]
                if now - one.asked < _FORGOTTEN_AFTER
            }
        with run.lock:
            try:
                yield run
            except UNREADABLE as error:
                run.live = None
                raise FtError("lab.unsound", file="events.jsonl") from error
