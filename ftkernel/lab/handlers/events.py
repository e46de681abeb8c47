"""``GET runs/{id}/events``: what a run said after an event, as it is or folded for a view."""

import os
import time

from jupyter_server.auth.decorator import authorized
from tornado import web

from ftkernel.lab.bodies import EventPage, FramePage
from ftkernel.lab.event_pages import MOST_EVENTS
from ftkernel.lab.handlers.base import FtHandler
from ftkernel.lab.handlers.waiting import HOLD_SECONDS, Hold
from ftkernel.runs.folder import RunFolder

_LOOKS_EVERY = 0.25
_MOST_POINTS = 5_000
_STATE_EVERY = 1.0
"""Seconds between two looks at the worker of a run that says nothing."""


class EventsHandler(FtHandler):
    """``GET runs/{id}/events?after=&limit=&reduced=&points=&wait=``."""

    @web.authenticated
    @authorized
    async def get(self, id_: str) -> None:
        """Answer with an :class:`EventPage`, or a :class:`FramePage` with ``reduced=1``.

        Held up to 25 s (``wait``) where nothing is new.
        """
        await self.answer(self._events(id_))

    async def _events(self, id_: str) -> EventPage | FramePage:
        after = self.number("after", 0)
        limit = max(1, self.number("limit", 1_000, MOST_EVENTS))
        points = max(2, self.number("points", 1_000, _MOST_POINTS))
        reduced = self.get_query_argument("reduced", "") in {"1", "true"}
        end = time.monotonic() + self.seconds("wait", HOLD_SECONDS, HOLD_SECONDS)
        folder = await self.run_of(id_)
        following = self.lab.following
        known, seen = self.get_query_argument("state", ""), self.number("seen", 0)
        with Hold(self, self.lab.waiting) as hold:
            while True:
                before = _stamp(folder)
                page: EventPage | FramePage
                if reduced:
                    page = await self.apart(
                        lambda: following.frame(
                            folder, after, seen=seen, known=known, most_points=points
                        )
                    )
                    news = page.frame is not None
                else:
                    page = await self.apart(lambda: following.events(folder, after, limit))
                    news = bool(page.events) or page.reset
                if news or (known and known != page.state):
                    return page
                if not await self._changed(folder, before, page.state, hold, end):
                    return page

    async def _changed(
        self, folder: RunFolder, before: tuple[int, ...], reached: str, hold: Hold, end: float
    ) -> bool:
        """Wait until the file or the state is another one; whether to look again."""
        looked = time.monotonic()
        while await hold.pause(_LOOKS_EVERY, end):
            if _stamp(folder) != before:
                return True
            now = time.monotonic()
            if now - looked >= _STATE_EVERY:
                looked = now
                if await self.apart(lambda: _state(folder)) != reached:
                    return True
        return False


def _state(folder: RunFolder) -> str:
    from ftkernel.runs.state import state

    return state(folder)


def _stamp(folder: RunFolder) -> tuple[int, ...]:
    try:
        found = os.lstat(folder.events)
    except OSError:
        return ()
    return found.st_ino, found.st_size, found.st_mtime_ns
