"""Commands to a worker: one file each in ``commands/``, written and renamed, answered by an event.

Any number of processes may send; only the worker reads. A command names the attempt it is meant
for, and those of another attempt are ignored: a stop that came too late must not stop the resumed
run.
"""

import json
import os
import secrets
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, cast

from ftkernel.errors import FtError
from ftkernel.runs.event_log import EventWriter
from ftkernel.runs.events import CommandAnswered
from ftkernel.runs.faults import writing
from ftkernel.runs.folder import RunFolder, write_json

CommandName = Literal["stop", "save", "evaluate", "sample", "set", "ask", "cancel"]
"""The commands there are; a worker answers any other with ``run.command_unknown``.

``stop``, ``save`` and ``evaluate`` have no parameters. ``sample`` has ``prompt``, and may have
``system`` and ``sampling``; the answer is an event. ``set`` has ``key`` and ``value``. ``ask`` has
``id``, ``messages``, ``sampling`` and ``side``; its answer is streamed
(:mod:`ftkernel.runs.answer_stream`). ``cancel`` has ``ask``, the id of what it ends.
"""

MOST_NEW_TOKENS = 128
"""The longest answer of a run that trains: training stands still for as long as it takes."""

_LARGEST = 1 << 20


@dataclass(frozen=True)
class Command:
    """A command as the worker reads it."""

    id: str
    command: str
    params: dict[str, Any] = field(default_factory=dict[str, Any])


def send_command(folder: RunFolder, command: CommandName, attempt: int, **params: object) -> str:
    """Put a command into the folder.

    Returns:
        Its id, which the answering event repeats.

    Raises:
        FtError: if the folder is gone or read-only, or the disk is full; ``run.command_too_large``
            for parameters of a megabyte, which no worker would read.
    """
    id_ = secrets.token_hex(6)
    with writing(folder.path):
        folder.commands.mkdir(exist_ok=True)
    content = {
        "id": id_,
        "command": command,
        "attempt": attempt,
        "params": params,
        "t": time.time(),
    }
    size = len(json.dumps(content, default=str).encode("utf-8", "backslashreplace"))
    if size > _LARGEST:
        raise FtError("run.command_too_large", command=command, size=size, most=_LARGEST)
    write_json(folder.commands / f"{time.time_ns():020d}-{id_}.json", content, sync=False)
    return id_


class CommandInbox:
    """What the worker of one attempt has to obey."""

    def __init__(self, folder: RunFolder, attempt: int) -> None:
        self._folder = folder.commands
        self._attempt = attempt
        self._seen: set[str] = set()

    def poll(self) -> list[Command]:
        """The commands that came since the last poll, oldest first.

        Garbage in the folder does no harm.
        """
        try:
            names = sorted(os.listdir(self._folder))
        except OSError:
            return []
        out: list[Command] = []
        for name in names:
            if name in self._seen or name.startswith(".") or not name.endswith(".json"):
                continue
            content = _read(self._folder / name)
            if content is None:  # unreadable now; on some network disks whole a moment later
                continue
            self._seen.add(name)
            if content.get("attempt") == self._attempt:
                out.append(_command(content))
        return out


def answer(
    events: EventWriter, command: Command, *, ok: bool = True, code: str = "", **params: object
) -> None:
    """Say what became of a command."""
    events.write(
        CommandAnswered(id=command.id, command=command.command, ok=ok, code=code, params=params)
    )


def _command(content: dict[str, Any]) -> Command:
    params = content.get("params")
    return Command(
        id=str(content["id"]),
        command=str(content["command"]),
        params=cast("dict[str, Any]", params) if isinstance(params, dict) else {},
    )


def _read(path: Path) -> dict[str, Any] | None:
    """The command in a file, ``None`` unless it is a whole one."""
    try:
        if not path.is_file() or path.stat().st_size > _LARGEST:
            return None
        value = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(value, dict):
        return None
    content = cast("dict[str, Any]", value)
    whole = isinstance(content.get("id"), str) and isinstance(content.get("command"), str)
    return content if whole else None
