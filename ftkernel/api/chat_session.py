"""One worker that holds one model and answers one question at a time.

A cell and any number of chat panels may ask the same worker, each from a thread of its own: who
asks takes the session's turn first (:meth:`Session.in_turn`), and whoever wants an answer to end
calls :meth:`Session.cancel` from any thread.
"""

import threading
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from ftkernel.api.chat_target import Target
from ftkernel.api.jobs import died, error_in, launch_job, log_of_jobs
from ftkernel.errors import FtError
from ftkernel.runs.exit_watch import memory_kills

_SETTLES_WITHIN = 20.0
"""Seconds that an answer which was interrupted gets to end, before its worker is given up."""

_LEAVES_WITHIN = 2.0
_NO_MEMORY = "worker.out_of_memory"
"""The beginning of the codes of errors after which a worker is not asked again."""

_LOOKS_EVERY = 0.2
"""Seconds between looks for an interrupt while another answer of the worker is waited for."""


@dataclass(frozen=True)
class Question:
    """One question to one model, or to its two sides."""

    messages: tuple[Mapping[str, str], ...]
    sides: tuple[str, ...]
    sampling: Mapping[str, object]
    kept: bool = True
    """Whether the worker writes it into a transcript; a panel writes its own."""


class Session:
    """A worker that holds one model and answers one question at a time."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self._log = target.folder.log if target.folder else log_of_jobs()
        self._kills = memory_kills()
        self.worker = launch_job(
            "chat", target.recipe, target.folder, {"model": dict(target.model)}
        )
        self._count = 0
        self._turn = threading.Lock()
        self._asked: str | None = None
        self._giving_up: threading.Timer | None = None
        self.closed_for: str | None = None
        """Why this process ended the worker, as the code of an error; a failure has none."""
        self._is_closed = False
        self.used = time.monotonic()
        self.ready = False
        self.sides: tuple[str, ...] = ()
        self.about: Mapping[str, Any] = {}
        """What the worker says when the model is loaded: device, number type, marks of thinking."""

    @contextmanager
    def in_turn(self, given_up: Callable[[], bool] = lambda: False) -> Generator[None]:
        """Hold this session for one question; waits while another thread's is answered.

        Raises:
            FtError: ``api.chat_cancelled`` if it was ``given_up`` before its turn came.
        """
        while not self._turn.acquire(timeout=_LOOKS_EVERY):
            if given_up():
                raise FtError("api.chat_cancelled", model=self.target.name)
        try:
            yield
        finally:
            self._turn.release()

    @property
    def is_busy(self) -> bool:
        """Whether somebody holds its turn."""
        return self._turn.locked()

    def load(self, on_line: Callable[[Mapping[str, Any]], None] | None = None) -> None:
        """Wait until the model is loaded.

        Raises:
            FtError: why it cannot be.
        """
        for line in self._said():
            if line["kind"] == "ready":
                self.ready = True
                self.sides = tuple(line.get("sides", ()))
                self.about = line
                return
            if on_line is not None:
                on_line(line)

    def ask(
        self, question: Question, side: str, on_text: Callable[[str, str], None]
    ) -> dict[str, Any]:
        """Ask; ``on_text`` is told the side and each piece of the answer.

        For whoever holds the turn.

        Returns:
            The worker's ``answer`` line.

        Raises:
            FtError: why there is no answer.
            KeyboardInterrupt: after the worker was told to end this answer.
        """
        self._count += 1
        id_ = str(self._count)
        self.used = time.monotonic()
        self.worker.send(
            {
                "ask": {
                    "id": id_,
                    "messages": list(question.messages),
                    "sampling": dict(question.sampling),
                    "side": side,
                    "kept": question.kept,
                }
            }
        )
        self._asked = id_
        try:
            return self._answer(id_, side, on_text)
        except KeyboardInterrupt:
            self._settle(id_)
            raise
        finally:
            self._asked = None
            self._settled()

    def cancel(self) -> None:
        """End the answer that is being written, or the loading.

        From any thread, any number of times. :meth:`ask` then returns what there is, with
        ``finish`` ``cancelled``.
        """
        if not self.ready:
            self.close("api.chat_cancelled")
        elif (asked := self._asked) is not None and self._giving_up is None:
            self._send_cancel(asked)

    def _answer(self, id_: str, side: str, on_text: Callable[[str, str], None]) -> dict[str, Any]:
        for line in self._said():
            if line.get("id") != id_:
                continue
            if line["kind"] == "token":
                on_text(side, line["text"])
            elif line["kind"] == "answer":
                self.used = time.monotonic()
                return line
        raise AssertionError("unreachable: _said ends with an error")

    def _settle(self, id_: str) -> None:
        """End an answer and wait for its end; a worker that does not obey is given up."""
        try:
            self._send_cancel(id_)
            self._answer(id_, "", lambda _side, _text: None)
        except (FtError, KeyboardInterrupt):
            self.close()

    def _send_cancel(self, id_: str) -> None:
        self._giving_up = threading.Timer(_SETTLES_WITHIN, self.worker.kill_tree)
        self._giving_up.daemon = True
        self._giving_up.start()
        with suppress(FtError):  # it has ended: whoever reads its answer sees that
            self.worker.send({"cancel": id_})

    def _settled(self) -> None:
        if self._giving_up is not None:
            self._giving_up.cancel()
            self._giving_up = None

    def _said(self) -> Iterator[dict[str, Any]]:
        # Anew each time: an interrupt ends the iteration that it comes into, not the stream.
        for line in self.worker.lines():
            if line.get("kind") == "error":
                error = error_in(line, self._log)
                # Libraries that once had no memory may fail from then on: oneDNN keeps what it has
                # failed to make. And the memory of a process is given back best by its end.
                if not self.ready or error.code.startswith(_NO_MEMORY):
                    self.close()
                raise error
            yield line
        code = self.worker.wait(1)
        self.close()
        if self.closed_for is not None:
            raise FtError(self.closed_for, model=self.target.name)
        raise died("chat", code, self._log, self._kills)

    @property
    def is_alive(self) -> bool:
        """Whether it can be asked."""
        return self.worker.poll() is None and not self._is_closed

    @property
    def is_spent(self) -> bool:
        """Whether it has failed somebody and ended; whoever waited for a turn takes another one."""
        return self._is_closed and self.closed_for is None

    def memory(self) -> int:
        """The bytes it holds, 0 once it has ended."""
        import psutil

        try:
            return psutil.Process(self.worker.pid).memory_info().rss
        except psutil.NoSuchProcess:
            return 0

    def close(self, why: str | None = None) -> None:
        """End the worker; ``why`` is the code of what whoever waits for an answer is told."""
        if why is not None and self.is_alive:
            self.closed_for = why
        self._is_closed = True
        self.worker.close_lifeline()
        if self.worker.wait(_LEAVES_WITHIN) is None:
            self.worker.kill_tree()
