"""The trainer of a run: what happens at the end of a step, between two, at the end, and on disk.

How a step is computed stands in :mod:`~ftkernel.training.computing`.
"""

# ruff: noqa: ANN401 - models, tokenizers and the Trainer's own signatures are typed loosely

import time
from collections.abc import Callable
from typing import Any

from transformers import PreTrainedTokenizerBase
from transformers.trainer_callback import TrainerCallback
from trl.trainer.sft_config import SFTConfig

from ftkernel.runs.failpoints import failpoint
from ftkernel.training import changes, rng
from ftkernel.training.computing import ComputingTrainer
from ftkernel.training.desk import Desk, RunRows
from ftkernel.training.speak import peak_memory, require_finite


class RowTrainer(ComputingTrainer):
    """Trains a model on rows of tokens; the arguments are those of the class it builds on."""

    def __init__(
        self,
        model: Any,
        config: SFTConfig,
        tokenizer: PreTrainedTokenizerBase,
        rows: RunRows,
        desk: Desk,
    ) -> None:
        super().__init__(model, config, tokenizer, rows, desk, [_Hooks(self)])
        self._gradient_norm: Any = None
        self._boundary_rng: rng.RandomStates | None = None
        self.when_loaded: Callable[[], None] = lambda: None

    # Steps

    def begin(self) -> None:
        """Training begins, from nothing or from a checkpoint that was just read."""
        changes.take_up(self)
        self.desk.speaker.begin(self.state.global_step)
        self.when_loaded()

    def end_step(self) -> None:
        """An optimizer step is done: count it, and take note of where a stop would go back to."""
        totals, desk = self.desk.totals, self.desk
        tokens, trained = self._step_tokens
        totals.tokens += tokens
        totals.trained_tokens += trained
        totals.elapsed += time.monotonic() - self._step_started
        self._boundary_rng = rng.take()
        failpoint("step.after")
        control, step = self.control, self.state.global_step
        if step < self.state.max_steps:
            changes.carry_out(self)
        if desk.control.wants("save"):
            desk.keeper.reason = "command"
            control.should_save = True
        elif desk.save_minutes and desk.keeper.seconds_since() > 60 * desk.save_minutes:
            desk.keeper.reason = "time"
            control.should_save = True
        if desk.control.wants("evaluate"):
            control.should_evaluate = True
        if step >= self.state.max_steps:
            control.should_log = True

    def _maybe_log_save_evaluate(self, *args: Any, **kwargs: Any) -> None:
        """What the library does after a step, and then what is asked between two."""
        super()._maybe_log_save_evaluate(*args, **kwargs)
        self._sample()
        self.desk.pauses.answer(self.model, self.optimizer, self.state.global_step)

    def _sample(self) -> None:
        step = self.state.global_step
        measured = self.measured_at == step
        self.desk.pauses.sample(
            self.model, self.optimizer, step, self.state.max_steps, measured=measured
        )

    def _clip_grad_norm(self, model: Any) -> Any:
        norm = super()._clip_grad_norm(model)
        self._gradient_norm = norm
        return norm

    def _run_epoch(self, *args: Any, **kwargs: Any) -> None:
        """One pass over the rows, unless the run was at its end when it was interrupted."""
        self._evaluate_what_is_due()
        if self._is_over():
            self.control.should_training_stop = True
            return
        super()._run_epoch(*args, **kwargs)

    def _evaluate_what_is_due(self) -> None:
        """Measure the step whose measurement a stop interrupted, and answer its samples."""
        if self.desk.totals.evaluation_due and self.rows.held_out and self.state.global_step:
            metrics = self._evaluate(None, None)
            self._determine_best_metric(metrics, None)
        if self.desk.totals.samples_due:
            self._sample()

    def _is_over(self) -> bool:
        limit = self.desk.early_stopping_steps
        stopped_early = limit is not None and self.desk.totals.worse_in_a_row >= limit
        return stopped_early or self.state.global_step >= self.state.max_steps

    def _determine_best_metric(self, metrics: dict[str, float], trial: Any) -> bool:
        totals, limit = self.desk.totals, self.desk.early_stopping_steps
        is_best = super()._determine_best_metric(metrics, trial)
        totals.worse_in_a_row = 0 if is_best else totals.worse_in_a_row + 1
        if is_best:
            totals.best_step = self.state.global_step
            if self.desk.keeper.keeps_best:
                self.desk.keeper.reason = "best"
                self.control.should_save = True
        if limit is not None and totals.worse_in_a_row >= limit:
            step = self.state.global_step
            self.desk.speaker.speaker.adjusted("training.stopped_early", step=step, count=limit)
            self.control.should_training_stop = self.control.should_save = True
        return is_best

    def log(self, logs: dict[str, float], start_time: float | None = None) -> None:
        """Say a step, and let the trackers hear what the Trainer logs."""
        if "loss" in logs:
            self.desk.speaker.step(self.state, logs)
        super().log(logs, start_time)
        # The events are the history; this one would grow with each checkpoint.
        self.state.log_history.clear()

    def take_best(self) -> int:
        """At the end: put the best checkpoint's weights into the model, when that was asked for.

        Returns:
            The step whose weights the model now holds.
        """
        self._evaluate_what_is_due()
        best, step = self.desk.totals.best_step, self.state.global_step
        if not self.desk.keeper.keeps_best or best in (0, step):
            return step
        self.desk.keeper.load_weights(self.model, self.desk.keeper.path_of(best))
        self.desk.speaker.speaker.adjusted("training.best_taken", step=best, last=step)
        return best

    def figures(self) -> dict[str, float]:
        """What the finished run comes to; figures that were not measured are left out."""
        totals = self.desk.totals
        found: dict[str, float | None] = {
            "first_loss": totals.first_loss,
            "last_loss": totals.last_loss,
            "first_eval_loss": totals.first_eval_loss,
            "last_eval_loss": totals.last_eval_loss,
            "best_step": totals.best_step or None,
            "steps": self.state.global_step,
            "tokens": totals.tokens,
            "trained_tokens": totals.trained_tokens,
            "seconds": totals.elapsed,
            "tokens_per_second": totals.tokens / totals.elapsed if totals.elapsed else None,
            "peak_memory_bytes": peak_memory(),
        }
        return {name: value for name, value in found.items() if value is not None}

    # Disk

    def _save_checkpoint(self, model: Any, trial: Any) -> None:
        norm = None if self._gradient_norm is None else float(self._gradient_norm)
        pending = float(self._tr_loss)
        require_finite(self.state.global_step, pending, norm, self._get_learning_rate())
        self._sample()
        self.desk.keeper.save(self, self._boundary_rng or rng.take())
        self.desk.control.done("save", step=self.state.global_step)
        self.desk.speaker.speaker.phase("training")

    def save_at_stop(self, reason: str) -> int:
        """Save the last whole step, if it is not saved; a step that was going on is not part of it.

        Returns:
            The step of the run's newest checkpoint, 0 when there is none.
        """
        keeper, step = self.desk.keeper, self.state.global_step
        if step and keeper.last_step != step and self._boundary_rng is not None:
            keeper.reason = "owner_gone" if reason == "owner_gone" else "stop"
            keeper.save(self, self._boundary_rng)
        return keeper.last_step

    def _load_from_checkpoint(self, resume_from_checkpoint: str, model: Any = None) -> None:
        self.desk.keeper.load_weights(self.model, resume_from_checkpoint)

    def _load_optimizer_and_scheduler(self, checkpoint: str | None) -> None:
        if checkpoint is not None:
            self.desk.keeper.load_optimizer(self, checkpoint)

    def _load_scaler(self, checkpoint: str | None) -> None:
        """Read together with the optimizer."""

    def _load_rng_state(self, checkpoint: str | None) -> None:
        if checkpoint is not None:
            self.desk.keeper.load_rng(checkpoint)


class _Hooks(TrainerCallback):
    """Calls the trainer where the loop has no method to override."""

    def __init__(self, trainer: RowTrainer) -> None:
        self.trainer = trainer

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Weights, optimizer and schedule are in place."""
        self.trainer.begin()

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """An optimizer step is done."""
        self.trainer.end_step()
