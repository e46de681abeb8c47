"""Asking the sides of a round, one after the other, in a thread of its own."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from ftkernel.api.chat_session import Question, Session
from ftkernel.api.chat_sides import Answering, Asked, Subject, asked_for, trains_for
from ftkernel.api.conversation import Reply, Round, Turn, left_out, prompt_of
from ftkernel.errors import FtError
from ftkernel.subcommands.boundary import write_trace

_CANCELLED = "api.chat_cancelled"


class Watching(Protocol):
    """Who is told how it goes, from the thread that asks."""

    def began(self, reply: Reply) -> None:
        """A side is asked now."""
        ...

    def loading(self, line: Mapping[str, Any]) -> None:
        """A worker said a line while it loaded its model."""
        ...

    def wrote(self, reply: Reply, text: str) -> None:
        """A side has written more."""
        ...

    def ended(self, reply: Reply) -> None:
        """A side has ended, one way or the other."""
        ...


@dataclass(eq=False)
class Job:
    """One round that is being answered."""

    subject: Subject
    round: Round
    watching: Watching

    def __post_init__(self) -> None:
        self._stopping = threading.Event()
        self._worker: Answering | None = None

    def start(self, ended: Callable[[], None]) -> None:
        """Ask all sides; ``ended`` is called at the end, whatever came."""

        def work() -> None:
            try:
                for reply in self.round.replies.values():
                    self._answer(reply)
            finally:
                ended()

        threading.Thread(target=work, name="ftkernel-chat", daemon=True).start()

    def stop(self) -> None:
        """End the answer that is being written, and ask no further side. Any number of times."""
        self._stopping.set()
        worker = self._worker
        if worker is not None:
            worker.cancel()

    @property
    def is_stopping(self) -> bool:
        """Whether :meth:`stop` was called."""
        return self._stopping.is_set()

    def _answer(self, reply: Reply) -> None:
        """Fill in one reply: a named boundary, where any error becomes the reply's."""
        if self.is_stopping:
            reply.state = "stopped"
            self.watching.ended(reply)
            return
        reply.state = "writing"
        self.watching.began(reply)
        try:
            self._take(reply, self._ask(reply))
        except FtError as error:
            self._fail(reply, error)
        except Exception as error:
            write_trace(error)
            self._fail(reply, FtError("chat_panel.broken", reason=type(error).__name__))
        finally:
            self._worker = None
        self.watching.ended(reply)

    def _fail(self, reply: Reply, error: FtError) -> None:
        if self.is_stopping and error.code == _CANCELLED:
            reply.state = "stopped"
            return
        reply.state = "failed"
        reply.error = error.to_json()

    def _ask(self, reply: Reply) -> Mapping[str, Any]:
        turn = self.round.turn
        if turn is None:
            raise FtError("chat_panel.broken", reason="no turn")
        if omitted := left_out(turn, reply.side):
            params = {"count": omitted}
            reply.notes.append({"code": "chat_panel.left_out", "params": params})
        waits = trains_for(self.subject, reply.side)
        line = None
        while line is None:
            line = self._ask_one(asked_for(self.subject, reply.side), turn, reply)
        if waits:
            params = {"seconds": f"{float(line.get('seconds') or 0):.1f}"}
            reply.notes.append({"code": "chat_panel.training_waited", "params": params})
        return line

    def _ask_one(self, asked: Asked, turn: Turn, reply: Reply) -> Mapping[str, Any] | None:
        """The answer line; ``None`` where the worker ended on somebody else's question before."""
        self._worker = asked.worker
        messages = tuple(prompt_of(turn, reply.side))
        question = Question(messages, (asked.side,), self.round.sampling, kept=False)

        def more(_side: str, piece: str) -> None:
            reply.text += piece
            self.watching.wrote(reply, piece)
            self._obey(asked.worker)

        with asked.worker.in_turn(lambda: self.is_stopping):
            if asked.session is not None:
                if asked.session.is_spent and not self.is_stopping:
                    return None
                self._load(asked.session, asked, reply)
            self._obey(asked.worker, before=True)
            return asked.worker.ask(question, asked.side, more)

    def _obey(self, worker: Answering, *, before: bool = False) -> None:
        """End the answer if that was asked for when there was nothing yet to be ended."""
        if self.is_stopping:
            if before:
                raise FtError(_CANCELLED, model=self.subject.name)
            worker.cancel()

    def _load(self, session: Session, asked: Asked, reply: Reply) -> None:
        def heard(line: Mapping[str, Any]) -> None:
            self.watching.loading(line)
            self._obey(session)

        if not session.ready:
            session.load(heard)
        if asked.side not in session.sides:
            raise FtError("api.no_base_side", model=session.target.name)
        reply.notes.extend(dict(remark) for remark in session.target.remarks)
        if (marks := session.about.get("thinking")) is not None:
            reply.details["thinking"] = marks

    def _take(self, reply: Reply, line: Mapping[str, Any]) -> None:
        """The whole answer, as the worker's last line has it."""
        reply.text = str(line.get("text", reply.text))
        names = ("tokens", "prompt_tokens", "seconds", "tokens_per_second", "finish", "seed")
        reply.details |= {name: line[name] for name in (*names, "inside") if name in line}
        reply.notes.extend(dict(note) for note in line.get("notes", ()))
        reply.state = "stopped" if line.get("finish") == "cancelled" else "done"
