"""The conversations of chat panels in a run's folder: ``chat/<time>-<hex>.talk.jsonl``.

Only ever appended to, one whole line at a time, each naming what it belongs to by random ids; so
several panels may write one file, and a torn or foreign line costs that line only. What is said
stands before what is answered, each time it is asked, so that :mod:`ftkernel.views.samples` finds
its pairs.
"""

import json
import os
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from ftkernel.api.conversation import Conversation, Reply, Round, Turn
from ftkernel.errors import FtError

SUFFIX = ".talk.jsonl"
_LARGEST = 64_000_000
_MOST_LISTED = 30
_LONGEST_TITLE = 80
_MOST_OF_A_HEAD = 64_000


@dataclass(frozen=True)
class Known:
    """A conversation that lies in a folder."""

    name: str
    title: str
    """What was said first."""
    changed: float
    """Seconds since 1970."""
    closed: bool
    """Whether it was put away, so that a new panel begins with an empty one."""


class Transcript:
    """Where a conversation is written; without a folder, or after a failure, nowhere."""

    def __init__(self, folder: Path | None, name: str | None = None) -> None:
        self._folder = folder
        self.name = name
        self.problem: FtError | None = None
        """Why it is not written any more."""

    @property
    def path(self) -> Path | None:
        """The file, once there is something in it."""
        return self._folder / self.name if self._folder and self.name else None

    def asked(self, round_: Round) -> None:
        """Write what is asked, before anybody answers."""
        turn = cast("Turn", round_.turn)
        self._write(
            role="user",
            content=turn.text,
            turn=turn.id,
            after=turn.after.id,
            round=round_.id,
            sides=list(round_.replies),
            sampling=round_.sampling,
        )

    def answered(self, round_: Round, reply: Reply) -> None:
        """Write what came of it: an answer, or why there is none."""
        about = {"round": round_.id, "side": reply.side, "state": reply.state}
        if reply.error is not None:
            self._write(kind="failed", **about, text=reply.text, error=reply.error)
        else:
            self._write(
                role="assistant",
                content=reply.text,
                **about,
                details=reply.details,
                notes=reply.notes,
            )

    def chose(self, id_: str) -> None:
        """Write which turn or round is meant from now on."""
        self._write(kind="chose", id=id_)

    def closed(self) -> None:
        """Write that it was put away."""
        if self.name is not None:
            self._write(kind="closed")

    def _write(self, **line: object) -> None:
        if self._folder is None or self.problem is not None:
            return
        name = self.name or f"{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(3)}{SUFFIX}"
        text = json.dumps({**line, "t": time.time()}, ensure_ascii=False, default=str) + "\n"
        try:
            self._folder.mkdir(exist_ok=True)  # not its parents: a run that was deleted stays so
            _append(self._folder / name, text.encode("utf-8", "backslashreplace"))
        except OSError as error:
            reason = error.strerror or type(error).__name__
            self.problem = FtError("chat_panel.no_transcript", reason=reason)
            return
        self.name = name


def _append(path: Path, line: bytes) -> None:
    """Append with one write, beginning a new line where a torn one ends the file."""
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o666)
    try:
        size = os.lseek(fd, 0, os.SEEK_END)
        if size:
            os.lseek(fd, size - 1, os.SEEK_SET)
            if os.read(fd, 1) != b"\n":
                line = b"\n" + line
        os.write(fd, line)
    finally:
        os.close(fd)


def known(folder: Path | None) -> list[Known]:
    """The conversations in a folder, the one that was changed last first."""
    out: list[Known] = []
    try:
        names = [name for name in os.listdir(folder or "") if name.endswith(SUFFIX)]
    except OSError:
        return []
    for name in sorted(names, reverse=True)[:_MOST_LISTED]:
        entry = _head(cast("Path", folder) / name)
        if entry is not None:
            out.append(entry)
    return sorted(out, key=lambda one: one.changed, reverse=True)


def _head(path: Path) -> Known | None:
    try:
        changed = path.stat().st_mtime
        with open(path, "rb") as file:
            first = file.read(_MOST_OF_A_HEAD)
            file.seek(max(0, path.stat().st_size - 200))
            last = file.read()
    except OSError:
        return None
    said = next((line for line in map(_object, first.splitlines()) if "turn" in line), None)
    if said is None:
        return None
    title = " ".join(str(said.get("content", "")).split())[:_LONGEST_TITLE]
    ending = _object((last.splitlines() or [b""])[-1])
    return Known(path.name, title, changed, ending.get("kind") == "closed")


def read(folder: Path, name: str) -> Conversation | None:
    """The conversation in a file; ``None`` where there is none (a name never leaves the folder)."""
    path = folder / name
    if path.parent != folder or not name.endswith(SUFFIX):
        return None
    try:
        if path.stat().st_size > _LARGEST:
            return None
        lines = path.read_bytes().splitlines()
    except OSError:
        return None
    out = Conversation()
    for line in lines:
        _take(out, _object(line))
    return out if out else None


def _take(conversation: Conversation, line: Mapping[str, Any]) -> None:
    """Add what one line says; a line about something unknown is passed over."""
    if line.get("kind") == "chose":
        conversation.choose(str(line.get("id", "")))
    elif line.get("role") == "user":
        _take_question(conversation, line)
    elif "round" in line and "side" in line:
        _take_answer(conversation, line)


def _take_question(conversation: Conversation, line: Mapping[str, Any]) -> None:
    after = conversation.round(str(line.get("after", "")))
    if after is None or not line.get("turn") or not line.get("round"):
        return
    turn = conversation.say(str(line.get("content", "")), after, str(line["turn"]))
    sides = line.get("sides")
    sampling = line.get("sampling")
    round_ = conversation.ask(
        turn,
        [str(side) for side in cast("list[object]", sides)] if isinstance(sides, list) else [],
        cast("dict[str, Any]", sampling) if isinstance(sampling, dict) else {},
        str(line["round"]),
    )
    for reply in round_.replies.values():
        reply.state = "stopped"  # until its answer is read: whoever wrote this may have died


def _take_answer(conversation: Conversation, line: Mapping[str, Any]) -> None:
    round_ = conversation.round(str(line["round"]))
    reply = round_.replies.get(str(line["side"])) if round_ is not None else None
    if reply is None:
        return
    reply.text = str(line.get("content", line.get("text", "")))
    state = line.get("state")
    reply.state = state if state in ("done", "stopped", "failed") else "done"
    details, notes, error = line.get("details"), line.get("notes"), line.get("error")
    reply.details = dict(details) if isinstance(details, dict) else {}
    reply.notes = [one for one in notes if isinstance(one, dict)] if isinstance(notes, list) else []
    reply.error = dict(error) if isinstance(error, dict) and "code" in error else None


def _object(line: bytes) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except ValueError:
        return {}
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}
