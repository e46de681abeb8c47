"""A run's events folded one by one into what a live view needs, at a cost that does not grow.

Steps go into columns (:mod:`ftkernel.views.live_tables`); everything else is gathered as it is for
the static views (:mod:`ftkernel.views.gather`). :meth:`Fold.summary` gives those the few steps that
their words speak of, so that the words and figures of both kinds of views come from one place.
"""

import math
from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import cast, get_args

from ftkernel.views import fields
from ftkernel.views.escape import one_line
from ftkernel.views.fields import Event
from ftkernel.views.gather import TAKE, Gathered
from ftkernel.views.lifetime import Lifetime
from ftkernel.views.live_tables import Table
from ftkernel.views.series import is_plausible, smoothing_span
from ftkernel.views.shape import SPEED_STEPS, Evaluation, Mark, Point, RunSummary, State
from ftkernel.views.summary import recipe_notes, recipe_values, with_end

_REALS = ("epoch", "elapsed", "loss", "learning_rate", "grad_norm", "tokens_per_second")
_WHOLES = ("tokens", "memory_bytes")
TRAIN_FIELDS = (
    "step", "epoch", "tokens", "elapsed", "loss", "smoothed", "learning_rate", "grad_norm",
    "tokens_per_second", "memory_bytes",
)  # fmt: skip
EVALUATION_FIELDS = ("step", "epoch", "tokens", "elapsed", "loss")
_HIDDEN = ("trained_tokens", "eta_seconds")
_NO_METRIC = frozenset({"seq", "t", "attempt", "kind", *TRAIN_FIELDS, *_HIDDEN})
_LONGEST_NAME = 60


@dataclass(frozen=True)
class LiveMark:
    """A mark, and the number of the event that told it."""

    at: int
    mark: Mark


@dataclass(frozen=True)
class Answered:
    """What became of a command."""

    id: str
    command: str
    ok: bool
    code: str
    params: Mapping[str, object]


class Fold:
    """What the events have told so far. The caller numbers them, and rewinds by starting anew."""

    def __init__(self, meta: Event) -> None:
        self.train = Table("train", TRAIN_FIELDS, _HIDDEN, ("loss", "grad_norm"))
        self.evaluations = Table("evaluations", EVALUATION_FIELDS)
        self.marks: list[LiveMark] = []
        self.commands: list[Answered] = []
        self.whole_at = 0
        """Those who know less than this event need everything anew."""
        self._meta = meta
        self._gathered = Gathered()
        for note in recipe_notes(meta):
            self._gathered.note("adjusted", note)
        self.lifetime = Lifetime()
        self._last_step = 0
        self._span = smoothing_span(0)
        self._average, self._seen = 0.0, 0.0
        self._first_loss, self._last_loss, self._peak = -1, -1, -1

    def add(self, event: Event, at: int) -> None:
        """Take one sound event that counts; :meth:`settle` follows after the last of several."""
        kind = event["kind"]
        if kind == "step_logged":
            self._take_step(event, at)
        elif kind == "evaluated":
            self._take_evaluation(event, at)
        elif (take := TAKE.get(kind)) is not None:
            if kind == "command_answered":
                self._take_answer(event)
            take(self._gathered, event)
            if kind == "sampled":
                one = self._gathered.sampled[-1]
                self._mark(at, Mark("sample", one.step, one_line(one.prompt, 24)))
            for mark in self._gathered.marks:
                here = replace(mark, step=self.step) if mark.kind == "command" else mark
                self._mark(at, here)
            self._gathered.marks.clear()

    def settle(self, at: int) -> None:
        """Put what came out of order in order; ``at`` is the number of the last event."""
        moved = self.train.sort()
        plan = self._gathered.plan
        span = smoothing_span((plan.total_steps if plan else None) or len(self.train))
        if moved or span != self._span:
            self._span = span
            self._find_again()
            if len(self.train):
                self.whole_at = at
        if self.evaluations.sort():
            self.whole_at = at

    @property
    def step(self) -> int:
        """The last step told of."""
        return self._last_step

    def _mark(self, at: int, mark: Mark) -> None:
        self.marks.append(LiveMark(at, mark))

    def _take_step(self, event: Event, at: int) -> None:
        values: dict[str, float | None] = {"step": fields.whole(event, "step")}
        values |= {name: fields.number(event, name) for name in (*_REALS, "eta_seconds")}
        values |= {name: fields.whole(event, name) for name in (*_WHOLES, "trained_tokens")}
        values["smoothed"] = self._smooth(values["loss"])
        for name in event.keys() - _NO_METRIC:
            if (found := fields.number(event, name)) is not None:
                values[one_line(name, _LONGEST_NAME)] = found
        self._last_step = max(self._last_step, fields.whole(event, "step") or 0)
        if not self.train.add(values, at):
            self.whole_at = at
        self._find(len(self.train) - 1)

    def _smooth(self, loss: float | None) -> float | None:
        """The average of :func:`ftkernel.views.series.smooth`, one step further."""
        if loss is not None and is_plausible(loss):
            weight = 2 / (self._span + 1)
            self._average = (1 - weight) * self._average + weight * loss
            self._seen = (1 - weight) * self._seen + weight
        return self._average / self._seen if self._seen else None

    def _find(self, index: int) -> None:
        if self.train.get("loss", index) is not None:
            self._first_loss = index if self._first_loss < 0 else self._first_loss
            self._last_loss = index
        memory = self.train.get("memory_bytes", index)
        if memory is not None and (
            self._peak < 0 or memory > self.train.column("memory_bytes")[self._peak]
        ):
            self._peak = index

    def _find_again(self) -> None:
        """Everything that depends on the order of the rows, or on the span."""
        self._average, self._seen = 0.0, 0.0
        self._first_loss, self._last_loss, self._peak = -1, -1, -1
        smoothed = array("d")
        for index in range(len(self.train)):
            value = self._smooth(self.train.get("loss", index))
            smoothed.append(math.nan if value is None else value)
            self._find(index)
        self.train.set("smoothed", smoothed)

    def _take_evaluation(self, event: Event, at: int) -> None:
        step = cast("int", fields.whole(event, "step"))
        loss = fields.number(event, "loss")
        values: dict[str, float | None] = {"step": step, "loss": loss}
        values["epoch"] = fields.number(event, "epoch")
        if len(self.train):
            values |= {name: self.train.get(name, -1) for name in ("tokens", "elapsed")}
        metrics = fields.mapping(event, "metrics")
        for name in metrics.keys() - values.keys():
            if (found := fields.number(metrics, name)) is not None:
                values[one_line(name, _LONGEST_NAME)] = found
        if not self.evaluations.add(values, at):
            self.whole_at = at
        self._mark(at, Mark("evaluation", step, "" if loss is None else f"{loss:.4g}"))

    def _take_answer(self, event: Event) -> None:
        self.commands.append(
            Answered(
                one_line(fields.text(event, "id"), 40),
                one_line(fields.text(event, "command"), 40),
                event.get("ok") is True,
                fields.text(event, "code"),
                fields.mapping(event, "params"),
            )
        )

    def summary(
        self, state: str, *, now: float | None = None, error: Mapping[str, object] | None = None
    ) -> RunSummary:
        """The run as the words of the static views want it, with the few steps they speak of."""
        shown = self._spoken_of()
        self._gathered.points = {point.step: point for point in map(self._point, shown)}
        self._gathered.evaluations = self._spoken_of_evaluations()
        parts = self._gathered.parts()
        smoothed = tuple(self.train.get("smoothed", index) for index in shown)
        parts |= {"step": self.step, "smoothing_span": self._span, "smoothed": smoothed}
        known: State = cast("State", state) if state in get_args(State) else "created"
        summary = RunSummary(
            id=fields.text(self._meta, "id"),
            name=fields.text(self._meta, "name"),
            state=known,
            created=fields.number(self._meta, "created"),
            recipe=recipe_values(self._meta),
            error=error,
            **parts,
        )
        summary = with_end(summary, self._gathered)
        return replace(summary, seconds=self.lifetime.seconds(now if summary.is_live else None))

    def _spoken_of(self) -> list[int]:
        """The first loss and the last, the most memory, and the steps that the speed is of."""
        end = len(self.train)
        found = {self._first_loss, self._last_loss, self._peak} - {-1}
        return sorted(found.union(range(max(0, end - 1 - SPEED_STEPS), end)))

    def _point(self, index: int) -> Point:
        get = self.train.get
        wholes = {name: get(name, index) for name in ("step", *_WHOLES, "trained_tokens")}
        return Point(
            **{name: None if value is None else int(value) for name, value in wholes.items()},  # pyright: ignore[reportArgumentType]
            **{name: get(name, index) for name in (*_REALS, "eta_seconds")},
        )

    def _spoken_of_evaluations(self) -> dict[int, Evaluation]:
        """The first, the lowest and the last evaluation."""
        losses = self.evaluations.column("loss")
        known = [index for index, loss in enumerate(losses) if not math.isnan(loss)]
        if not known:
            return {}
        lowest = min(known, key=losses.__getitem__)
        steps = self.evaluations.column("step")
        shown: Iterable[int] = sorted({known[0], lowest, known[-1]})
        return {int(steps[one]): self._evaluation(one) for one in shown}

    def _evaluation(self, index: int) -> Evaluation:
        get = self.evaluations.get
        names = [name for name in self.evaluations.fields if name not in EVALUATION_FIELDS]
        found = [(name, value) for name in names if (value := get(name, index)) is not None]
        step = get("step", index)
        return Evaluation(int(step or 0), get("loss", index), metrics=tuple(found))
