"""What a training run says: phases with progress, choices and warnings, steps and evaluations.

The one place of this room that makes events of what happens, so that the trainer computes and this
speaks.
"""

# ruff: noqa: ANN401 - models, tokenizers and the Trainer's own signatures are typed loosely

import math
import sys
import time
from collections.abc import Mapping
from typing import Any

from ftkernel.errors import FtError
from ftkernel.models.report import Report
from ftkernel.runs.event_log import EventWriter
from ftkernel.runs.events import (
    Adjusted,
    Evaluated,
    Event,
    Phase,
    PhaseProgressed,
    PhaseStarted,
    StepLogged,
    Warned,
)
from ftkernel.training.control import Control
from ftkernel.training.totals import Totals
from ftkernel.training.trainer_log import TrainerLog

_SECONDS_BETWEEN_PROGRESS = 0.3


class Speaker(Report):
    """Writes the events of one attempt. Progress is thinned out; everything else is said.

    Args:
        events: where to.
        control: is looked at with each progress, so that a stop is heard during long phases too.
    """

    def __init__(self, events: EventWriter, control: Control | None = None) -> None:
        self.control = control
        self._events = events
        self._phase: Phase | None = None
        self._progressed = 0.0
        self._said: set[tuple[str, str]] = set()

    def write(self, event: Event) -> None:
        """Say something that has no method here."""
        self._events.write(event)

    def phase(self, phase: Phase) -> None:
        """A new phase begins, unless it is the present one."""
        if self.control is not None:
            self.control.check()
        if phase != self._phase:
            self._phase = phase
            self._progressed = 0.0
            self.write(PhaseStarted(phase=phase))

    def progress(
        self, phase: Phase, done: int, total: int | None = None, unit: str = "rows"
    ) -> None:
        """Progress in a phase, which begins here if it has not."""
        self.phase(phase)
        now = time.monotonic()
        if now - self._progressed >= _SECONDS_BETWEEN_PROGRESS or done == total:
            self._progressed = now
            self.write(PhaseProgressed(phase=phase, done=done, total=total, unit=unit))

    def adjusted(self, code: str, **params: object) -> None:
        """Something was chosen for the user; the same words are said once."""
        if self._is_new(code, params):
            self.write(Adjusted(code=code, params=params))

    def warned(self, code: str, **params: object) -> None:
        """Something the user should know; the same words are said once."""
        if self._is_new(code, params):
            self.write(Warned(code=code, params=params))

    def _is_new(self, code: str, params: dict[str, object]) -> bool:
        words = (code, repr(sorted(params.items())))
        new = words not in self._said
        self._said.add(words)
        return new


class StepSpeaker:
    """Says steps and evaluations, with what follows from the counters: speed, time left, memory.

    Args:
        speaker: writes the events.
        totals: the run's counters, kept up to date by the trainer.
        log: LLaMA-Factory's log.
    """

    def __init__(self, speaker: Speaker, totals: Totals, log: TrainerLog) -> None:
        self.speaker = speaker
        self.totals = totals
        self._log = log
        self._from = (0, totals.elapsed)
        self._last = (totals.tokens, totals.elapsed)
        self._zero_said = False

    def begin(self, step: int) -> None:
        """Training begins (again) after ``step``."""
        self._from = (step, self.totals.elapsed)
        self._last = (self.totals.tokens, self.totals.elapsed)

    def seconds_left(self, step: int, total: int) -> float | None:
        """Training time left, from the mean of this attempt's steps; ``None`` before its first."""
        first, since = self._from
        if step <= first:
            return None
        return (total - step) * (self.totals.elapsed - since) / (step - first)

    def step(self, state: Any, logs: dict[str, float]) -> None:
        """A step was logged.

        Args:
            state: the Trainer's.
            logs: its figures: ``loss``, ``learning_rate`` and perhaps ``grad_norm``.

        Raises:
            FtError: ``training.loss_not_finite``; going on would destroy the weights.
        """
        loss, norm = logs["loss"], logs.get("grad_norm")
        require_finite(state.global_step, loss, norm, logs["learning_rate"])
        if loss == 0.0 and not self._zero_said:
            self._zero_said = True
            self.speaker.warned("training.loss_zero", step=state.global_step)
        totals = self.totals
        totals.first_loss = loss if totals.first_loss is None else totals.first_loss
        totals.last_loss = loss
        tokens, elapsed = self._last
        self._last = (totals.tokens, totals.elapsed)
        speed = (totals.tokens - tokens) / max(totals.elapsed - elapsed, 1e-9)
        left = self.seconds_left(state.global_step, state.max_steps)
        epoch = float(state.epoch or 0)
        self.speaker.write(
            StepLogged(
                step=state.global_step,
                epoch=epoch,
                loss=loss,
                learning_rate=logs["learning_rate"],
                grad_norm=norm,
                tokens=totals.tokens,
                trained_tokens=totals.trained_tokens,
                tokens_per_second=speed,
                memory_bytes=peak_memory(),
                elapsed=totals.elapsed,
                eta_seconds=left,
            )
        )
        self._log.step(
            step=state.global_step, total=state.max_steps, loss=loss,
            learning_rate=logs["learning_rate"], epoch=epoch, elapsed=totals.elapsed,
            remaining=left, tokens=totals.tokens, tokens_per_second=speed,
        )  # fmt: skip

    def evaluation(
        self,
        state: Any,
        loss: float,
        seconds: float,
        metrics: Mapping[str, float] | None = None,
    ) -> None:
        """The held-out rows were measured; ``metrics`` are further figures, such as of a source."""
        totals = self.totals
        if totals.first_eval_loss is None:
            totals.first_eval_loss = loss
        totals.last_eval_loss = loss
        epoch = float(state.epoch or 0)
        self.speaker.write(
            Evaluated(
                step=state.global_step,
                epoch=epoch,
                loss=loss,
                seconds=seconds,
                metrics=dict(metrics or {}),
            )
        )
        self._log.evaluation(
            step=state.global_step, total=state.max_steps, loss=loss, epoch=epoch,
            elapsed=totals.elapsed, remaining=self.seconds_left(state.global_step, state.max_steps),
        )  # fmt: skip


def require_finite(step: int, loss: float, norm: float | None, learning_rate: float) -> None:
    """Refuse to go on with a loss or a gradient that is no number.

    Raises:
        FtError: ``training.loss_not_finite``.
    """
    if math.isfinite(loss) and (norm is None or math.isfinite(norm)):
        return
    raise FtError(
        "training.loss_not_finite",
        step=step,
        loss=str(loss),
        grad_norm=str(norm),
        learning_rate=learning_rate,
    )


def peak_memory() -> int:
    """The most bytes this process held so far: of the GPU where it uses one, else resident."""
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_available() and torch.cuda.is_initialized():
        return int(torch.cuda.max_memory_allocated())
    return peak_resident()


def peak_resident() -> int:
    """The most bytes of main memory this process held so far."""
    if sys.platform == "win32":
        import psutil

        return int(psutil.Process().memory_info().peak_wset)
    import resource  # POSIX only

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
