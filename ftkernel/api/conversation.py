"""A conversation as a tree: what was said, every version of what was answered, and which is meant.

A :class:`Turn` is something the person said. Each time it is asked there is one more
:class:`Round`, with the answer of every side that was asked. What is said next hangs on the round
that it was said after. So to edit a turn is to add one beside it, to ask again is to add a round,
and nothing that was ever said or answered is lost. Ids are random, so that two panels may add to
one conversation.

Nothing here reads or writes; :mod:`ftkernel.api.transcript` does.
"""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

State = Literal["waiting", "writing", "done", "stopped", "failed"]

FINISHED: frozenset[State] = frozenset({"done", "stopped", "failed"})


@dataclass(eq=False)
class Reply:
    """The answer of one side, while it is written and afterwards."""

    side: str
    text: str = ""
    state: State = "waiting"
    details: dict[str, Any] = field(default_factory=dict)
    """What the worker tells of it: tokens, seconds, why it ended."""
    notes: list[dict[str, Any]] = field(default_factory=list)
    """What was decided for the person, as ``code`` and ``params``."""
    error: dict[str, Any] | None = None
    """Why there is none, as JSON of an :class:`ftkernel.errors.FtError`."""


@dataclass(eq=False)
class Round:
    """One time that a turn was asked: the answers of its sides, and what was said after them."""

    id: str
    turn: "Turn | None"
    """What it answers; ``None`` for the beginning of the conversation."""
    sampling: dict[str, Any] = field(default_factory=dict)
    replies: dict[str, Reply] = field(default_factory=dict)
    turns: list["Turn"] = field(default_factory=list)
    chosen: int = 0
    """Which of ``turns`` is meant."""


@dataclass(eq=False)
class Turn:
    """Something that the person said."""

    id: str
    text: str
    after: Round
    rounds: list[Round] = field(default_factory=list)
    chosen: int = 0
    """Which of ``rounds`` is meant."""


class Conversation:
    """The tree; every change of it is one of these methods."""

    def __init__(self) -> None:
        self.begin = Round("", None)
        self._rounds: dict[str, Round] = {"": self.begin}
        self._turns: dict[str, Turn] = {}

    def __bool__(self) -> bool:
        return bool(self._turns)

    def turn(self, id_: str) -> Turn | None:
        """The turn of an id."""
        return self._turns.get(id_)

    def round(self, id_: str) -> Round | None:
        """The round of an id; ``""`` is the beginning."""
        return self._rounds.get(id_)

    def path(self) -> list[tuple[Turn, Round | None]]:
        """What is meant, from the beginning on: each turn with its round, if it has one."""
        out: list[tuple[Turn, Round | None]] = []
        at: Round | None = self.begin
        while at is not None and at.turns:
            turn = at.turns[at.chosen]
            at = turn.rounds[turn.chosen] if turn.rounds else None
            out.append((turn, at))
        return out

    def end(self) -> Round | None:
        """The round that something said now comes after; ``None`` after a turn without answers."""
        path = self.path()
        return path[-1][1] if path else self.begin

    def say(self, text: str, after: Round, id_: str | None = None) -> Turn:
        """Add what the person says after a round, and mean it; beside what was said there before.

        A known ``id_`` gives the turn that has it.
        """
        if id_ is not None and id_ in self._turns:
            return self._turns[id_]
        turn = Turn(id_ or _new_id(), text, after)
        after.turns.append(turn)
        after.chosen = len(after.turns) - 1
        self._turns[turn.id] = turn
        return turn

    def ask(
        self, turn: Turn, sides: Sequence[str], sampling: Mapping[str, Any], id_: str | None = None
    ) -> Round:
        """Add a round of answers that are to come, and mean it."""
        if id_ is not None and id_ in self._rounds:
            return self._rounds[id_]
        replies = {side: Reply(side) for side in sides}
        added = Round(id_ or _new_id(), turn, dict(sampling), replies)
        turn.rounds.append(added)
        turn.chosen = len(turn.rounds) - 1
        self._rounds[added.id] = added
        return added

    def choose(self, id_: str) -> bool:
        """Mean the turn or the round of an id; whether there is one."""
        if (turn := self._turns.get(id_)) is not None:
            turn.after.chosen = turn.after.turns.index(turn)
            return True
        chosen = self._rounds.get(id_)
        if chosen is None or chosen.turn is None:
            return False
        chosen.turn.chosen = chosen.turn.rounds.index(chosen)
        return True


def prompt_of(turn: Turn, side: str) -> list[dict[str, str]]:
    """The messages that a side is asked with: what led to the turn, and the turn.

    Each side goes on with its own answers. Where it gave none, the first one that another side
    gave stands for it; a turn without any answer is left out.
    """
    before: list[dict[str, str]] = []
    for said, answered in reversed(list(_before(turn))):
        answer = _answer_for(answered, side)
        if answer is not None:
            before.append({"role": "user", "content": said.text})
            before.append({"role": "assistant", "content": answer})
    return [*before, {"role": "user", "content": turn.text}]


def left_out(turn: Turn, side: str) -> int:
    """How many turns before this one :func:`prompt_of` leaves out."""
    return sum(_answer_for(answered, side) is None for _, answered in _before(turn))


def _before(turn: Turn) -> Iterator[tuple[Turn, Round]]:
    """The turns that led to one, newest first, each with the round that was gone on from."""
    at = turn.after
    while at.turn is not None:
        yield at.turn, at
        at = at.turn.after


def _answer_for(answered: Round, side: str) -> str | None:
    own = answered.replies.get(side)
    replies = [*([own] if own is not None else []), *answered.replies.values()]
    return next((one.text for one in replies if one.text and one.state != "failed"), None)


def _new_id() -> str:
    return secrets.token_hex(4)
