"""A run's events as one :class:`RunSummary`: everything that a picture of the run shows.

Events may stop anywhere (a killed worker, a torn line, a reader in the middle of writing) and may
be of a newer version: what is not told stays ``None``, kinds that are not known are passed over,
and nothing here raises because of what an event says.
"""

import time
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, cast, get_args

from ftkernel.runs import history
from ftkernel.runs.event_log import read_events
from ftkernel.runs.folder import RunFolder, read_json
from ftkernel.runs.state import error_of
from ftkernel.runs.state import state as state_of
from ftkernel.views import fields
from ftkernel.views.fields import Event
from ftkernel.views.gather import TAKE, Gathered, take_merge
from ftkernel.views.lifetime import Lifetime
from ftkernel.views.samples import read_samples
from ftkernel.views.shape import Note, RunSummary, State

_MOST_MERGES = 10

__all__ = ["RunSummary", "header", "summarize", "summarize_events"]


def summarize(
    folder: RunFolder,
    *,
    now: float | None = None,
    events: Iterable[Event] | None = None,
    state: str | None = None,
) -> RunSummary:
    """What a run's folder tells now.

    Args:
        folder: the run.
        now: the time, in seconds since the epoch; the clock's when not given.
        events: its events, where the caller follows the file and has read them already.
        state: its state, where the caller has asked already, before it read the events.

    Raises:
        FtError: if the folder is gone.
    """
    state = state or state_of(folder)  # before the events: an end must come with its last events
    died = error_of(folder) if state == "died" else None
    summary = summarize_events(
        read_events(folder.events) if events is None else events,
        header(folder),
        state,
        _merges(folder),
        now=time.time() if now is None else now,
        error=died.to_json() if died else None,
    )
    return replace(summary, samples=read_samples(folder.chat))


def header(folder: RunFolder) -> dict[str, Any]:
    """``run.json`` with the resolved recipe under ``recipe``: what no event tells.

    Raises:
        FtError: if the folder is gone.
    """
    return {**folder.meta(), "recipe": read_json(folder.recipe_json) or {}}


def summarize_events(
    events: Iterable[Event],
    meta: Event,
    state: str,
    merges: Iterable[Event] = (),
    *,
    now: float | None = None,
    error: Mapping[str, object] | None = None,
) -> RunSummary:
    """What events tell; pure.

    Args:
        events: oldest first, over all attempts.
        meta: ``run.json``, and the recipe under ``recipe`` when that is known (:func:`header`).
        state: the run's state.
        merges: what ``merge_verified`` events would say, from elsewhere (``merges/``).
        now: the time; gives the age of a live attempt, which else ends with its last event.
        error: why the run died, which its own worker could not tell.
    """
    sound = [event for event in events if is_sound(event)]
    gathered = Gathered()
    for note in recipe_notes(meta):
        gathered.note("adjusted", note)
    for event in history.effective(sound):
        if (take := TAKE.get(event["kind"])) is not None:
            take(gathered, event)
    for event in merges:
        take_merge(gathered, event)
    known: State = cast("State", state) if state in get_args(State) else "created"
    summary = RunSummary(
        id=fields.text(meta, "id"),
        name=fields.text(meta, "name"),
        state=known,
        created=fields.number(meta, "created"),
        recipe=recipe_values(meta),
        error=error,
        **gathered.parts(),
    )
    summary = with_end(summary, gathered)
    lifetime = Lifetime()
    for event in sound:
        lifetime.add(event)
    return replace(summary, seconds=lifetime.seconds(now if summary.is_live else None))


def _merges(folder: RunFolder) -> list[Event]:
    """The latest merges of the run, oldest first: those of a finished run are no events of it."""
    paths = (folder.path / "merges").glob("*.json")
    found = [merge for path in paths if (merge := read_json(path)) is not None]
    found.sort(key=lambda merge: fields.number(merge, "t") or 0.0)
    return [*found[-_MOST_MERGES:]]


def is_sound(event: object) -> bool:
    """Whether the history can be made with the event: kind and steps are what they should be."""
    if not isinstance(event, Mapping):
        return False
    known = cast("Event", event)
    kind = known.get("kind")
    if isinstance(kind, str) and kind in history.STEPPED:
        return fields.whole(known, "step") is not None
    if kind == "run_resumed":
        return fields.whole(known, "from_step") is not None
    return isinstance(kind, str)


def with_end(summary: RunSummary, out: Gathered) -> RunSummary:
    """Add how the run ended, where the state agrees."""
    if not summary.is_live:
        summary = replace(summary, phase=None)
    end = out.end
    if end is None:
        return summary
    if summary.state == "failed" and end["kind"] == "run_failed":
        return replace(summary, error=fields.mapping(end, "error"))
    if summary.state == "stopped":
        return replace(summary, stop_reason=fields.text(end, "reason"))
    if summary.state == "finished":
        return replace(summary, result=fields.text(end, "result"))
    return summary


def recipe_values(meta: Event) -> dict[str, object]:
    """The resolved values in ``recipe.json``."""
    return fields.mapping(fields.mapping(meta, "recipe"), "values")


def recipe_notes(meta: Event) -> tuple[Note, ...]:
    """What was made of the recipe as it was written; the worker may say the same in events."""
    notes = fields.rows(fields.mapping(meta, "recipe"), "notes")
    return tuple(Note(fields.text(one, "code"), fields.mapping(one, "params")) for one in notes)
