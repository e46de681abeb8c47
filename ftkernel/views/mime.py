"""A run as JSON for ``application/vnd.ftkernel.run.v1+json``, which the JupyterLab extension draws.

Under 20 kB whatever the run is: it is saved into the notebook beside the card. Long series are
thinned so that spikes stay; the whole history lies in the run's folder. Texts are in English and in
Chinese, since whoever draws it picks the language of the page.
"""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, get_args

from ftkernel.views import certainty, charts, wording
from ftkernel.views.both import activity, both, error_json, mark_json
from ftkernel.views.escape import one_line
from ftkernel.views.figures import in_both_languages
from ftkernel.views.filmstrip import shortened, thinned
from ftkernel.views.series import XY, downsample
from ftkernel.views.shape import Note, Phase, Point, RunSummary, State

MIME = "application/vnd.ftkernel.run.v1+json"

MOST_BYTES = 20_000
MOST_POINTS = 300
_MOST_NOTES, _MOST_MARKS = 10, 60
_MOST_SAMPLED, _LONGEST_TEXT = 8, 200
_MOST_TILES = 12
_SIZES = ((240, (MOST_POINTS, 200, 140, 100, 60)), (100, (60, 30, 10)), (40, (10,)))
"""Characters of a note, and points of a series that are tried with that."""

_SERIES: Mapping[str, Callable[[Point], float | None]] = {
    "loss": lambda point: point.loss,
    "learning_rate": lambda point: point.learning_rate,
    "grad_norm": lambda point: point.grad_norm,
    "tokens_per_second": lambda point: point.tokens_per_second,
}


def run_json(summary: RunSummary, *, live: bool = False) -> dict[str, object]:
    """The run as JSON types: finite numbers, short texts, thinned series."""
    curves = _curves(summary)
    data: dict[str, object] = {}
    for longest, sizes in _SIZES:
        data = _about(summary, live=live, longest=longest)
        for most in sizes:
            data["series"] = _thinned(curves, most)
            if len(json.dumps(data, ensure_ascii=False).encode("utf-8")) < MOST_BYTES:
                return data
    return data


def schema() -> dict[str, Any]:
    """The JSON schema of :func:`run_json`, for whoever draws it elsewhere."""
    text, whole, number = {"type": "string"}, {"type": "integer"}, {"type": "number"}
    both = {"type": "array", "items": text, "minItems": 2, "maxItems": 2}
    notes = _list_of({"code": text, "text": both}, _MOST_NOTES)
    phase = {"name": text, "done": _or_null(whole), "total": _or_null(whole), "unit": text}
    series = {
        "step": {"type": "array", "items": whole, "maxItems": MOST_POINTS},
        "value": {"type": "array", "items": _or_null(number), "maxItems": MOST_POINTS},
    }
    fields: dict[str, Any] = {
        "version": {"const": 1},
        "id": text,
        "name": text,
        "state": {"enum": list(get_args(State))},
        "live": {"type": "boolean"},
        "attempt": whole,
        "phase": _or_null(_object(phase)),
        "activity": both,
        "step": whole,
        **dict.fromkeys(("total_steps", "parameters", "trainable", "peak_memory"), _or_null(whole)),
        **dict.fromkeys(("epoch", "eta_seconds", "seconds"), _or_null(number)),
        **dict.fromkeys(("model", "method", "result"), text),
        "smoothing_span": whole,
        "marks": _list_of({"kind": text, "step": whole, "detail": both}, _MOST_MARKS),
        "adjusted": notes,
        "warned": notes,
        "error": _or_null({**both, "items": {"type": "array", "items": text}}),
        "sampled": _list_of(
            {"step": whole, "prompt": text, "answer": text, "scheduled": {"type": "boolean"}},
            _MOST_SAMPLED,
        ),
        "tiles": _list_of(dict.fromkeys(("name", "value", "remark"), both), _MOST_TILES),
        "series": {"type": "object", "additionalProperties": _object(series)},
    }
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **_object(fields)}


def _object(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": dict(fields),
        "required": list(fields),
        "additionalProperties": False,
    }


def _list_of(fields: Mapping[str, Any], most: int) -> dict[str, Any]:
    return {"type": "array", "items": _object(fields), "maxItems": most}


def _or_null(kind: Mapping[str, Any]) -> dict[str, Any]:
    return {"anyOf": [dict(kind), {"type": "null"}]}


def _about(summary: RunSummary, *, live: bool, longest: int) -> dict[str, object]:
    """Everything but the curves."""
    left = certainty.time_left(summary)
    return {
        "version": 1,
        "id": one_line(summary.id, 80),
        "name": one_line(summary.name, 120),
        "state": summary.state,
        "live": live,
        "attempt": summary.attempt,
        "phase": _phase(summary.phase) if summary.phase else None,
        "activity": activity(summary),
        "step": summary.step,
        "total_steps": summary.total_steps,
        "epoch": rounded(summary.epoch),
        "eta_seconds": rounded(left[0]) if left else None,
        "seconds": rounded(summary.seconds),
        "model": one_line(summary.model_name, 120),
        "method": one_line(summary.recipe.get("finetuning_type", ""), 40),
        "parameters": summary.model.parameters if summary.model else None,
        "trainable": summary.model.trainable if summary.model else None,
        "peak_memory": summary.peak_memory,
        "smoothing_span": summary.smoothing_span,
        "marks": [mark_json(mark) for mark in summary.marks[-_MOST_MARKS:]],
        "adjusted": _notes(summary.adjusted, longest),
        "warned": _notes(summary.warned, longest),
        "error": error_json(summary.error, longest),
        "result": one_line(summary.result, 200),
        "sampled": [
            {
                "step": one.step,
                "prompt": shortened(one.prompt, _LONGEST_TEXT),
                "answer": shortened(one.answer, _LONGEST_TEXT),
                "scheduled": one.scheduled,
            }
            for one in thinned(summary.sampled, _MOST_SAMPLED)
        ],
        "tiles": in_both_languages(summary)[:_MOST_TILES],
    }


def _curves(summary: RunSummary) -> dict[str, list[XY]]:
    """Every series that there is, thinned a first time."""
    found = {name: charts.series(summary, value) for name, value in _SERIES.items()}
    found["smoothed"] = charts.smoothed(summary)
    found["eval_loss"] = charts.evaluations(summary)
    return {name: downsample(points, MOST_POINTS) for name, points in found.items()}


def _thinned(curves: Mapping[str, list[XY]], most: int) -> dict[str, object]:
    return {
        name: {
            "step": [int(step) for step, _ in thinned],
            "value": [rounded(value) for _, value in thinned],
        }
        for name, points in curves.items()
        if (thinned := downsample(points, most))
    }


def _phase(phase: Phase) -> dict[str, object]:
    return {
        "name": one_line(phase.name, 40),
        "done": phase.done,
        "total": phase.total,
        "unit": one_line(phase.unit, 40),
    }


def _notes(notes: Sequence[Note], longest: int) -> list[dict[str, object]]:
    return [
        {
            "code": one_line(note.code, 80),
            "text": both(lambda note=note: one_line(wording.note_words(note), longest)),
        }
        for note in notes[:_MOST_NOTES]
    ]


def rounded(value: float | None) -> float | None:
    """A number with five significant digits, ``None`` where it is not finite."""
    if value is None or not math.isfinite(value):
        return None
    return float(f"{value:.5g}")
