"""What a live view says beside its curves, in both languages, since the page picks its own.

All of it is plain text and JSON types. It stays small whatever a run is called or warns of: what is
long is cut, long lists are shown in part, and where that is not enough all limits are lowered.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ftkernel import messages
from ftkernel.recipe.changing import CHANGEABLE
from ftkernel.views import certainty, fields, wording
from ftkernel.views.both import activity, both, error_json
from ftkernel.views.escape import one_line
from ftkernel.views.figures import in_both_languages
from ftkernel.views.filmstrip import shortened, thinned
from ftkernel.views.live_fold import Answered, Fold
from ftkernel.views.mime import rounded
from ftkernel.views.shape import Note, RunSummary

MOST_BYTES = 15_000
_MOST_COMMANDS = 6


@dataclass(frozen=True)
class _Limits:
    notes: int
    note: int
    """Characters of each."""
    samples: int
    answer: int
    checkpoints: int = 12


_LIMITS = (_Limits(8, 240, 24, 600), _Limits(6, 160, 12, 240), _Limits(3, 80, 4, 100, 4))


def view(summary: RunSummary, fold: Fold) -> dict[str, Any]:
    """Everything that is said about a run, under :data:`MOST_BYTES` of JSON."""
    for limits in _LIMITS[:-1]:
        shown = _view(summary, fold, limits)
        if len(json.dumps(shown, ensure_ascii=False).encode("utf-8", "replace")) < MOST_BYTES:
            return shown
    return _view(summary, fold, _LIMITS[-1])


def _view(summary: RunSummary, fold: Fold, limits: _Limits) -> dict[str, Any]:
    name = one_line(summary.name, 120)
    left = certainty.time_left(summary)
    return {
        "name": name,
        "state": summary.state,
        "live": summary.is_live,
        "title": both(lambda: wording.about(summary)),
        "phase": _phase(summary),
        "activity": activity(summary),
        "step": summary.step,
        "total_steps": summary.total_steps,
        "epoch": rounded(summary.epoch),
        "eta_seconds": rounded(left[0]) if left else None,
        "left": both(lambda: wording.time_left(summary)),
        "seconds": rounded(summary.seconds),
        "tiles": in_both_languages(summary),
        "warned": _notes(summary.warned, limits),
        "adjusted": _notes(summary.adjusted, limits),
        "error": error_json(summary.error),
        "checkpoints": [
            {
                "step": one.step,
                "reason": both(lambda one=one: wording.named("save_reason", one.reason)),
                "best": one.best,
            }
            for one in summary.checkpoints[-limits.checkpoints :]
        ],
        "can": _can(summary),
        "settable": _settable(summary),
        "commands": [_command(one) for one in fold.commands[-_MOST_COMMANDS:]],
        "samples": [
            {
                "step": one.step,
                "prompt": shortened(one.prompt, min(160, limits.answer)),
                "answer": shortened(one.answer, limits.answer),
                "tokens": one.tokens,
                "scheduled": one.scheduled,
            }
            for one in thinned(summary.sampled, limits.samples)
        ],
        "gpu": _gpu(summary),
    }


def _phase(summary: RunSummary) -> dict[str, object] | None:
    phase = summary.phase
    if phase is None or not summary.is_live:
        return None
    done, total = phase.done, phase.total
    part = min(1.0, max(0.0, done / total)) if done is not None and total else None
    words = both(lambda: one_line(wording.phase_words(phase), 160))
    return {"text": words, "done": done, "total": total, "part": rounded(part)}


def _notes(notes: Sequence[Note], limits: _Limits) -> list[list[str]]:
    """The latest notes, cut to what there is room for."""
    shown = notes[-limits.notes :]
    out = [both(lambda one=one: one_line(wording.note_words(one), limits.note)) for one in shown]
    if left := len(notes) - len(shown):
        out.append(both(lambda: messages.text("views.more", {"count": left})))
    return out


def _can(summary: RunSummary) -> dict[str, bool]:
    """Which commands the run would obey now."""
    trains = summary.state == "running"
    has_rows = bool(summary.data and summary.data.eval_rows)
    return {
        "stop": summary.state in {"starting", "running"},
        "save": trains,
        "evaluate": trains and has_rows,
        "sample": trains,
        "set": trains,
    }


def _settable(summary: RunSummary) -> list[dict[str, object]]:
    """The keys that may be changed now, with their values: as set, else as in the recipe."""
    values: dict[str, object] = {key: summary.recipe.get(key) for key in CHANGEABLE}
    for note in summary.adjusted:
        if note.code == "training.set" and (key := note.params.get("key")) in values:
            values[str(key)] = note.params.get("new")
    if summary.last is not None and summary.last.learning_rate is not None:
        values["learning_rate"] = summary.last.learning_rate
    return [{"key": key, "value": rounded(fields.number(values, key))} for key in CHANGEABLE]


def _command(one: Answered) -> dict[str, object]:
    """What became of a command; why not where it was refused. The page knows what it is called."""

    def why() -> str:
        if one.ok:
            return ""
        error = fields.mapping(one.params, "error")
        said = wording.error_lines(error)[0] if error else messages.text(one.code, one.params)
        return one_line(said, 200)

    return {"id": one.id, "command": one.command, "ok": one.ok, "text": both(why)}


def _gpu(summary: RunSummary) -> dict[str, object] | None:
    """What the run computes on, where that is no processor."""
    device = summary.model.device if summary.model else ""
    if not device or device == "cpu":
        return None
    total = summary.plan.memory_available if summary.plan else None
    used = summary.last.memory_bytes if summary.last else None
    return {"device": one_line(device, 40), "memory_bytes": used, "memory_available": total}
