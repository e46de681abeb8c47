"""The conversations with a run: those of panels, and those of ``%%chat``, which a worker wrote.

A conversation is named as the list names it and in no other way, so that no name is a path.
"""

import json
from pathlib import Path
from typing import Any, cast

from ftkernel.api import transcript
from ftkernel.api.conversation import Reply, Turn
from ftkernel.errors import FtError
from ftkernel.lab import sound
from ftkernel.lab.bodies import ChatBody, TalkHead, TalkReply, TalkTurn
from ftkernel.lab.redaction import clean
from ftkernel.runs.answer_stream import ENDING
from ftkernel.runs.folder import RunFolder
from ftkernel.views import fields

_MOST_TURNS = 500
_MOST_CELLS = 30
_MOST_BYTES = 1 << 20
_LONGEST_TITLE = 80


def chat(folder: RunFolder, name: str | None) -> ChatBody:
    """The conversations with a run, and one of them in full.

    Args:
        folder: the run.
        name: which, as the list calls it; the latest by default.

    Raises:
        FtError: ``lab.no_such_talk``.
    """
    panels = transcript.known(folder.chat) if folder.chat.is_dir() else []
    heads = [
        TalkHead(name=one.name, title=clean(one.title), changed=one.changed)
        for one in panels
        if sound.size_of(folder.chat / one.name)
    ]
    of_panels = {one.name for one in heads}
    heads = sorted([*heads, *_of_cells(folder.chat)], key=lambda one: -one.changed)
    chosen = name or (heads[0].name if heads else None)
    if chosen is None:
        return ChatBody(talks=[], name=None, turns=[])
    if chosen not in {one.name for one in heads}:
        raise FtError("lab.no_such_talk", name=chosen[:80])
    if chosen in of_panels:
        found = transcript.read(folder.chat, chosen)
        path = found.path() if found is not None else []
        turns = [_turn(turn, round_.replies if round_ else {}) for turn, round_ in path]
    else:
        turns = _turns(_lines(folder.chat / chosen))
    return ChatBody(talks=heads, name=chosen, turns=turns[-_MOST_TURNS:])


def _turn(turn: Turn, replies: dict[str, Reply]) -> TalkTurn:
    return TalkTurn(
        text=clean(turn.text),
        replies=[
            TalkReply(
                side=clean(reply.side)[:80],
                text=clean(reply.text),
                state=reply.state,
                tokens=fields.whole(reply.details, "tokens"),
                seconds=fields.number(reply.details, "seconds"),
            )
            for reply in replies.values()
        ],
    )


def _of_cells(folder: Path) -> list[TalkHead]:
    """What was said in cells: the files that are neither a panel's nor an answer on its way."""
    try:
        names = sorted((path.name for path in folder.glob("*.jsonl")), reverse=True)
    except OSError:
        return []
    out: list[TalkHead] = []
    for name in names:
        if name.endswith((ENDING, transcript.SUFFIX)) or not sound.size_of(folder / name):
            continue
        said = next((one for one in _lines(folder / name) if one.get("role") == "user"), None)
        if said is not None:
            title = clean(" ".join(fields.text(said, "content").split())[:_LONGEST_TITLE])
            out.append(TalkHead(name=name, title=title, changed=(folder / name).stat().st_mtime))
        if len(out) >= _MOST_CELLS:
            break
    return out


def _turns(lines: list[dict[str, Any]]) -> list[TalkTurn]:
    """Questions, each with the answers that stand below it."""
    said: list[tuple[str, list[TalkReply]]] = []
    for line in lines:
        text = clean(fields.text(line, "content"))
        if line.get("role") == "user":
            said.append((text, []))
        elif line.get("role") == "assistant" and said:
            side, tokens = clean(fields.text(line, "side"))[:80], fields.whole(line, "tokens")
            reply = TalkReply(side=side, text=text, state="done", tokens=tokens, seconds=None)
            said[-1][1].append(reply)
    return [TalkTurn(text=text, replies=replies) for text, replies in said]


def _lines(path: Path) -> list[dict[str, Any]]:
    """The objects on the lines of a file's first megabyte."""
    try:
        with open(path, "rb") as file:
            content = file.read(_MOST_BYTES)
    except OSError:
        return []
    out: list[dict[str, Any]] = []
    for line in content.splitlines():
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict):
            out.append(cast("dict[str, Any]", value))
    return out
