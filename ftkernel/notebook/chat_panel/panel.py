"""A chat panel in the kernel: takes what a page asks for, and tells all its pages what has changed.

Requests come from whichever thread handles the page's messages and return at once; answers are
written by a thread of their own (:mod:`ftkernel.notebook.chat_panel.answering`). One lock keeps the
conversation and the numbers of the messages in order. Nothing here prints, and no request that is
refused changes the conversation.
"""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ftkernel.api.chat_sampling import check_sampling
from ftkernel.api.chat_sides import Subject, sides_of
from ftkernel.api.conversation import Conversation, Reply, Turn
from ftkernel.api.transcript import Transcript, known, read
from ftkernel.errors import FtError
from ftkernel.notebook.chat_panel import picture
from ftkernel.notebook.chat_panel.answering import Job
from ftkernel.notebook.chat_panel.feed import EVERY, Feed
from ftkernel.subcommands.boundary import write_trace

SETTINGS = (
    "system", "temperature", "top_p", "top_k", "max_new_tokens", "repetition_penalty", "seed",
    "stop",
)  # fmt: skip
MOST_SIDES = 4
_LONGEST = 400_000
"""Characters of one question; what a model takes, its worker says."""
_LARGEST_SEED = 2**63 - 1


class _WrongSettingsError(Exception):
    """Settings that cannot be. ``fields`` has the lines of each one's error by its name."""

    def __init__(self, fields: Mapping[str, list[list[str]]]) -> None:
        super().__init__(*fields)
        self.fields = fields


class Panel:
    """One panel. ``send`` is given each message for the pages."""

    def __init__(
        self,
        subject: Subject,
        send: Callable[[Mapping[str, Any]], None],
        *,
        sides: Sequence[str] = (),
        settings: Mapping[str, object] | None = None,
    ) -> None:
        self.subject = subject
        self._send = send
        self._feed = Feed(send)
        self._lock = threading.RLock()
        self._folder = subject.folder.chat if subject.folder is not None else None
        self._sides = list(sides)
        self._settings = dict(settings or {})
        self._job: Job | None = None
        self._doing: list[str] | None = None
        self._told = 0.0
        self._conversation = Conversation()
        self._transcript = Transcript(self._folder)
        newest = next(iter(known(self._folder)), None)
        if newest is not None and not newest.closed:
            self._open(newest.name)

    def take(self, message: Mapping[str, Any]) -> None:
        """Do what a page asks for: a named boundary. A refusal goes back with the request's id."""
        do = self._requests().get(str(message.get("kind")))
        if do is None:
            return
        try:
            with self._lock:
                do(message)
            answer: dict[str, Any] = {"kind": "accepted"}
        except FtError as error:
            answer = {"kind": "refused", "lines": picture.lines(error)}
        except _WrongSettingsError as error:
            lines = picture.together(error.fields.values())
            answer = {"kind": "refused", "lines": lines, "fields": error.fields}
        except Exception as error:
            write_trace(error)
            broken = FtError("chat_panel.broken", reason=type(error).__name__)
            answer = {"kind": "refused", "lines": picture.lines(broken)}
        if "id" in message:
            self._send({**answer, "id": message["id"]})

    def _requests(self) -> Mapping[str, Callable[[Mapping[str, Any]], None]]:
        return {
            "hello": lambda _: self._whole(),
            "look": lambda _: self._feed.change(self._head()),
            "ask": self._ask,
            "edit": self._edit,
            "again": self._again,
            "choose": self._choose,
            "stop": lambda _: self.stop(),
            "clear": lambda _: self._clear(),
            "open": self._reopen,
            "set": lambda message: self._feed.change(self._head(*self._read(message))),
        }

    def stop(self) -> None:
        """End what is being answered."""
        job = self._job
        if job is not None and not job.is_stopping:
            # In a thread, since a worker that is loading is waited for while it ends.
            threading.Thread(target=job.stop, name="ftkernel-chat-stop", daemon=True).start()
            self._doing = picture.both("chat_panel.stopping")
            self._feed.change(self._head())

    @property
    def is_busy(self) -> bool:
        """Whether something is being answered."""
        return self._job is not None

    # What a page asks for; the lock is held.

    def _ask(self, message: Mapping[str, Any]) -> None:
        text, settings = self._question(message)
        after = self._conversation.end()
        turn = self._conversation.say(text, after or self._conversation.begin)
        self._begin(turn, settings)

    def _edit(self, message: Mapping[str, Any]) -> None:
        text, settings = self._question(message)
        turn = self._conversation.turn(str(message.get("turn")))
        if turn is None:
            raise FtError("chat_panel.turn_gone")
        self._begin(self._conversation.say(text, turn.after), settings)

    def _again(self, message: Mapping[str, Any]) -> None:
        self._not_busy()
        sides, settings = self._read(message)
        turn = self._conversation.turn(str(message.get("turn")))
        if turn is None:
            raise FtError("chat_panel.turn_gone")
        self._sides, self._settings = sides, settings
        self._begin(turn, settings)

    def _choose(self, message: Mapping[str, Any]) -> None:
        self._not_busy()
        id_ = str(message.get("to"))
        if not self._conversation.choose(id_):
            raise FtError("chat_panel.turn_gone")
        self._transcript.chose(id_)
        self._changed()

    def _clear(self) -> None:
        self._not_busy()
        self._transcript.closed()
        self._conversation, self._transcript = Conversation(), Transcript(self._folder)
        self._whole()

    def _reopen(self, message: Mapping[str, Any]) -> None:
        self._not_busy()
        self._open(str(message.get("name")))
        self._whole()

    def _open(self, name: str) -> None:
        found = read(self._folder, name) if self._folder is not None else None
        if found is None:
            raise FtError("chat_panel.conversation_gone")
        self._conversation = found
        self._transcript = Transcript(self._folder, name)
        last = found.end()
        if last is not None:  # go on as it was left; but not with the seed of a later version
            self._sides = self._sides or list(last.replies)
            kept = {key: value for key, value in last.sampling.items() if key in SETTINGS}
            self._settings = self._settings or {k: v for k, v in kept.items() if k != "seed"}

    def _question(self, message: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
        """The text and the settings of a question; sides and settings are kept for the next.

        Raises:
            FtError: if it cannot be asked; nothing has changed then.
        """
        self._not_busy()
        text = str(message.get("text") or "")
        if not text.strip():
            raise FtError("chat_panel.no_text")
        if len(text) > _LONGEST:
            raise FtError("chat_panel.long_text", length=len(text), most=_LONGEST)
        sides, settings = self._read(message)
        self._sides, self._settings = sides, settings
        return text, settings

    def _not_busy(self) -> None:
        if self._job is not None:
            raise FtError("chat_panel.busy")

    def _read(self, message: Mapping[str, Any]) -> tuple[list[str], dict[str, Any]]:
        """The sides and the settings that a page names, checked.

        Raises:
            FtError: for a side that there is none of.
            _WrongSettingsError: for settings that cannot be.
        """
        if self.subject.folder is not None and not self.subject.folder.exists():
            raise FtError("run.folder_lost", path=str(self.subject.folder.path))
        given = message.get("settings")
        given = given if isinstance(given, Mapping) else self._settings
        settings = {str(key): value for key, value in given.items() if value is not None}
        self._check(settings)
        there = sides_of(self.subject)
        wanted = message.get("sides")
        wanted = [str(one) for one in wanted] if isinstance(wanted, list) else self._chosen(there)
        sides = list(dict.fromkeys(_as_now(one, there) for one in wanted))
        if gone := [one for one in sides if one not in there]:
            raise FtError("chat_panel.no_such_side", side=gone[0])
        if not sides:
            raise FtError("chat_panel.no_side")
        if len(sides) > MOST_SIDES:
            raise FtError("chat_panel.many_sides", most=MOST_SIDES, count=len(sides))
        return sides, settings

    def _check(self, settings: Mapping[str, object]) -> None:
        """Look at each setting by itself, so that one refusal tells all that is wrong."""
        wrong: dict[str, list[list[str]]] = {}
        for name, value in settings.items():
            try:
                check_sampling(self.subject.recipe, {name: value})
            except FtError as error:
                wrong[name] = picture.lines(error)
        if wrong:
            raise _WrongSettingsError(wrong)
        check_sampling(self.subject.recipe, settings)

    def _chosen(self, there: Sequence[str]) -> list[str]:
        """The sides that are asked next: those of the last time as far as they are still there."""
        kept = [side for one in self._sides if (side := _as_now(one, there)) in there]
        return list(dict.fromkeys(kept)) or [there[0]]

    # Answering; from here on any thread.

    def _begin(self, turn: Turn, settings: Mapping[str, Any]) -> None:
        seed = int(settings.get("seed", self.subject.recipe["seed"]))
        # Another version of an answer draws differently; the sides of one draw alike.
        sampling = {**settings, "seed": min(seed + len(turn.rounds), _LARGEST_SEED)}
        sides = self._chosen(sides_of(self.subject))
        round_ = self._conversation.ask(turn, sides, sampling)
        self._transcript.asked(round_)
        self._job = Job(self.subject, round_, self)
        self._changed()
        self._job.start(self._all_ended)

    def began(self, reply: Reply) -> None:
        """A side is asked now."""
        del reply
        with self._lock:
            self._doing = picture.both("chat_panel.waiting")
            self._changed()

    def loading(self, line: Mapping[str, Any]) -> None:
        """A worker loads its model."""
        with self._lock:
            now = time.monotonic()
            if line.get("kind") == "phase" and now - self._told >= EVERY:
                self._told = now
                self._doing = picture.phase(line)
                self._feed.change(self._head())

    def wrote(self, reply: Reply, text: str) -> None:
        """A side has written more."""
        with self._lock:
            job = self._job
            if self._doing is not None and job is not None and not job.is_stopping:
                self._doing = None
                self._feed.change(self._head())
            if job is not None:
                self._feed.piece(job.round.id, reply.side, text)

    def ended(self, reply: Reply) -> None:
        """A side has ended."""
        with self._lock:
            if self._job is not None:
                self._transcript.answered(self._job.round, reply)
            self._changed()

    def _all_ended(self) -> None:
        with self._lock:
            self._job, self._doing = None, None
            self._changed()

    # What pages draw.

    def _whole(self) -> None:
        self._feed.whole(self._head(), picture.turns(self._conversation))

    def _changed(self) -> None:
        """Tell the pages; nearly always the last turn is all that differs."""
        turns = picture.turns(self._conversation)
        start = max(0, len(turns) - 1) if self._job is not None else 0
        self._feed.change(self._head(), turns[start:], start)

    def _head(
        self, sides: Sequence[str] | None = None, settings: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        if sides is not None and settings is not None:
            self._sides, self._settings = list(sides), dict(settings)
        there = picture.sides(self.subject)
        chosen = self._chosen([one["id"] for one in there])
        recipe = self.subject.recipe
        found = known(self._folder)
        problem = self._transcript.problem
        return {
            "name": self.subject.name,
            "busy": self._job is not None,
            "doing": self._doing,
            "sides": there,
            "chosen": chosen,
            "most_sides": MOST_SIDES,
            "sources": picture.sources(self.subject, chosen),
            "settings": self._settings,
            "defaults": {
                name: recipe["default_system" if name == "system" else name]
                for name in SETTINGS
                if name != "stop"
            },
            "conversations": picture.conversations(found, self._transcript.name),
            "kept": self._folder is not None,
            "problem": picture.lines(problem) if problem is not None else None,
        }


def _as_now(side: str, there: Sequence[str]) -> str:
    """The side that one stands for now: a run that has ended has its result in place of ``now``."""
    if side in there or side not in ("now", "tuned"):
        return side
    return there[0]
