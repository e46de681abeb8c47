"""What reaches a run while it trains: the stop signal and the commands in its folder.

Looked at between micro-batches, between batches of an evaluation, while rows are tokenized and
after each token of an answer. A stop unwinds whatever is going on by an exception; everything else
waits for the end of the step.
"""

import time
from collections import deque
from typing import Literal, Protocol

from ftkernel.errors import FtError, RecipeError
from ftkernel.runs.commands import Command, CommandInbox, answer
from ftkernel.runs.event_log import EventWriter
from ftkernel.runs.events import CommandAnswered, StopReason

_SECONDS_BETWEEN_LOOKS = 0.2
"""A folder on a network disk should not be listed at every batch of a tiny model."""

Waiting = Literal["save", "evaluate", "set", "question"]
"""What waits for the end of a step; ``question``: ``sample`` and ``ask``, as they came."""

_WAITS_AS: dict[str, Waiting] = {
    "save": "save", "evaluate": "evaluate", "set": "set", "sample": "question", "ask": "question",
}  # fmt: skip


class StopSignal(Protocol):
    """The worker's signal; ``reason`` is ``None`` until somebody wants the run to end."""

    @property
    def reason(self) -> StopReason | None: ...  # noqa: D102


class Stopped(Exception):
    """The run was asked to end; carries why."""

    def __init__(self, reason: StopReason) -> None:
        super().__init__(reason)
        self.reason: StopReason = reason


class Control:
    """Reads stop and commands; remembers what waits for the end of the step.

    Args:
        stop: the worker's signal.
        inbox: the commands of this attempt.
        events: answers go here.
        can_evaluate: whether there are rows to evaluate on.
    """

    def __init__(
        self,
        stop: StopSignal,
        inbox: CommandInbox,
        events: EventWriter,
        *,
        can_evaluate: bool = False,
    ) -> None:
        self.can_evaluate = can_evaluate
        self._stop = stop
        self._inbox = inbox
        self._events = events
        self._looked = 0.0
        self._stop_command: Command | None = None
        self._waiting: dict[Waiting, deque[Command]] = {
            name: deque() for name in ("save", "evaluate", "set", "question")
        }
        self._cancelled: set[str] = set()

    def check(self) -> None:
        """Read what came.

        Raises:
            Stopped: if the run is to end.
        """
        if (reason := self.look()) is not None:
            raise Stopped(reason)

    def look(self) -> StopReason | None:
        """Read what came, and say whether the run is to end."""
        now = time.monotonic()
        if now - self._looked >= _SECONDS_BETWEEN_LOOKS:
            self._looked = now
            for command in self._inbox.poll():
                self._take(command)
        return "command" if self._stop_command is not None else self._stop.reason

    def wants(self, kind: Waiting) -> bool:
        """Whether somebody waits for this."""
        return bool(self._waiting[kind])

    def next(self, kind: Waiting) -> Command | None:
        """Take what came first and waits; whoever takes it has to answer it."""
        waiting = self._waiting[kind]
        return waiting.popleft() if waiting else None

    def is_cancelled(self, ask: str) -> bool:
        """Whether an answer is not wanted any more."""
        return ask in self._cancelled

    def answer(self, command: Command, **params: object) -> None:
        """Say that a command was carried out, with what came of it."""
        self._events.write(
            CommandAnswered(id=command.id, command=command.command, ok=True, params=params)
        )

    def refuse(self, command: Command, error: FtError) -> None:
        """Say why a command was not carried out."""
        if isinstance(error, RecipeError) and len(error.problems) == 1:
            error = error.problems[0]
        params = dict(error.params)
        if isinstance(error, RecipeError) or error.where is not None:
            params["error"] = error.to_json()
        self._events.write(
            CommandAnswered(
                id=command.id, command=command.command, ok=False, code=error.code, params=params
            )
        )

    def done(self, command: Literal["save", "evaluate"], *, step: int, **found: object) -> None:
        """Answer everybody who waits for ``save`` or ``evaluate``."""
        while (one := self.next(command)) is not None:
            self.answer(one, step=step, **found)

    def close(self, *, step: int = 0, checkpoint: str | None = None) -> None:
        """Answer the stop, and tell whoever still waits that the run is over."""
        if self._stop_command is not None:
            answer(self._events, self._stop_command, step=step, checkpoint=checkpoint)
            self._stop_command = None
        for command in self._inbox.poll():
            self._take(command)
        late = [command for waiting in self._waiting.values() for command in waiting]
        if self._stop_command is not None:
            late.append(self._stop_command)
        for waiting in self._waiting.values():
            waiting.clear()
        self._stop_command = None
        for command in late:
            answer(self._events, command, ok=False, code="training.run_is_over")

    def _take(self, command: Command) -> None:
        if command.command == "stop":
            self._stop_command = command
        elif command.command == "cancel":
            self._cancelled.add(str(command.params.get("ask")))
            self.answer(command)
        elif command.command == "evaluate" and not self.can_evaluate:
            self.refuse(command, FtError("training.nothing_to_evaluate"))
        elif command.command in _WAITS_AS:
            self._waiting[_WAITS_AS[command.command]].append(command)
        else:
            self.refuse(command, FtError("run.command_unknown", name=command.command))
