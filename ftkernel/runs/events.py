"""The events of a run: what a worker says to the world, one JSON object a line in ``events.jsonl``.

One process writes (the worker that holds the run's lock); anybody reads. Every line carries ``seq``
(counts up by one over the whole file, across attempts), ``t`` (seconds since the epoch),
``attempt`` (from 1) and ``kind``. Writers know every kind; readers ignore the kinds they do not
know, so that old views read new runs. Each kind is a frozen dataclass here, and
:func:`event_schema` exports them all.
"""

from dataclasses import asdict, dataclass, field
from typing import ClassVar, Literal

Phase = Literal[
    "starting", "checking", "loading_model", "converting_model", "reading_data", "tokenizing",
    "preparing", "training", "evaluating", "saving", "answering", "merging", "verifying",
    "finishing",
]  # fmt: skip

SaveReason = Literal["steps", "time", "epoch", "stop", "command", "end", "best", "owner_gone"]
StopReason = Literal["command", "owner_gone", "signal"]


@dataclass(frozen=True, kw_only=True)
class Event:
    """What all events share; ``KIND`` names the event on the wire."""

    KIND: ClassVar[str] = ""

    def payload(self) -> dict[str, object]:
        """The fields of this event as JSON types, without the envelope."""
        return asdict(self)


@dataclass(frozen=True, kw_only=True)
class AttemptStarted(Event):
    """A worker took the run: the first event of each attempt."""

    KIND: ClassVar[str] = "attempt_started"
    run_id: str
    host: str
    pid: int
    python: str
    versions: dict[str, str]
    device: str = "cpu"
    threads: int = 1
    detached: bool = False


@dataclass(frozen=True, kw_only=True)
class RunResumed(Event):
    """This attempt goes on from a checkpoint; readers drop what came after ``from_step``."""

    KIND: ClassVar[str] = "run_resumed"
    from_step: int
    checkpoint: str


@dataclass(frozen=True, kw_only=True)
class PhaseStarted(Event):
    """A new phase of work began; the previous one has ended."""

    KIND: ClassVar[str] = "phase_started"
    phase: Phase


@dataclass(frozen=True, kw_only=True)
class PhaseProgressed(Event):
    """Progress in a phase: ``done`` of ``total`` (``None``: unknown), in ``unit`` (rows …)."""

    KIND: ClassVar[str] = "phase_progressed"
    phase: Phase
    done: int
    total: int | None = None
    unit: str = "rows"


@dataclass(frozen=True, kw_only=True)
class Adjusted(Event):
    """Something was chosen or changed for the user; shown once. ``code`` names the text."""

    KIND: ClassVar[str] = "adjusted"
    code: str
    params: dict[str, object] = field(default_factory=dict[str, object])


@dataclass(frozen=True, kw_only=True)
class Warned(Event):
    """Something the user should know; shown once. ``code`` names the text."""

    KIND: ClassVar[str] = "warned"
    code: str
    params: dict[str, object] = field(default_factory=dict[str, object])


@dataclass(frozen=True, kw_only=True)
class DataPrepared(Event):
    """What became of the rows; ``refused`` and ``cut`` count them, ``refusals`` says why."""

    KIND: ClassVar[str] = "data_prepared"
    form: str
    rows: int
    train_rows: int
    eval_rows: int
    tokens: int
    trained_tokens: int
    longest: int
    cut: int = 0
    refused: int = 0
    refusals: list[dict[str, object]] = field(default_factory=list[dict[str, object]])
    """Each: ``code`` (text), ``params``, ``count``, ``first`` (file and line)."""


@dataclass(frozen=True, kw_only=True)
class ModelLoaded(Event):
    """The model stands ready; counts are of scalar parameters."""

    KIND: ClassVar[str] = "model_loaded"
    source: str
    architecture: str
    parameters: int
    trainable: int
    percent: float
    dtype: str
    device: str


@dataclass(frozen=True, kw_only=True)
class PlanMade(Event):
    """What the run will do: optimizer steps, batches, and what it should take."""

    KIND: ClassVar[str] = "plan_made"
    total_steps: int
    epochs: float
    micro_batch: int
    accumulation: int
    tokens_per_epoch: int
    memory_bytes: int
    memory_available: int
    seconds: float | None = None


@dataclass(frozen=True, kw_only=True)
class StepLogged(Event):
    """One optimizer step.

    Tokens count from the beginning of the run; ``memory_bytes`` is resident or device memory at its
    peak; ``elapsed`` and ``eta_seconds`` count training time only, over attempts.
    """

    KIND: ClassVar[str] = "step_logged"
    step: int
    epoch: float
    loss: float | None
    learning_rate: float
    grad_norm: float | None
    tokens: int
    trained_tokens: int
    tokens_per_second: float
    memory_bytes: int
    elapsed: float
    eta_seconds: float | None


@dataclass(frozen=True, kw_only=True)
class Evaluated(Event):
    """The held-out rows were scored at a step; ``loss`` is the mean over trained tokens."""

    KIND: ClassVar[str] = "evaluated"
    step: int
    epoch: float
    loss: float | None
    seconds: float
    metrics: dict[str, float] = field(default_factory=dict[str, float])


@dataclass(frozen=True, kw_only=True)
class Sampled(Event):
    """A prompt was answered from the weights of a step; at most 128 tokens, drawn from ``seed``.

    ``scheduled`` tells the recipe's ``sample_prompts`` from a prompt that somebody sent. ``id`` is
    the command's, or the place of the prompt in the recipe. Very long texts are ``cut``.
    """

    KIND: ClassVar[str] = "sampled"
    step: int
    id: str
    prompt: str
    answer: str
    tokens: int
    seconds: float
    seed: int
    scheduled: bool
    finish: str = "stop"
    cut: bool = False


@dataclass(frozen=True, kw_only=True)
class CheckpointSaved(Event):
    """A checkpoint stands complete under ``path`` (relative to the run folder)."""

    KIND: ClassVar[str] = "checkpoint_saved"
    step: int
    path: str
    reason: SaveReason
    bytes: int
    seconds: float
    best: bool = False


@dataclass(frozen=True, kw_only=True)
class CheckpointDeleted(Event):
    """A checkpoint was removed, because of ``save_total_limit``."""

    KIND: ClassVar[str] = "checkpoint_deleted"
    step: int
    path: str


@dataclass(frozen=True, kw_only=True)
class CommandAnswered(Event):
    """A command file was read: done, or refused with a code and parameters."""

    KIND: ClassVar[str] = "command_answered"
    id: str
    command: str
    ok: bool
    code: str = ""
    params: dict[str, object] = field(default_factory=dict[str, object])


@dataclass(frozen=True, kw_only=True)
class RunFinished(Event):
    """The run came to its planned end; ``result`` is the adapter's or model's folder, relative."""

    KIND: ClassVar[str] = "run_finished"
    step: int
    result: str
    figures: dict[str, float] = field(default_factory=dict[str, float])


@dataclass(frozen=True, kw_only=True)
class RunStopped(Event):
    """The run was ended early; it can be resumed from ``checkpoint`` (``None``: the beginning)."""

    KIND: ClassVar[str] = "run_stopped"
    step: int
    reason: StopReason
    checkpoint: str | None


@dataclass(frozen=True, kw_only=True)
class RunFailed(Event):
    """The run ended with an error; ``error`` is :meth:`ftkernel.errors.FtError.to_json`."""

    KIND: ClassVar[str] = "run_failed"
    error: dict[str, object]
    step: int | None = None


@dataclass(frozen=True, kw_only=True)
class MergeVerified(Event):
    """A merge was compared with base and adapter on real prompts (``kl`` in nats per token)."""

    KIND: ClassVar[str] = "merge_verified"
    path: str
    dtype: str
    kl: float
    kl_bound: float
    largest_logit_difference: float
    token_agreement: float
    prompts: int
    tokens: int


EVENTS: tuple[type[Event], ...] = (
    AttemptStarted, RunResumed, PhaseStarted, PhaseProgressed, Adjusted, Warned, DataPrepared,
    ModelLoaded, PlanMade, StepLogged, Evaluated, Sampled, CheckpointSaved, CheckpointDeleted,
    CommandAnswered, RunFinished, RunStopped, RunFailed, MergeVerified,
)  # fmt: skip
"""Every kind there is; the schema and the tests go over this list."""
