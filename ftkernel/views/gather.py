"""What each kind of event adds to the picture of a run: one small function a kind, and their table.

A value that is missing or of another type is ``None`` (:mod:`ftkernel.views.fields`), so that a
reader never fails because of a writer.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from ftkernel import messages
from ftkernel.views import fields
from ftkernel.views.fields import Event
from ftkernel.views.series import smooth, smoothing_span
from ftkernel.views.shape import (
    Checkpoint,
    Data,
    Evaluation,
    Mark,
    Merge,
    Model,
    Note,
    Phase,
    Plan,
    Point,
    Refusal,
    Sampled,
)

_MOST_METRICS = 40
_UNMARKED = frozenset({"ask", "cancel", "sample"})
"""Commands that change nothing about the training."""


@dataclass
class Gathered:
    """What the events have told so far."""

    attempt: int = 0
    from_step: int = 0
    detached: bool = False
    phase: Phase | None = None
    points: dict[int, Point] = field(default_factory=dict[int, Point])
    evaluations: dict[int, Evaluation] = field(default_factory=dict[int, Evaluation])
    checkpoints: dict[str, Checkpoint] = field(default_factory=dict[str, Checkpoint])
    marks: list[Mark] = field(default_factory=list[Mark])
    notes: dict[str, tuple[str, Note]] = field(default_factory=dict[str, tuple[str, Note]])
    merges: list[Merge] = field(default_factory=list[Merge])
    sampled: list[Sampled] = field(default_factory=list[Sampled])
    model: Model | None = None
    data: Data | None = None
    plan: Plan | None = None
    end: Event | None = None

    @property
    def step(self) -> int:
        """The last step told of."""
        return max(self.points, default=0)

    def parts(self) -> dict[str, Any]:
        """The fields of a summary that need nothing but events."""
        points = tuple(self.points[step] for step in sorted(self.points))
        total = self.plan.total_steps if self.plan else None
        span = smoothing_span(total or len(points))
        return {
            "attempt": self.attempt,
            "from_step": self.from_step,
            "detached": self.detached,
            "phase": self.phase,
            "step": self.step,
            "total_steps": total,
            "points": points,
            "evaluations": tuple(self.evaluations[step] for step in sorted(self.evaluations)),
            "checkpoints": tuple(sorted(self.checkpoints.values(), key=lambda one: one.step)),
            "marks": tuple(self.marks),
            "adjusted": self.notes_of("adjusted"),
            "warned": self.notes_of("warned"),
            "merges": tuple(self.merges),
            "sampled": tuple(self.sampled),
            "model": self.model,
            "data": self.data,
            "plan": self.plan,
            "smoothing_span": span,
            "smoothed": smooth([point.loss for point in points], span),
        }

    def note(self, kind: str, note: Note) -> None:
        """Take what was said, unless it was said before."""
        same = json.dumps([kind, note.code, note.params], sort_keys=True, default=str)
        self.notes.setdefault(same, (kind, note))

    def notes_of(self, kind: str) -> tuple[Note, ...]:
        """Everything of a kind that was said, each once."""
        return tuple(note for noted, note in self.notes.values() if noted == kind)


def _take_attempt(out: Gathered, event: Event) -> None:
    out.attempt = fields.whole(event, "attempt") or out.attempt + 1
    out.from_step = 0
    out.detached = event.get("detached") is True
    out.phase = Phase("starting")
    out.end = None


def _take_resume(out: Gathered, event: Event) -> None:
    out.from_step = fields.whole(event, "from_step") or 0
    out.marks.append(Mark("resume", out.from_step, str(out.attempt)))


def _take_phase(out: Gathered, event: Event) -> None:
    out.phase = Phase(fields.text(event, "phase"))


def _take_progress(out: Gathered, event: Event) -> None:
    out.phase = Phase(
        fields.text(event, "phase"),
        fields.whole(event, "done"),
        fields.whole(event, "total"),
        fields.text(event, "unit"),
    )


def _take_note(out: Gathered, event: Event) -> None:
    out.note(event["kind"], Note(fields.text(event, "code"), fields.mapping(event, "params")))


def _take_data(out: Gathered, event: Event) -> None:
    refusals = tuple(
        Refusal(
            fields.text(one, "code"),
            fields.mapping(one, "params"),
            fields.whole(one, "count") or 0,
            _place(one.get("first")),
        )
        for one in fields.rows(event, "refusals")
    )
    names = ("rows", "train_rows", "eval_rows", "tokens", "trained_tokens", "longest")
    out.data = Data(
        form=fields.text(event, "form"),
        cut=fields.whole(event, "cut") or 0,
        refused=fields.whole(event, "refused") or 0,
        refusals=refusals,
        **{name: fields.whole(event, name) for name in names},
    )


def _place(first: object) -> str:
    """Where a row stands, from ``{"file", "line"}`` or from words."""
    if isinstance(first, Mapping):
        where = cast("Event", first)
        line = fields.whole(where, "line")
        file = fields.text(where, "file")
        if fields.text(where, "unit") == "row":
            return f"{file}, {messages.text('where.row', {'line': line})}"
        return file + (f":{line}" if line is not None else "")
    if isinstance(first, list | tuple):
        return ":".join(str(part) for part in cast("list[object]", first))
    return first if isinstance(first, str) else ""


def _take_model(out: Gathered, event: Event) -> None:
    out.model = Model(
        source=fields.text(event, "source"),
        architecture=fields.text(event, "architecture"),
        parameters=fields.whole(event, "parameters"),
        trainable=fields.whole(event, "trainable"),
        percent=fields.number(event, "percent"),
        dtype=fields.text(event, "dtype"),
        device=fields.text(event, "device"),
    )


def _take_plan(out: Gathered, event: Event) -> None:
    counts = ("total_steps", "micro_batch", "accumulation", "memory_bytes", "memory_available")
    out.plan = Plan(
        epochs=fields.number(event, "epochs"),
        seconds=fields.number(event, "seconds"),
        **{name: fields.whole(event, name) for name in counts},
    )


def _take_step(out: Gathered, event: Event) -> None:
    step = fields.whole(event, "step")
    if step is None:
        return
    numbers = ("epoch", "loss", "learning_rate", "grad_norm", "tokens_per_second", "elapsed")
    out.points[step] = Point(
        step,
        tokens=fields.whole(event, "tokens"),
        trained_tokens=fields.whole(event, "trained_tokens"),
        memory_bytes=fields.whole(event, "memory_bytes"),
        eta_seconds=fields.number(event, "eta_seconds"),
        **{name: fields.number(event, name) for name in numbers},
    )


def _take_evaluation(out: Gathered, event: Event) -> None:
    step = fields.whole(event, "step")
    if step is not None:
        loss, seconds = fields.number(event, "loss"), fields.number(event, "seconds")
        told = fields.mapping(event, "metrics")
        found = [(str(name), fields.number(told, name)) for name in told]
        metrics = [(name, value) for name, value in found if value is not None]
        out.evaluations[step] = Evaluation(step, loss, seconds, tuple(metrics[:_MOST_METRICS]))


def _take_sample(out: Gathered, event: Event) -> None:
    step = fields.whole(event, "step")
    if step is None:
        return
    out.sampled.append(
        Sampled(
            step,
            fields.text(event, "prompt"),
            fields.text(event, "answer"),
            id=fields.text(event, "id"),
            tokens=fields.whole(event, "tokens"),
            seconds=fields.number(event, "seconds"),
            scheduled=event.get("scheduled") is True,
        )
    )


def _take_checkpoint(out: Gathered, event: Event) -> None:
    step, path, reason = (
        fields.whole(event, "step"),
        fields.text(event, "path"),
        fields.text(event, "reason"),
    )
    if step is None:
        return
    out.checkpoints[path] = Checkpoint(
        step, path, reason, fields.whole(event, "bytes"), event.get("best") is True
    )
    out.marks.append(Mark("checkpoint", step, reason))


def _take_deletion(out: Gathered, event: Event) -> None:
    out.checkpoints.pop(fields.text(event, "path"), None)


def _take_command(out: Gathered, event: Event) -> None:
    if fields.text(event, "command") not in _UNMARKED:
        out.marks.append(Mark("command", out.step, fields.text(event, "command")))


def _take_end(out: Gathered, event: Event) -> None:
    out.end = event


def take_merge(out: Gathered, event: Event) -> None:
    """Add a merge that was verified, from a run's own events or from elsewhere."""
    numbers = ("kl", "kl_bound", "largest_logit_difference", "token_agreement")
    out.merges.append(
        Merge(
            path=fields.text(event, "path"),
            dtype=fields.text(event, "dtype"),
            prompts=fields.whole(event, "prompts"),
            tokens=fields.whole(event, "tokens"),
            **{name: fields.number(event, name) for name in numbers},
        )
    )


TAKE: dict[str, Callable[[Gathered, Event], None]] = {
    "attempt_started": _take_attempt,
    "run_resumed": _take_resume,
    "phase_started": _take_phase,
    "phase_progressed": _take_progress,
    "adjusted": _take_note,
    "warned": _take_note,
    "data_prepared": _take_data,
    "model_loaded": _take_model,
    "plan_made": _take_plan,
    "step_logged": _take_step,
    "evaluated": _take_evaluation,
    "sampled": _take_sample,
    "checkpoint_saved": _take_checkpoint,
    "checkpoint_deleted": _take_deletion,
    "command_answered": _take_command,
    "run_finished": _take_end,
    "run_stopped": _take_end,
    "run_failed": _take_end,
    "merge_verified": take_merge,
}
"""What each kind adds; a kind that is not here is passed over."""
