"""What reaches a run while it trains: the stop signal and the commands in its folder.

Looked at between micro-batches, between batches of an evaluation and while rows are tokenized. A
stop unwinds whatever is going on by an exception; saving and evaluating wait for the end of the
step.
"""

import time
from typing import Protocol

from ftkernel.runs.commands import Command, CommandInbox, answer
from ftkernel.runs.event_log import EventWriter
from ftkernel.runs.events import StopReason

_SECONDS_BETWEEN_LOOKS = 0.2
"""A folder on a network disk should not be listed at every batch of a tiny model."""

_LATER = frozenset({"set", "sample", "ask"})


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
        self._waiting: dict[str, list[Command]] = {"save": [], "evaluate": []}

    def check(self) -> None:
        """Read what came.

        Raises:
            Stopped: if the run is to end.
        """
        now = time.monotonic()
        if now - self._looked >= _SECONDS_BETWEEN_LOOKS:
            self._looked = now
            for command in self._inbox.poll():
                self._take(command)
        if self._stop_command is not None:
            raise Stopped("command")
        if self._stop.reason is not None:
            raise Stopped(self._stop.reason)

    def wants(self, command: str) -> bool:
        """Whether somebody waits for ``save`` or ``evaluate``."""
        return bool(self._waiting[command])

    def done(self, command: str, *, step: int, loss: float | None = None) -> None:
        """Answer everybody who waits for ``save`` or ``evaluate``."""
        waiting, self._waiting[command] = self._waiting[command], []
        for one in waiting:
            if loss is None:
                answer(self._events, one, step=step)
            else:
                answer(self._events, one, step=step, loss=loss)

    def close(self, *, step: int = 0, checkpoint: str | None = None) -> None:
        """Answer the stop, and tell whoever still waits that the run is over."""
        if self._stop_command is not None:
            answer(self._events, self._stop_command, step=step, checkpoint=checkpoint)
            self._stop_command = None
        for command in self._inbox.poll():
            self._take(command)
        late = [*self._waiting["save"], *self._waiting["evaluate"]]
        if self._stop_command is not None:
            late.append(self._stop_command)
        self._waiting = {"save": [], "evaluate": []}
        self._stop_command = None
        for command in late:
            answer(self._events, command, ok=False, code="training.run_is_over")

    def _take(self, command: Command) -> None:
        if command.command == "stop":
            self._stop_command = command
        elif command.command == "evaluate" and not self.can_evaluate:
            answer(self._events, command, ok=False, code="training.nothing_to_evaluate")
        elif command.command in self._waiting:
            self._waiting[command.command].append(command)
        elif command.command in _LATER:
            self._refuse(command, "training.command_later")
        else:
            self._refuse(command, "run.command_unknown")

    def _refuse(self, command: Command, code: str) -> None:
        answer(self._events, command, ok=False, code=code, name=command.command)
