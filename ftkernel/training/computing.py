"""TRL's ``SFTTrainer`` on ready tokens, with our order, loss and evaluation; steps are above it.

TRL and transformers run the loop, the optimizer, the schedule and clipping. Replaced are: the data
set passes (rows come ready), the order of rows, the head (:mod:`~ftkernel.training.loss`), the
evaluation (the mean over all learned tokens, not over batches), and everything that prints or
reports.
"""

# ruff: noqa: ANN401 - models, tokenizers and the Trainer's own signatures are typed loosely

import time
import warnings
from collections.abc import Iterator
from typing import Any, cast

import torch
from datasets import Dataset
from transformers import PreTrainedModel, PreTrainedTokenizerBase
from transformers.trainer_callback import PrinterCallback, ProgressCallback, TrainerCallback
from trl.trainer.sft_config import SFTConfig
from trl.trainer.sft_trainer import SFTTrainer

from ftkernel.runs.failpoints import failpoint
from ftkernel.training.batches import (
    BESIDE,
    Batch,
    Collator,
    TrainLoader,
    count_trained,
    eval_batches,
    weigh_trained,
)
from ftkernel.training.desk import Desk, RunRows
from ftkernel.training.loss import LabelLoss


class ComputingTrainer(SFTTrainer):
    """Computes losses on rows of tokens.

    Args:
        model: with its adapter, if it has one.
        config: see :mod:`ftkernel.training.arguments`.
        tokenizer: is saved with each checkpoint and pads the batches.
        rows: what is learned and measured.
        desk: the collaborators.
        callbacks: hear of the loop.
    """

    loss_is_scaled_for_ga = True

    def __init__(
        self,
        model: Any,
        config: SFTConfig,
        tokenizer: PreTrainedTokenizerBase,
        rows: RunRows,
        desk: Desk,
        callbacks: list[TrainerCallback],
    ) -> None:
        self.rows = rows
        self.desk = desk
        flash = str(getattr(model.config, "_attn_implementation", "")).startswith("flash")
        self.collator = Collator(
            cast("int", tokenizer.pad_token_id), flat=flash, learns_padding=rows.learns_padding
        )
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
                callbacks=callbacks,
            )
        if keeps_cache is not None:  # the Trainer turns it off, and it would be saved that way
            model.config.use_cache = keeps_cache
        self.remove_callback(PrinterCallback)
        self.remove_callback(ProgressCallback)
        self._label_loss = self._choose_loss()
        self._weighing = LabelLoss(self._inner(), smoothing=config.label_smoothing_factor)
        self.measured_at = -1
        self._step_tokens = (0, 0)
        self._step_started = 0.0

    def _choose_loss(self) -> LabelLoss | None:
        """Our loss, or ``None`` for TRL's.

        On CUDA its fused kernel is the better one; mixtures of experts have a second loss that it
        knows.
        """
        args = cast("SFTConfig", self.args)
        loss = LabelLoss(self._inner(), smoothing=args.label_smoothing_factor)
        fused_is_better = args.device.type == "cuda" and not args.label_smoothing_factor
        return None if self.aux_loss_enabled or fused_is_better or not loss.fits else loss

    def _inner(self) -> PreTrainedModel:
        """The model without its adapter's wrapper."""
        model: Any = self.model
        inner = model.get_base_model() if hasattr(model, "get_base_model") else model
        return cast("PreTrainedModel", inner)

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
        self._step_tokens = (sum(int(batch["tokens"]) for batch in batches), trained)
        items = sum(weigh_trained(batch) for batch in batches)
        return batches, torch.tensor(items or 1, device=device)

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
        loss = self._label_loss or (self._weighing if "label_weights" in inputs else None)
        if loss is None or return_outputs:
            plain = {name: value for name, value in inputs.items() if name not in BESIDE}
            return super().compute_loss(model, plain, return_outputs, num_items_in_batch)
        items = weigh_trained(inputs) if num_items_in_batch is None else num_items_in_batch
        with self.accelerator.autocast():
            return loss(model, inputs) / items

    def evaluate(
        self,
        eval_dataset: Any = None,
        ignore_keys: list[str] | None = None,
        metric_key_prefix: str = "eval",
    ) -> dict[str, float]:
        """Measure the held-out rows: the mean loss over all their learned tokens."""
        speaker = self.desk.speaker.speaker
        started = time.monotonic()
        self.measured_at = self.state.global_step
        self.desk.totals.evaluation_due = True
        self._set_training(False)
        speaker.phase("evaluating")
        loss, others = self._held_out_losses()
        self._set_training(True)
        self.desk.totals.evaluation_due = False
        seconds = time.monotonic() - started
        metrics = {
            f"{metric_key_prefix}_loss": loss,
            f"{metric_key_prefix}_runtime": seconds,
            f"{metric_key_prefix}_samples_per_second": len(self.rows.held_out) / seconds,
        }
        metrics |= {f"{metric_key_prefix}_{name}": value for name, value in others.items()}
        self.desk.speaker.evaluation(self.state, loss, seconds, others)
        self.log(dict(metrics))
        self.control = self.callback_handler.on_evaluate(
            self.args, self.state, self.control, cast("Any", metrics)
        )
        self.desk.control.done("evaluate", loss=loss, step=self.state.global_step)
        speaker.phase("training")
        return metrics

    def _held_out_losses(self) -> tuple[float, dict[str, float]]:
        """The loss over all held-out rows, and over each source that is measured by itself."""
        rows = self.rows.held_out
        named: dict[str, Any] = dict(getattr(rows, "parts", None) or {})
        sums: dict[str, tuple[float, float]] = {}
        done = 0
        for name, part in (named or {"": rows}).items():
            sums[name] = self._loss_sum(part, done)
            done += len(part)
        loss = sum(total for total, _ in sums.values()) / (sum(t for _, t in sums.values()) or 1)
        each = {f"{name}_loss": total / (tokens or 1) for name, (total, tokens) in sums.items()}
        return loss, each if named else {}

    def _loss_sum(self, rows: Any, before: int) -> tuple[float, float]:
        """The sum of the losses of some held-out rows, and what it is to be divided by."""
        size, count = self.args.per_device_eval_batch_size, len(self.rows.held_out)
        total, tokens, done = 0.0, 0.0, before
        whole_sum = torch.tensor(1, device=self.args.device)
        for batch in eval_batches(rows, size, self.collator):
            self.desk.speaker.speaker.progress("evaluating", done, count)
            with torch.no_grad():
                inputs = cast("Batch", self._prepare_inputs(cast("Any", batch)))
                total += float(self.compute_loss(self.model, inputs, False, whole_sum))
            tokens += weigh_trained(batch)
            done = min(count, done + size)
            if 2 * done >= count:
                failpoint("evaluate.middle")
        return total, tokens

    def _set_training(self, training: bool) -> None:
        cast("PreTrainedModel", self.model).train(training)
        # Schedule-free optimizers hold two sets of weights and must be told which one to show.
        switch = getattr(self.optimizer, "train" if training else "eval", None)
        if callable(switch):
            switch()

    def floating_point_ops(self, inputs: Any) -> int:
        """Not counted: it walks over all parameters at every batch."""
        return 0

    # Silence

    def create_model_card(self, *args: Any, **kwargs: Any) -> None:
        """Not written: the merge writes one that knows the run."""

    def _send_telemetry(self) -> None:
        """Nothing is sent to anybody."""
