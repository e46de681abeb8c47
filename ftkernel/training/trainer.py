"""TRL's ``SFTTrainer`` on ready tokens, with our order, loss, evaluation and checkpoints.

TRL and transformers run the loop, the optimizer, the schedule and clipping. Replaced are: the data
set passes (rows come ready), the order of rows, the head (:mod:`~ftkernel.training.loss`), the
evaluation (the mean over all learned tokens, not over batches), what is written to disk, and
everything that prints or reports.
"""

# ruff: noqa: ANN401 - models, tokenizers and the Trainer's own signatures are typed loosely

import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

import torch
from datasets import Dataset
from transformers import PreTrainedModel, PreTrainedTokenizerBase
from transformers.trainer_callback import PrinterCallback, ProgressCallback, TrainerCallback
from trl.trainer.sft_config import SFTConfig
from trl.trainer.sft_trainer import SFTTrainer

from ftkernel.runs.failpoints import failpoint
from ftkernel.training import rng
from ftkernel.training.batches import (
    Batch,
    Collator,
    TrainLoader,
    count_trained,
    eval_batches,
)
from ftkernel.training.control import Control
from ftkernel.training.keeper import Keeper
from ftkernel.training.loss import LabelLoss
from ftkernel.training.order import Order
from ftkernel.training.speak import StepSpeaker, peak_memory, require_finite
from ftkernel.training.token_row import TokenRow
from ftkernel.training.totals import Totals


@dataclass(frozen=True)
class RunRows:
    """The rows of a run and their order.

    Attributes:
        train: rows to learn.
        held_out: rows to measure on; may be empty.
        order: of ``train``.
    """

    train: Sequence[TokenRow]
    held_out: Sequence[TokenRow]
    order: Order


@dataclass(frozen=True)
class Desk:
    """Whom the trainer talks to, and what it is to watch for."""

    speaker: StepSpeaker
    control: Control
    keeper: Keeper
    totals: Totals
    save_minutes: float = 0.0
    early_stopping_steps: int | None = None


class RowTrainer(SFTTrainer):
    """Trains a model on rows of tokens.

    Args:
        model: with its adapter, if it has one.
        config: see :mod:`ftkernel.training.arguments`.
        tokenizer: is saved with each checkpoint and pads the batches.
        rows: what is learned and measured.
        desk: the collaborators.
    """

    loss_is_scaled_for_ga = True

    def __init__(
        self,
        model: Any,
        config: SFTConfig,
        tokenizer: PreTrainedTokenizerBase,
        rows: RunRows,
        desk: Desk,
    ) -> None:
        self.rows = rows
        self.desk = desk
        self.collator = Collator(cast("int", tokenizer.pad_token_id))
        # SFTTrainer takes only a `datasets.Dataset`; the true rows stay as they are.
        stand_in = Dataset.from_dict({"input_ids": [[0]], "labels": [[0]]})
        keeps_cache = getattr(model.config, "use_cache", None)
        with warnings.catch_warnings():
            # It speaks of TRL's own loss; ours smooths in the same pass.
            warnings.filterwarnings("ignore", "`label_smoothing_factor` is deprecated")
            super().__init__(
                model=model,
                args=config,
                data_collator=cast("Any", self.collator),
                train_dataset=stand_in,
                eval_dataset=stand_in if rows.held_out else None,
                processing_class=tokenizer,
                callbacks=[_Hooks(self)],
            )
        if keeps_cache is not None:  # the Trainer turns it off, and it would be saved that way
            model.config.use_cache = keeps_cache
        self.remove_callback(PrinterCallback)
        self.remove_callback(ProgressCallback)
        self._label_loss = self._choose_loss()
        self._step_tokens = (0, 0)
        self._step_started = 0.0
        self._gradient_norm: Any = None
        self._boundary_rng: rng.RandomStates | None = None
        self.when_loaded: Callable[[], None] = lambda: None

    def _choose_loss(self) -> LabelLoss | None:
        """Our loss, or ``None`` for TRL's.

        On CUDA its fused kernel is the better one; mixtures of experts have a second loss that it
        knows.
        """
        args = cast("SFTConfig", self.args)
        model: Any = self.model
        inner = model.get_base_model() if hasattr(model, "get_base_model") else model
        loss = LabelLoss(cast("PreTrainedModel", inner), smoothing=args.label_smoothing_factor)
        fused_is_better = args.device.type == "cuda" and not args.label_smoothing_factor
        return None if self.aux_loss_enabled or fused_is_better or not loss.fits else loss

    # Data

    def get_train_dataloader(self) -> Any:
        """The micro-batches in our order."""
        args = self.args
        return TrainLoader(
            self.rows.train,
            self.rows.order,
            self.collator,
            workers=args.dataloader_num_workers,
            pin_memory=args.dataloader_pin_memory and args.device.type == "cuda",
        )

    def get_batch_samples(
        self, epoch_iterator: Iterator[Batch], num_batches: int, device: torch.device
    ) -> tuple[list[Batch], torch.Tensor | int | None]:
        """The micro-batches of one step, and how many tokens are learned in it."""
        self._step_started = time.monotonic()
        batches = [batch for _, batch in zip(range(num_batches), epoch_iterator, strict=False)]
        trained = sum(count_trained(batch) for batch in batches)
        self._step_tokens = (sum(int(b["attention_mask"].sum()) for b in batches), trained)
        return batches, torch.tensor(max(trained, 1), device=device)

    # Computing

    def training_step(self, *args: Any, **kwargs: Any) -> torch.Tensor:
        """One micro-batch, unless the run is to stop."""
        self.desk.control.check()
        return super().training_step(*args, **kwargs)

    def compute_loss(
        self,
        model: Any,
        inputs: Batch,
        return_outputs: bool = False,
        num_items_in_batch: torch.Tensor | int | None = None,
    ) -> Any:
        """The cross-entropy over learned tokens, divided by those of the whole step."""
        if self._label_loss is None or return_outputs:
            return super().compute_loss(model, inputs, return_outputs, num_items_in_batch)
        items = count_trained(inputs) if num_items_in_batch is None else num_items_in_batch
        with self.accelerator.autocast():
            return self._label_loss(model, inputs) / items

    def evaluate(
        self,
        eval_dataset: Any = None,
        ignore_keys: list[str] | None = None,
        metric_key_prefix: str = "eval",
    ) -> dict[str, float]:
        """Measure the held-out rows: the mean loss over all their learned tokens."""
        speaker = self.desk.speaker.speaker
        started = time.monotonic()
        self.desk.totals.evaluation_due = True
        self._set_training(False)
        speaker.phase("evaluating")
        loss = self._held_out_loss()
        self._set_training(True)
        self.desk.totals.evaluation_due = False
        seconds = time.monotonic() - started
        metrics = {
            f"{metric_key_prefix}_loss": loss,
            f"{metric_key_prefix}_runtime": seconds,
            f"{metric_key_prefix}_samples_per_second": len(self.rows.held_out) / seconds,
        }
        self.desk.speaker.evaluation(self.state, loss, seconds)
        self.log(dict(metrics))
        self.control = self.callback_handler.on_evaluate(
            self.args, self.state, self.control, cast("Any", metrics)
        )
        self.desk.control.done("evaluate", loss=loss, step=self.state.global_step)
        speaker.phase("training")
        return metrics

    def _held_out_loss(self) -> float:
        rows, size = self.rows.held_out, self.args.per_device_eval_batch_size
        total, tokens, done = 0.0, 0, 0
        whole_sum = torch.tensor(1, device=self.args.device)
        for batch in eval_batches(rows, size, self.collator):
            self.desk.speaker.speaker.progress("evaluating", done, len(rows))
            with torch.no_grad():
                inputs = cast("Batch", self._prepare_inputs(cast("Any", batch)))
                total += float(self.compute_loss(self.model, inputs, False, whole_sum))
            tokens += count_trained(batch)
            done += len(batch["input_ids"])
            if 2 * done >= len(rows):
                failpoint("evaluate.middle")
        return total / max(tokens, 1)

    def _set_training(self, training: bool) -> None:
        cast("PreTrainedModel", self.model).train(training)
        # Schedule-free optimizers hold two sets of weights and must be told which one to show.
        switch = getattr(self.optimizer, "train" if training else "eval", None)
        if callable(switch):
            switch()

    def floating_point_ops(self, inputs: Any) -> int:
        """Not counted: it walks over all parameters at every batch."""
        return 0

    # Steps

    def begin(self) -> None:
        """Training begins, from nothing or from a checkpoint that was just read."""
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
        """Measure the step whose measurement a stop interrupted."""
        if self.desk.totals.evaluation_due and self.rows.held_out and self.state.global_step:
            metrics = self._evaluate(None, None)
            self._determine_best_metric(metrics, None)

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

    # Silence

    def create_model_card(self, *args: Any, **kwargs: Any) -> None:
        """Not written: the merge writes one that knows the run."""

    def _send_telemetry(self) -> None:
        """Nothing is sent to anybody."""


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
