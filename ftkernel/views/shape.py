"""What a picture of a run is drawn from: plain frozen data, the same for every front end.

Nothing here reads a file or knows a text; :mod:`ftkernel.views.summary` fills it from events, and
the other modules of this room draw it. A value that no event has told yet is ``None``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, cast

State = Literal["created", "starting", "running", "finished", "stopped", "failed", "died"]

SPEED_STEPS = 50
"""The speed of a run that goes on is that of so many steps; one step alone says little."""

LIVE: frozenset[str] = frozenset({"created", "starting", "running"})
"""The states of a run that is still going on."""


@dataclass(frozen=True, slots=True)
class Point:
    """One optimizer step of the effective history."""

    step: int
    epoch: float | None = None
    loss: float | None = None
    learning_rate: float | None = None
    grad_norm: float | None = None
    tokens: int | None = None
    trained_tokens: int | None = None
    tokens_per_second: float | None = None
    memory_bytes: int | None = None
    elapsed: float | None = None
    eta_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The held-out rows, scored at a step."""

    step: int
    loss: float | None
    seconds: float | None = None
    metrics: tuple[tuple[str, float], ...] = ()
    """What else was computed, by the names that the events have."""


@dataclass(frozen=True)
class Checkpoint:
    """A complete checkpoint that the events tell of and no later event took back."""

    step: int
    path: str
    reason: str
    bytes: int | None = None
    best: bool = False


@dataclass(frozen=True)
class Mark:
    """Something that happened at a step; ``detail`` is the reason, the command or the attempt."""

    kind: Literal["checkpoint", "resume", "command", "evaluation", "sample"]
    step: int
    detail: str


@dataclass(frozen=True)
class Phase:
    """What the worker is doing; ``done`` of ``total`` in ``unit``."""

    name: str
    done: int | None = None
    total: int | None = None
    unit: str = "rows"


@dataclass(frozen=True)
class Note:
    """Something that was adjusted, or that the user should know; said once."""

    code: str
    params: Mapping[str, object] = field(default_factory=dict[str, object])


@dataclass(frozen=True)
class Refusal:
    """Rows that were left out for one reason, and the first place where it happened."""

    code: str
    params: Mapping[str, object]
    count: int
    first: str


@dataclass(frozen=True)
class Data:
    """What became of the rows."""

    form: str
    rows: int | None = None
    train_rows: int | None = None
    eval_rows: int | None = None
    tokens: int | None = None
    trained_tokens: int | None = None
    longest: int | None = None
    cut: int = 0
    refused: int = 0
    refusals: tuple[Refusal, ...] = ()


@dataclass(frozen=True)
class Model:
    """The model that is trained; counts are of scalar parameters."""

    source: str
    architecture: str = ""
    parameters: int | None = None
    trainable: int | None = None
    percent: float | None = None
    dtype: str = ""
    device: str = ""


@dataclass(frozen=True)
class Plan:
    """What the run set out to do, and what it was expected to take."""

    total_steps: int | None = None
    epochs: float | None = None
    micro_batch: int | None = None
    accumulation: int | None = None
    memory_bytes: int | None = None
    memory_available: int | None = None
    seconds: float | None = None


@dataclass(frozen=True)
class Merge:
    """A merge of the run's adapter into its base, and how far the two differ."""

    path: str
    dtype: str = ""
    kl: float | None = None
    kl_bound: float | None = None
    largest_logit_difference: float | None = None
    token_agreement: float | None = None
    prompts: int | None = None
    tokens: int | None = None


@dataclass(frozen=True)
class Sample:
    """What the base and the tuned model answered to the same prompt."""

    prompt: str
    base: str
    tuned: str


@dataclass(frozen=True)
class Sampled:
    """What the weights of a step answered to a prompt while the run was training."""

    step: int
    prompt: str
    answer: str
    id: str = ""
    tokens: int | None = None
    seconds: float | None = None
    scheduled: bool = False
    """Whether the recipe asked for it, and not a person."""


@dataclass(frozen=True)
class RunSummary:
    """Everything that a picture of one run shows."""

    id: str
    name: str
    state: State
    attempt: int = 0
    from_step: int = 0
    """After which step this attempt began."""
    created: float | None = None
    seconds: float | None = None
    """Wall time that its workers have lived, over all attempts."""
    phase: Phase | None = None
    step: int = 0
    total_steps: int | None = None
    points: tuple[Point, ...] = ()
    evaluations: tuple[Evaluation, ...] = ()
    checkpoints: tuple[Checkpoint, ...] = ()
    marks: tuple[Mark, ...] = ()
    model: Model | None = None
    data: Data | None = None
    plan: Plan | None = None
    adjusted: tuple[Note, ...] = ()
    warned: tuple[Note, ...] = ()
    error: Mapping[str, object] | None = None
    """As :meth:`ftkernel.errors.FtError.to_json` wrote it; only while the run stands failed."""
    stop_reason: str = ""
    result: str = ""
    detached: bool = False
    recipe: Mapping[str, object] = field(default_factory=dict[str, object])
    """Resolved values by canonical name, as far as they are known."""
    merges: tuple[Merge, ...] = ()
    samples: tuple[Sample, ...] = ()
    sampled: tuple[Sampled, ...] = ()
    smoothed: tuple[float | None, ...] = ()
    """The smoothed loss at each of :attr:`points`."""
    smoothing_span: int = 0
    """The span of the exponential moving average, in steps."""

    @property
    def is_live(self) -> bool:
        """Whether the run is still going on."""
        return self.state in LIVE

    @property
    def last(self) -> Point | None:
        """The last step there is."""
        return self.points[-1] if self.points else None

    @property
    def epoch(self) -> float | None:
        """How far through the rows the run is."""
        return self.last.epoch if self.last else None

    @property
    def eta_seconds(self) -> float | None:
        """How long the worker expects the training to go on, however unsure that is."""
        return self.last.eta_seconds if self.last and self.is_live else None

    @cached_property
    def losses(self) -> tuple[float, ...]:
        """The losses that are known, oldest first."""
        return tuple(point.loss for point in self.points if point.loss is not None)

    @property
    def last_smoothed(self) -> float | None:
        """The smoothed loss at the end."""
        return next((value for value in reversed(self.smoothed) if value is not None), None)

    @property
    def peak_memory(self) -> int | None:
        """The most memory the worker was seen with, in bytes."""
        return max(
            (p.memory_bytes for p in self.points if p.memory_bytes is not None), default=None
        )

    @property
    def tokens_per_second(self) -> float | None:
        """Tokens by the time they took: of the last 50 steps while the run goes on, else of all."""
        known = [p for p in self.points if p.tokens is not None and p.elapsed is not None]
        if not known:
            return None
        tokens, elapsed = cast("int", known[-1].tokens), cast("float", known[-1].elapsed)
        if self.is_live and len(known) > SPEED_STEPS:
            before = known[-1 - SPEED_STEPS]
            tokens -= cast("int", before.tokens)
            elapsed -= cast("float", before.elapsed)
        return tokens / elapsed if elapsed > 0 else None

    @property
    def model_name(self) -> str:
        """The model as the recipe or the worker calls it."""
        given = self.recipe.get("model_name_or_path")
        if isinstance(given, Mapping):
            given = cast("Mapping[str, object]", given).get("base")
        if isinstance(given, str):
            return given
        return self.model.source if self.model else ""
