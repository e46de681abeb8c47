"""One worker that holds one model and answers one question at a time."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ftkernel.api.chat_target import Target
from ftkernel.api.jobs import error_in, launch_job, log_of_jobs
from ftkernel.errors import FtError

_SETTLES_WITHIN = 20.0
"""Seconds that an answer which was interrupted gets to end, before its worker is given up."""

_LEAVES_WITHIN = 2.0


@dataclass(frozen=True)
class Question:
    """One question to one model, or to its two sides."""

    messages: tuple[Mapping[str, str], ...]
    sides: tuple[str, ...]
    sampling: Mapping[str, object]


class Session:
    """A worker that holds one model and answers one question at a time."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self._log = target.folder.log if target.folder else log_of_jobs()
        self.worker = launch_job(
            "chat", target.recipe, target.folder, {"model": dict(target.model)}
        )
        self._count = 0
        self.used = time.monotonic()
        self.ready = False
        self.sides: tuple[str, ...] = ()

    def load(self, on_line: Callable[[Mapping[str, Any]], None] | None = None) -> None:
        """Wait until the model is loaded.

        Raises:
            FtError: why it cannot be.
        """
        for line in self._said():
            if line["kind"] == "ready":
                self.ready = True
                self.sides = tuple(line.get("sides", ()))
                return
            if on_line is not None:
                on_line(line)

    def ask(
        self, question: Question, side: str, on_text: Callable[[str, str], None]
    ) -> dict[str, Any]:
        """Ask; ``on_text`` is told the side and each piece of the answer.

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
                }
            }
        )
        try:
            return self._answer(id_, side, on_text)
        except KeyboardInterrupt:
            self._cancel(id_)
            raise

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

    def _cancel(self, id_: str) -> None:
        """End an answer; a worker that does not obey is given up."""
        timer = threading.Timer(_SETTLES_WITHIN, self.worker.kill_tree)
        timer.daemon = True
        timer.start()
        try:
            self.worker.send({"cancel": id_})
            self._answer(id_, "", lambda _side, _text: None)
        except (FtError, KeyboardInterrupt):
            self.close()
        finally:
            timer.cancel()

    def _said(self) -> Iterator[dict[str, Any]]:
        # Anew each time: an interrupt ends the iteration that it comes into, not the stream.
        for line in self.worker.lines():
            if line.get("kind") == "error":
                if not self.ready:
                    self.close()
                raise error_in(line, self._log)
            yield line
        code = self.worker.wait(1)
        self.close()
        raise FtError("api.job_died", job="chat", code=code, log=str(self._log))

    @property
    def is_alive(self) -> bool:
        """Whether it can be asked."""
        return self.worker.poll() is None

    def memory(self) -> int:
        """The bytes it holds, 0 once it has ended."""
        import psutil

        try:
            return psutil.Process(self.worker.pid).memory_info().rss
        except psutil.NoSuchProcess:
            return 0

    def close(self) -> None:
        """End the worker."""
        self.worker.close_lifeline()
        if self.worker.wait(_LEAVES_WITHIN) is None:
            self.worker.kill_tree()
