"""One effective history out of the events of all attempts.

A run that was resumed has said some steps twice: those after the checkpoint it went on from are
superseded. Views and ``metrics()`` see each step once, as the worker that finished it said it.
Pure functions.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

STEPPED = frozenset(
    {"step_logged", "evaluated", "sampled", "checkpoint_saved", "checkpoint_deleted"}
)
"""Kinds that belong to a step and are dropped when a resume goes back before it."""

ENDS = frozenset({"run_finished", "run_stopped", "run_failed"})
"""Kinds that end an attempt."""

_AT_WORK = frozenset({"step_logged", "evaluated", "checkpoint_saved"})
_SAID_ONCE = frozenset({"adjusted", "warned"})
_LATEST_COUNTS = frozenset({"data_prepared", "model_loaded", "plan_made"})
_STEP_FIELDS = (
    "step", "epoch", "loss", "learning_rate", "grad_norm", "tokens", "trained_tokens",
    "tokens_per_second", "memory_bytes", "elapsed", "eta_seconds",
)  # fmt: skip


def effective(events: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The events that count, in order.

    Superseded steps, the ends of earlier attempts, and what was said before are dropped. The time
    is that of one look at each event, and of one more at all of them for each attempt.
    """
    kept: list[dict[str, Any]] = []
    said: set[str] = set()
    for event in events:
        kind = event["kind"]
        if kind == "run_resumed":
            from_step = event.get("from_step", 0)
            kept = [one for one in kept if not _is_after(one, from_step)]
        elif kind == "attempt_started":
            kept = [one for one in kept if one["kind"] not in ENDS]
        elif kind in _LATEST_COUNTS:
            kept = [one for one in kept if one["kind"] != kind]
        elif kind in _SAID_ONCE:
            words = _words(event)
            if words in said:
                continue
            said.add(words)
        kept.append(dict(event))
    return kept


def metrics(events: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """One dictionary a step: ``step``, ``loss`` … and ``eval_loss`` where it was scored.

    A step that was scored but not logged, as the one before training, has ``None`` for its loss.
    """
    rows: dict[int, dict[str, Any]] = {}
    for event in effective(events):
        if event["kind"] == "step_logged":
            row = rows.setdefault(event["step"], {})
            row.update({name: event.get(name) for name in _STEP_FIELDS})
            row["t"] = event.get("t")
        elif event["kind"] == "evaluated":
            step = event["step"]
            nothing = dict.fromkeys(_STEP_FIELDS)
            row = rows.setdefault(step, {**nothing, "step": step, "epoch": event.get("epoch")})
            row["eval_loss"] = event.get("loss")
            row.update({f"eval_{name}": value for name, value in event.get("metrics", {}).items()})
    return [rows[step] for step in sorted(rows)]


def last_attempt(events: Iterable[Mapping[str, Any]]) -> int:
    """The highest attempt that said anything, 0 when nothing was said."""
    return max((event.get("attempt", 0) for event in events), default=0)


def is_work(event: Mapping[str, Any]) -> bool:
    """Whether an event shows that training has begun."""
    if event["kind"] in {"phase_started", "phase_progressed"}:
        return event.get("phase") == "training"
    return event["kind"] in _AT_WORK


def _is_after(event: Mapping[str, Any], step: int) -> bool:
    if event.get("code") == "training.set":  # what was set since that step is set no more
        params: Mapping[str, Any] = event.get("params") or {}
        return params.get("step", 0) > step
    return event["kind"] in STEPPED and event.get("step", 0) > step


def _words(event: Mapping[str, Any]) -> str:
    """What an event says to a person, as one key; equal for the same words only."""
    said = [event["kind"], event.get("code"), event.get("params")]
    return json.dumps(said, sort_keys=True, default=str)
