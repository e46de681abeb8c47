"""Commands to a run that trains: sent, and waited for until the run says what came of them.

The event that confirms a command is what the functions here go by; a run is never assumed to have
done what it was told. Functions on a folder, so that every front end goes the same way.
"""

import time
from collections.abc import Mapping
from typing import Any

from ftkernel.api.chat_sampling import check_sampling
from ftkernel.api.control import LIVE, recipe_of
from ftkernel.api.waiting import check_timeout
from ftkernel.errors import FtError, from_json
from ftkernel.recipe.changing import read_change
from ftkernel.runs.commands import CommandName, send_command
from ftkernel.runs.event_log import EventTail, read_tail
from ftkernel.runs.folder import RunFolder
from ftkernel.runs.state import current_attempt, state

WAITS = 600.0
"""Seconds that a confirmation is waited for; it comes at the end of a step or a measurement."""

_LOOKS_EVERY = 0.1


class Sent:
    """A command on its way to a run, and what was said since.

    Args:
        folder: the run.
        command: its name.
        params: its parameters.

    Raises:
        FtError: ``commands.not_live`` if the run is not going on.
    """

    def __init__(self, folder: RunFolder, command: CommandName, **params: object) -> None:
        self.folder = folder
        self.command = command
        reached = state(folder)
        if reached not in LIVE:
            raise not_live(folder, reached)
        said, _ = read_tail(folder.events)
        self._tail = EventTail(folder.events, after=said[-1]["seq"] if said else 0)
        self.id = send_command(folder, command, current_attempt(folder), **params)
        self.events: list[dict[str, Any]] = []

    def confirmed(self) -> Mapping[str, Any] | None:
        """What the run says came of it, ``None`` as long as it says nothing.

        Raises:
            FtError: if it was refused, or the run has ended.
        """
        goes_on = state(self.folder) in LIVE  # before the look at the events: they may hold the end
        self.events += self._tail.poll()
        for event in self.events:
            if event["kind"] == "command_answered" and event.get("id") == self.id:
                return _accepted(event)
        if not goes_on:
            raise FtError("commands.run_ended", name=self.folder.name, command=self.command)
        return None

    def wait(self, timeout: float | None) -> Mapping[str, Any]:
        """Wait for the confirmation.

        Raises:
            FtError: as :meth:`confirmed`; ``commands.timeout``, with what the run is doing.
        """
        check_timeout(timeout)
        end = None if timeout is None else time.monotonic() + timeout
        while (done := self.confirmed()) is None:
            if end is not None and time.monotonic() >= end:
                raise FtError(
                    "commands.timeout",
                    name=self.folder.name,
                    command=self.command,
                    seconds=f"{timeout:g}",
                    doing={"code": f"views.phase.{doing(self.folder)}", "params": {}},
                )
            time.sleep(_LOOKS_EVERY)
        return done


def not_live(folder: RunFolder, reached: str) -> FtError:
    """Why a run that is in this state takes no command."""
    return FtError(
        "commands.not_live",
        name=folder.name,
        state={"code": f"views.state.{reached}", "params": {}},
    )


def doing(folder: RunFolder) -> str:
    """The phase that a run is in."""
    for event in reversed(read_tail(folder.events)[0]):
        if event["kind"] in {"phase_started", "phase_progressed"}:
            return str(event.get("phase"))
    return "starting"


def save(folder: RunFolder, *, wait: bool, timeout: float | None) -> int | None:
    """Have a checkpoint written; its step, or ``None`` without waiting."""
    sent = Sent(folder, "save")
    return int(sent.wait(timeout)["step"]) if wait else None


def evaluate(folder: RunFolder, *, wait: bool, timeout: float | None) -> float | None:
    """Have the held-out rows measured; the loss, or ``None`` without waiting."""
    sent = Sent(folder, "evaluate")
    return float(sent.wait(timeout)["loss"]) if wait else None


def change(
    folder: RunFolder, key: str, value: object, *, wait: bool, timeout: float | None
) -> Mapping[str, Any] | None:
    """Set a value; ``key``, ``old``, ``new`` and ``step``, or ``None`` without waiting.

    Raises:
        FtError: for a key that cannot be changed, or a value that a recipe would refuse.
    """
    name, number = read_change(key, value)
    sent = Sent(folder, "set", key=name, value=number)
    return sent.wait(timeout) if wait else None


def sample(
    folder: RunFolder,
    prompt: str,
    *,
    system: str | None,
    wait: bool,
    timeout: float | None,
    sampling: Mapping[str, object],
) -> dict[str, Any] | None:
    """Have a prompt answered; the ``sampled`` event, or ``None`` without waiting.

    An interrupt while it is waited for ends the answer.
    """
    if not prompt.strip():
        raise FtError("training.no_prompt")
    settings = {name: value for name, value in sampling.items() if value is not None}
    check_sampling(recipe_of(folder), settings)
    sent = Sent(folder, "sample", prompt=prompt, system=system, sampling=settings)
    if not wait:
        return None
    try:
        done = sent.wait(timeout)
    except KeyboardInterrupt:
        send_command(folder, "cancel", current_attempt(folder), ask=sent.id)
        raise
    found = (one for one in sent.events if one["kind"] == "sampled" and one["id"] == sent.id)
    return {**next(found), "notes": done.get("notes", [])}


def _accepted(event: Mapping[str, Any]) -> Mapping[str, Any]:
    """The parameters of an answer.

    Raises:
        FtError: why the command was refused.
    """
    params: dict[str, Any] = dict(event.get("params") or {})
    if event.get("ok"):
        return params
    if isinstance(params.get("error"), dict):
        raise from_json(params["error"])
    raise FtError(str(event.get("code")), **params)
