"""Chat with a run while it trains: its own worker answers, from the weights of that moment.

A question waits for the end of the step that is being made; then training stands still while one
answer of at most 128 tokens is written, and goes on as if it had not been. A chat worker of its own
on the newest checkpoint is the other way: training goes on meanwhile, more slowly where it has to
share the machine, and another copy of the model takes memory. :func:`costs` tells both.
"""

import secrets
import threading
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from ftkernel.api.chat_session import Question
from ftkernel.api.commanding import Sent, doing, not_live
from ftkernel.api.control import LIVE
from ftkernel.errors import FtError, from_json
from ftkernel.machine import read_machine
from ftkernel.runs.answer_stream import StreamReader
from ftkernel.runs.commands import MOST_NEW_TOKENS, send_command
from ftkernel.runs.event_log import read_events, read_tail
from ftkernel.runs.folder import RunFolder
from ftkernel.runs.state import current_attempt, state

_LOOKS_EVERY = 0.05
_ASKS_STATE_EVERY = 0.5
_SETTLES_WITHIN = 20.0
_LEAVES_WITHIN = 2.0
"""Seconds for the end of a question that was interrupted before its turn came, if it comes soon."""

_ITEM_BYTES = {"float32": 4, "float16": 2, "bfloat16": 2}
_MARGIN = 1.3
"""What a worker holds for each byte of weights: the cache of a conversation, copies on loading."""

_LIBRARIES = 450_000_000
"""Bytes that a worker holds before it has loaded a weight."""

_turns: dict[str, threading.Lock] = {}
_guard = threading.Lock()


def live_session(
    folder: RunFolder, on_wait: Callable[[str], None] = lambda _phase: None
) -> "LiveSession":
    """The training worker of a run, to be asked.

    ``on_wait`` is told what the run is doing, as the name of a phase, until an answer begins.

    Raises:
        FtError: ``commands.not_live`` if the run is not going on.
    """
    reached = state(folder)
    if reached not in LIVE:
        raise not_live(folder, reached)
    return LiveSession(folder, on_wait)


class LiveSession:
    """A run that trains, asked as a chat worker is; see :func:`live_session`."""

    def __init__(self, folder: RunFolder, on_wait: Callable[[str], None]) -> None:
        self.folder = folder
        self.ready = True
        self.cut_short: Mapping[str, Any] | None = None
        """What the worker said of the answer that an interrupt has ended, if it was under way."""
        self._on_wait = on_wait
        self._asked: str | None = None
        self._wants_end = threading.Event()

    @property
    def sides(self) -> tuple[str, ...]:
        """What can be asked: a run that trains the whole model holds no base model."""
        return ("tuned", "base") if _has_adapter(self.folder) else ("tuned",)

    @property
    def is_alive(self) -> bool:
        """Whether the run goes on."""
        try:
            return state(self.folder) in LIVE
        except FtError:  # its folder is gone
            return False

    @contextmanager
    def in_turn(self, given_up: Callable[[], bool] = lambda: False) -> Generator[None]:
        """Hold the run for one question of this process; waits while another thread's is answered.

        Raises:
            FtError: ``api.chat_cancelled`` if it was ``given_up`` before its turn came.
        """
        with _guard:
            turn = _turns.setdefault(str(self.folder.path), threading.Lock())
        while not turn.acquire(timeout=_LOOKS_EVERY):
            if given_up():
                raise FtError("api.chat_cancelled", model=self.folder.name)
        try:
            yield
        finally:
            turn.release()

    def ask(
        self, question: Question, side: str, on_text: Callable[[str, str], None]
    ) -> dict[str, Any]:
        """Ask; ``on_text`` is told the side and each piece of the answer.

        Returns:
            The worker's ``answer`` line; ``finish`` is ``cancelled`` when it was ended early.

        Raises:
            FtError: why there is no answer, also when the run ends meanwhile.
            KeyboardInterrupt: after the worker was told to end this answer.
        """
        id_ = secrets.token_hex(8)
        stream = StreamReader(self.folder, id_)
        self._wants_end.clear()
        self._asked = id_  # a cancellation that overtakes the question holds as well
        try:
            return self._sent(id_, question, side, on_text, stream)
        finally:
            self._asked = None
            stream.remove()

    def _sent(
        self,
        id_: str,
        question: Question,
        side: str,
        on_text: Callable[[str, str], None],
        stream: StreamReader,
    ) -> dict[str, Any]:
        heard = False

        def hear(side: str, piece: str) -> None:
            nonlocal heard
            heard = True
            on_text(side, piece)

        sent = Sent(
            self.folder,
            "ask",
            id=id_,
            messages=list(question.messages),
            sampling=dict(question.sampling),
            side=side,
            kept=question.kept,
        )
        try:
            return self._answer(sent, stream, side, hear)
        except KeyboardInterrupt:
            self._settle(sent, stream, _SETTLES_WITHIN if heard else _LEAVES_WITHIN)
            raise

    def cancel(self) -> None:
        """End the answer that is written or waited for. From any thread, any number of times."""
        asked = self._asked
        if asked is None or self._wants_end.is_set():
            return
        self._wants_end.set()
        with suppress(FtError):  # the run has ended: whoever waits sees that
            send_command(self.folder, "cancel", current_attempt(self.folder), ask=asked)

    def _answer(
        self,
        sent: Sent,
        stream: StreamReader,
        side: str,
        on_text: Callable[[str, str], None],
        until: float | None = None,
    ) -> dict[str, Any]:
        looked, waits = 0.0, until is None
        while until is None or time.monotonic() < until:
            over: FtError | None = None  # the stream, which is looked at after it, may know better
            if time.monotonic() - looked >= _ASKS_STATE_EVERY:
                looked = time.monotonic()
                if waits:
                    self._on_wait(doing(self.folder))
                try:
                    if sent.confirmed() is not None:
                        over = FtError("commands.answer_lost", name=self.folder.name)
                except FtError as error:
                    over = error
            for line in stream.poll():
                if line["kind"] == "token":
                    waits = False
                    on_text(side, str(line.get("text", "")))
                elif line["kind"] == "error":
                    raise from_json(line["error"])
                elif line["kind"] == "answer":
                    return line
            if over is not None:
                raise over
            time.sleep(_LOOKS_EVERY)
        raise FtError("training.answer_cancelled")

    def _settle(self, sent: Sent, stream: StreamReader, seconds: float) -> None:
        """After an interrupt: end the answer, and wait a moment for its end."""
        self.cancel()
        with suppress(FtError, KeyboardInterrupt):
            until = time.monotonic() + seconds
            self.cut_short = self._answer(sent, stream, "", lambda _side, _text: None, until)


@dataclass(frozen=True)
class Costs:
    """What it costs to talk with a run that trains, either way.

    Attributes:
        tokens_per_second: of the answers that its own worker gave lately; ``None`` before the
            first.
        seconds: how long training stands still for one answer of 128 tokens, about.
        step_seconds: how long a question waits for its turn at most, about: a step.
        second_possible: whether a chat worker of its own could answer: there is a checkpoint, and
            memory for another copy of the model.
        second_bytes: what that worker would take, about; ``None`` where the model is not known yet.
        available_bytes: what is available.
        behind: steps that the newest checkpoint is behind; ``None`` without a checkpoint.
    """

    tokens_per_second: float | None
    seconds: float | None
    step_seconds: float | None
    second_possible: bool
    second_bytes: int | None
    available_bytes: int
    behind: int | None

    def said(self) -> list[tuple[str, dict[str, object]]]:
        """Codes and parameters of what a person should know before asking."""
        out: list[tuple[str, dict[str, object]]] = [("chat_live.pauses", {"most": MOST_NEW_TOKENS})]
        if self.tokens_per_second is not None and self.seconds is not None:
            speed = {"speed": f"{self.tokens_per_second:.1f}", "seconds": f"{self.seconds:.0f}"}
            out.append(("chat_live.speed", dict(speed)))
        if self.second_bytes is not None and self.behind is not None:
            code = "chat_live.second" if self.second_possible else "chat_live.no_second"
            sizes = {"needed": _gb(self.second_bytes), "available": _gb(self.available_bytes)}
            out.append((code, {**sizes, "behind": self.behind}))
        return out


def costs(folder: RunFolder) -> Costs:
    """What asking this run costs, from what it has said; cheap enough for each question."""
    said, whole = read_tail(folder.events)
    speed = _speed(said)
    logged = [one for one in said if one["kind"] == "step_logged"]
    loaded = next((one for one in reversed(said) if one["kind"] == "model_loaded"), None)
    if loaded is None and not whole:
        found = (
            one for one in reversed(read_events(folder.events)) if one["kind"] == "model_loaded"
        )
        loaded = next(found, None)
    needed = None
    if loaded is not None:
        item = _ITEM_BYTES.get(str(loaded.get("dtype")), 4)
        needed = _LIBRARIES + int(_MARGIN * item * int(loaded.get("parameters") or 0))
    newest = folder.latest_checkpoint()
    step = logged[-1]["step"] if logged else newest.step if newest else 0
    available = read_machine().memory_available
    return Costs(
        tokens_per_second=speed,
        seconds=MOST_NEW_TOKENS / speed if speed else None,
        step_seconds=_step_seconds(logged),
        second_possible=bool(newest and needed is not None and needed < available),
        second_bytes=needed,
        available_bytes=available,
        behind=None if newest is None else max(0, step - newest.step),
    )


def describe(folder: RunFolder) -> Mapping[str, object]:
    """The figures of :func:`costs` by name, for a front end."""
    found = costs(folder)
    return {
        "pauses_training": True,
        "most_tokens": MOST_NEW_TOKENS,
        "tokens_per_second": found.tokens_per_second,
        "seconds": found.seconds,
        "step_seconds": found.step_seconds,
        "second_possible": found.second_possible,
        "second_bytes": found.second_bytes,
        "behind": found.behind,
        "said": [{"code": code, "params": params} for code, params in found.said()],
    }


def _speed(said: list[dict[str, Any]]) -> float | None:
    """Tokens a second over the answers in the last events."""
    tokens, seconds = 0.0, 0.0
    for one in said:
        figures = one if one["kind"] == "sampled" else None
        if one["kind"] == "command_answered" and one.get("command") == "ask" and one.get("ok"):
            figures = one.get("params") or {}
        if figures and figures.get("tokens") and figures.get("seconds"):
            tokens += float(figures["tokens"])
            seconds += float(figures["seconds"])
    return tokens / seconds if seconds > 0 else None


def _step_seconds(logged: list[dict[str, Any]]) -> float | None:
    if len(logged) < 2:
        return None
    first, last = logged[0], logged[-1]
    steps = last["step"] - first["step"]
    return (last["elapsed"] - first["elapsed"]) / steps if steps > 0 else None


def _has_adapter(folder: RunFolder) -> bool:
    from ftkernel.api.control import recipe_of

    return recipe_of(folder)["finetuning_type"] != "full"


def _gb(count: int) -> str:
    return f"{count / 1e9:.1f} GB"
