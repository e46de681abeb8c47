"""Routes that only read: the list, one run, its log and conversations, keys, the doctor."""

import time

from jupyter_server.auth.decorator import authorized
from tornado import web

from ftkernel.errors import FtError
from ftkernel.lab.bodies import (
    ChatBody,
    DoctorBody,
    KeysBody,
    LogBody,
    RunDetails,
    RunList,
    SaidBody,
)
from ftkernel.lab.handlers.base import FtHandler, kernel_commands
from ftkernel.lab.handlers.waiting import HOLD_SECONDS, Hold

_MOST_LINES = 5_000
_LOOKS_EVERY = 1.0


class RunsHandler(FtHandler):
    """``GET runs?since=&wait=``: every run, or what has changed since a version."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Answer with a :class:`RunList`; held up to 25 s where ``since`` is the newest."""
        await self.answer(self._list())

    async def _list(self) -> RunList:
        since = self.get_query_argument("since", "")
        end = time.monotonic() + self.seconds("wait", 0.0, HOLD_SECONDS)
        with Hold(self, self.lab.waiting) as hold:
            while True:
                found = await self.apart(lambda: self.lab.catalogue.listed(since))
                news = found.whole or found.runs or found.gone or not found.complete
                if news or not await hold.pause(_LOOKS_EVERY, end):
                    return found


class RunHandler(FtHandler):
    """``GET``, ``PATCH`` and ``DELETE runs/{id}``."""

    @web.authenticated
    @authorized
    async def get(self, id_: str) -> None:
        """Answer with :class:`RunDetails`."""
        await self.answer(self._details(id_))

    @web.authenticated
    @authorized
    async def patch(self, id_: str) -> None:
        """Write on a run: name, note, tags."""
        from ftkernel.lab.handlers.changing import label

        await self.answer(label(self, id_))

    @web.authenticated
    @authorized
    async def delete(self, id_: str) -> None:
        """Delete a run that has ended."""
        from ftkernel.lab.handlers.changing import remove

        await self.answer(remove(self, id_))

    async def _details(self, id_: str) -> RunDetails:
        from ftkernel.lab.details import details

        folder = await self.run_of(id_)
        return await self.apart(lambda: details(folder, self.lab.catalogue.item(folder, id_)))


class LogHandler(FtHandler):
    """``GET runs/{id}/log?tail=``."""

    @web.authenticated
    @authorized
    async def get(self, id_: str) -> None:
        """Answer with a :class:`LogBody` of the last lines, 200 by default."""
        await self.answer(self._log_of(id_))

    async def _log_of(self, id_: str) -> LogBody:
        from ftkernel.lab.details import log_end

        lines = self.number("tail", 200, _MOST_LINES)
        folder = await self.run_of(id_)
        return await self.apart(lambda: log_end(folder, lines))


class SaidHandler(FtHandler):
    """``GET runs/{id}/said``."""

    @web.authenticated
    @authorized
    async def get(self, id_: str) -> None:
        """Answer with a :class:`SaidBody`: notes and samples in full."""
        await self.answer(self._said(id_))

    async def _said(self, id_: str) -> SaidBody:
        from ftkernel.lab.said import said

        folder = await self.run_of(id_)
        return await self.apart(lambda: said(self.lab.following.summary(folder)))


class ChatHandler(FtHandler):
    """``GET runs/{id}/chat?name=``."""

    @web.authenticated
    @authorized
    async def get(self, id_: str) -> None:
        """Answer with a :class:`ChatBody`: the conversations, and one of them."""
        await self.answer(self._chat(id_))

    async def _chat(self, id_: str) -> ChatBody:
        from ftkernel.lab.talks import chat

        name = self.get_query_argument("name", "") or None
        folder = await self.run_of(id_)
        return await self.apart(lambda: chat(folder, name))


class KeysHandler(FtHandler):
    """``GET keys``: what may stand in a recipe."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Answer with :class:`KeysBody`."""
        await self.answer(self._keys())

    async def _keys(self) -> KeysBody:
        from ftkernel.lab.checking import keys

        return await self.apart(keys)


class DoctorHandler(FtHandler):
    """``GET doctor?kernel=``."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Answer with :class:`DoctorBody` for an installed kernel, or for the server."""
        await self.answer(self._doctor())

    async def _doctor(self) -> DoctorBody:
        from ftkernel.lab.report import report

        python = self._python(self.get_query_argument("kernel", ""))
        return await self.apart(
            lambda: report(python, self.lab.catalogue.counts(), self.root_folder)
        )

    def _python(self, kernel: str) -> str | None:
        if not kernel:
            return None
        from ftkernel.lab.resuming import program

        argv = kernel_commands(self).get(kernel)
        python = program(argv) if argv else None
        if python is None:
            raise FtError("lab.no_such_kernel", name=kernel[:80])
        return python
