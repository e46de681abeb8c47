"""A run for a view that stays open: frames with what is new since an event, from events alone.

A frame is JSON with one binary buffer a table; those who missed one ask for everything since the
last event they have. It serves widgets and the server of JupyterLab alike. One thread at a time may
use a :class:`LiveRun`.
"""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ftkernel.runs import history
from ftkernel.runs.folder import RunFolder
from ftkernel.runs.state import error_of
from ftkernel.runs.state import state as state_of
from ftkernel.views import live_words
from ftkernel.views.both import mark_json
from ftkernel.views.fields import Event
from ftkernel.views.live_file import EventFile
from ftkernel.views.live_fold import Fold, LiveMark
from ftkernel.views.live_tables import Table
from ftkernel.views.shape import LIVE, RunSummary
from ftkernel.views.summary import header, is_sound

MOST_BYTES = 20_000
"""Of one update; a snapshot for a page that has nothing yet may be larger."""

MOST_POINTS = 5_000
_LEAST_ROWS = 20
_MOST_MARKS = 100
_MARKS_AT_ONCE = 40
_STATE_SECONDS = 1.0
"""Between two looks at the state, which costs more than one at the events."""

_TURNS = history.ENDS | {"attempt_started"}


@dataclass(frozen=True)
class Frame:
    """One message to a front end.

    Attributes:
        content: ``seq`` is the number of the last event in it, ``base`` of the one it goes on from,
            0 for everything.
        buffers: one for each of ``content["tables"]``: Float64, little endian, column after column.
        view: all that is said about the run at that time; ``content["view"]`` has what changed.
    """

    content: dict[str, Any]
    buffers: list[bytes]
    view: dict[str, Any] = field(repr=False)

    @property
    def seq(self) -> int:
        """The number of the last event contained."""
        return self.content["seq"]

    @property
    def is_empty(self) -> bool:
        """Whether it tells nothing to those who have its base."""
        known = bool(self.content["base"]) and self.content["base"] == self.seq
        return known and not self.content.keys() & {"view", "marks"}

    @property
    def size(self) -> int:
        """How many bytes it is on the wire."""
        return _size(self.content) + sum(map(len, self.buffers))


class LiveRun:
    """A run that is followed.

    Args:
        folder: the run.

    Raises:
        FtError: if the folder is gone; :meth:`poll` raises that too.
    """

    def __init__(self, folder: RunFolder) -> None:
        self.folder = folder
        self.seq = 0
        """The number of the last event read: its ``seq`` in a sound file."""
        self.state = "created"
        self._meta = header(folder)
        self._file = EventFile(folder.events)
        self._fold = Fold(self._meta)
        self._looked = -_STATE_SECONDS
        self._error: Mapping[str, object] | None = None

    @property
    def is_live(self) -> bool:
        """Whether the run was going on at the last poll."""
        return self.state in LIVE

    def poll(self, *, at_once: bool = False) -> bool:
        """Read what was said since the last poll; whether anything is new.

        Args:
            at_once: look at the state too, which else is done once a second and when it changes.
        """
        now = time.monotonic()
        due = at_once or now - self._looked >= _STATE_SECONDS
        state = state_of(self.folder) if due else self.state  # before the events, as it must be
        before = self.seq
        turned = self._read()
        if turned:
            state = state_of(self.folder)
            self._read()
        if due or turned:
            self._looked = now
        changed = self.seq != before or state != self.state
        if state != self.state:
            self.state = state
            died = error_of(self.folder) if state == "died" else None
            self._error = died.to_json() if died else None
        return changed

    def _read(self) -> bool:
        """Take in what there is to be read; whether the state must be looked at again."""
        turned = False
        while True:
            piece = self._file.read()
            if piece.is_new_file or any(one["kind"] == "run_resumed" for one in piece.events):
                self._read_again()
                return True
            for event in filter(is_sound, piece.events):
                self.seq += 1
                self._fold.lifetime.add(event)
                self._fold.add(event, self.seq)
                turned = turned or self._turns(event)
            if not piece.has_more:
                break
        self._fold.settle(self.seq)
        return turned

    def _turns(self, event: Event) -> bool:
        """Whether the state is another one after an event."""
        if self.state == "running":
            return event["kind"] in _TURNS
        return event["kind"] in _TURNS or history.is_work(event)

    def _read_again(self) -> None:
        """Read all of it anew: a resume takes back what was said after its checkpoint."""
        before = self.seq
        self._file = EventFile(self.folder.events)
        self._fold = Fold(self._meta)
        said: list[Event] = []
        while True:
            piece = self._file.read()
            said += filter(is_sound, piece.events)
            if not piece.has_more:
                break
        numbered = [{**event, "at": number} for number, event in enumerate(said, 1)]
        for event in numbered:
            self._fold.lifetime.add(event)
        for event in history.effective(numbered):
            at = event.pop("at")
            self._fold.add(event, at)
        # Numbers go on upwards, so that whoever has seen more than there is now starts anew.
        self.seq = max(len(said), before + 1 if before > len(said) else 0)
        self._fold.settle(self.seq)
        self._fold.whole_at = self.seq

    def summary(self) -> RunSummary:
        """The run as the static views see it, with only those steps that its words speak of."""
        return self._fold.summary(self.state, now=time.time(), error=self._error)

    def frame(
        self,
        after: int = 0,
        *,
        seen: Mapping[str, Any] | None = None,
        most_points: int = MOST_POINTS,
        most_bytes: int | None = None,
    ) -> Frame:
        """What is new since an event, or everything where that can not be told apart.

        Args:
            after: the number of the last event the front end has, 0 for none.
            seen: what it was told last (:attr:`Frame.view`), so that only changes are said; without
                it everything is said.
            most_points: rows of each table in a snapshot, the extremes kept.
            most_bytes: room for a snapshot; updates have :data:`MOST_BYTES`.
        """
        view = live_words.view(self.summary(), self._fold)
        whole = after <= 0 or after < self._fold.whole_at or after > self.seq
        base = 0 if whole else after
        marks = self._fold.marks
        first_mark = 0 if whole else _first_after(marks, base)
        content: dict[str, Any] = {
            "kind": "frame",
            "v": 1,
            "run": str(self._meta.get("id", "")),
            "base": base,
            "seq": self.seq,
        }
        patch = view if whole or seen is None else _changed(view, seen)
        if patch:
            content["view"] = patch
        if first_mark < len(marks) or whole:
            shown = _thinned(marks[first_mark:], _MOST_MARKS if whole else _MARKS_AT_ONCE)
            items = [mark_json(one.mark) for one in shown]
            content["marks"] = {"from": first_mark, "items": items}
        room = most_bytes if whole else MOST_BYTES
        left = None if room is None else room - _size(content) - 1_000
        content["tables"], buffers = self._tables(base, most_points, left)
        return Frame(content, buffers, view)

    def _tables(
        self, base: int, most_points: int, room: int | None
    ) -> tuple[list[dict[str, Any]], list[bytes]]:
        """Rows after an event, of the tables that have any, in ``room`` bytes."""
        tables: list[dict[str, Any]] = []
        buffers: list[bytes] = []
        for table in (self._fold.evaluations, self._fold.train):
            start = table.first_after(base) if base else 0
            if start == len(table) and base:
                continue
            most = min(most_points, _fitting(table, room))
            rows = table.thinned(start, most)
            packed = table.packed(rows)
            room = None if room is None else room - len(packed)
            about = {"name": table.name, "from": start, "count": len(rows), "fields": table.fields}
            tables.append(about)
            buffers.append(packed)
        return tables[::-1], buffers[::-1]


def _fitting(table: Table, room: int | None) -> int:
    if room is None:
        return MOST_POINTS
    share = room // 2 if table.name == "evaluations" else room
    return max(_LEAST_ROWS, share // (8 * len(table.fields)))


def _first_after(marks: Sequence[LiveMark], at: int) -> int:
    index = len(marks)
    while index and marks[index - 1].at > at:
        index -= 1
    return index


def _thinned(marks: Sequence[LiveMark], most: int) -> Sequence[LiveMark]:
    """Evenly chosen marks, the last among them, where there are too many."""
    if len(marks) <= most:
        return marks
    every = -(-len(marks) // most)
    return [*marks[:-1][::every][: most - 1], marks[-1]]


def _changed(view: Mapping[str, Any], seen: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in view.items() if key not in seen or seen[key] != value}


def _size(content: Mapping[str, Any]) -> int:
    return len(json.dumps(content, ensure_ascii=False, default=str).encode("utf-8", "replace"))
