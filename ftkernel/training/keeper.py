"""Keeps the checkpoints of a run: what goes into one, how many stay, and reading one back.

A checkpoint holds the adapter or the model, the tokenizer, optimizer, schedule, scaler and random
states, the Trainer's state and our totals. When to save is the trainer's business.
"""

# ruff: noqa: ANN401 - models, tokenizers and the Trainer's own signatures are typed loosely

import time
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from transformers import PreTrainedModel

from ftkernel.errors import FtError
from ftkernel.runs.events import CheckpointDeleted, CheckpointSaved, SaveReason
from ftkernel.runs.folder import Checkpoint, RunFolder, checkpoint_name
from ftkernel.training import rng
from ftkernel.training.checkpoints import (
    WritePart,
    delete_checkpoint,
    load_state,
    save_state,
    write_checkpoint,
)
from ftkernel.training.speak import Speaker
from ftkernel.training.totals import Totals

_OPTIMIZER, _SCHEDULER, _SCALER, _RNG = "optimizer.pt", "scheduler.pt", "scaler.pt", "rng_state.pt"
_STATE = "trainer_state.json"
_ADAPTER = "adapter_model.safetensors"


class Keeper:
    """Writes and reads the checkpoints of one run.

    Args:
        folder: the run.
        speaker: says what was saved and removed.
        totals: are saved along.
        limit: how many to keep; ``None`` for all.
        keeps_best: whether the best one is among those kept.
        only_model: leave out what a resume needs.
        usual_reason: why a checkpoint is saved when nothing else was said.
    """

    def __init__(
        self,
        folder: RunFolder,
        speaker: Speaker,
        totals: Totals,
        *,
        limit: int | None = None,
        keeps_best: bool = False,
        only_model: bool = False,
        usual_reason: SaveReason = "steps",
    ) -> None:
        self.folder = folder
        self.keeps_best = keeps_best
        self.reason: SaveReason | None = None
        self.last_step = 0
        self._speaker = speaker
        self._totals = totals
        self._limit = limit
        self._only_model = only_model
        self._usual_reason: SaveReason = usual_reason
        self._saved_at = time.monotonic()

    def seconds_since(self) -> float:
        """Seconds since the last checkpoint, or since the start."""
        return time.monotonic() - self._saved_at

    def save(self, trainer: Any, random_states: rng.RandomStates) -> None:
        """Write the checkpoint of the trainer's step, say so, and remove what is too many.

        Raises:
            FtError: if the disk is full, or the folder is gone or read-only.
        """
        step = trainer.state.global_step
        reason = self.reason or ("end" if step >= trainer.state.max_steps else self._usual_reason)
        self.reason = None
        if self._speaker.control is None or reason not in ("stop", "owner_gone"):
            self._speaker.phase("saving")
        written = write_checkpoint(self.folder, step, self._parts(trainer, random_states))
        self.last_step = step
        self._saved_at = time.monotonic()
        self._speaker.write(
            CheckpointSaved(
                step=step,
                path=self._relative(written.checkpoint),
                reason=reason,
                bytes=written.size,
                seconds=written.seconds,
                best=self.keeps_best and self._totals.best_step == step,
            )
        )
        self._drop_old()

    def _parts(self, trainer: Any, random_states: rng.RandomStates) -> list[WritePart]:
        def states(folder: Path) -> None:
            save_state(folder / _SCHEDULER, trainer.lr_scheduler.state_dict())
            if (scaler := getattr(trainer.accelerator, "scaler", None)) is not None:
                save_state(folder / _SCALER, scaler.state_dict())
            save_state(folder / _RNG, random_states)

        def progress(folder: Path) -> None:
            trainer.state.save_to_json(str(folder / _STATE))
            self._totals.save(folder)

        parts: list[WritePart] = [
            lambda folder: write_model(trainer.model, folder),
            lambda folder: write_tokenizer(trainer.processing_class, folder),
        ]
        if not self._only_model:
            parts.append(
                lambda folder: save_state(folder / _OPTIMIZER, trainer.optimizer.state_dict())
            )
            parts.append(states)
        return [*parts, progress]

    def _drop_old(self) -> None:
        """Remove the oldest above the limit; the newest stays, and the best when asked."""
        if self._limit is None:
            return
        found = self.folder.all_checkpoints()
        best = self._totals.best_step if self.keeps_best else 0
        removable = [one for one in found if one.step not in (best, self.last_step)]
        for checkpoint in removable[: max(0, len(found) - self._limit)]:
            delete_checkpoint(self.folder, checkpoint)
            self._speaker.write(
                CheckpointDeleted(step=checkpoint.step, path=self._relative(checkpoint))
            )

    def path_of(self, step: int) -> Path:
        """Where the checkpoint of a step lies."""
        return self.folder.checkpoints_folder / checkpoint_name(step)

    def _relative(self, checkpoint: Checkpoint) -> str:
        return checkpoint.path.relative_to(self.folder.path).as_posix()

    def load_weights(self, model: Any, path: str | Path) -> None:
        """Put the weights of a checkpoint into a model that has the same shape.

        Raises:
            FtError: ``training.checkpoint_misfit``.
        """
        folder = Path(path)
        if (folder / _ADAPTER).is_file():
            from peft import set_peft_model_state_dict

            found = set_peft_model_state_dict(model, load_file(folder / _ADAPTER))
            strange = list(found.unexpected_keys)
        else:
            strange = _load_full(model, folder)
        if strange:
            raise FtError("training.checkpoint_misfit", name=folder.name, first=strange[0])

    def load_optimizer(self, trainer: Any, path: str | Path) -> None:
        """Put optimizer, schedule and scaler where a checkpoint left them.

        Raises:
            FtError: ``training.state_refused``.
        """
        folder = Path(path)
        trainer.optimizer.load_state_dict(load_state(folder / _OPTIMIZER))
        trainer.lr_scheduler.load_state_dict(load_state(folder / _SCHEDULER))
        scaler = getattr(trainer.accelerator, "scaler", None)
        if scaler is not None and (folder / _SCALER).is_file():
            scaler.load_state_dict(load_state(folder / _SCALER))

    def load_rng(self, path: str | Path) -> None:
        """Put the random states where a checkpoint left them.

        Raises:
            FtError: ``training.state_refused``.
        """
        rng.restore(load_state(Path(path) / _RNG))


def write_model(model: Any, folder: Path) -> None:
    """Write the adapter, or the whole model, in the layout of PEFT or transformers."""
    model.save_pretrained(folder)
    (folder / "README.md").unlink(missing_ok=True)  # PEFT's template of a card, which says nothing


def write_tokenizer(tokenizer: Any, folder: Path) -> None:
    """Write the tokenizer with its chat template."""
    tokenizer.save_pretrained(folder)


def _load_full(model: PreTrainedModel, folder: Path) -> list[str]:
    """Load all shards; return names the model does not know. Tied weights are saved once."""
    known, strange = dict(model.state_dict()), []
    with torch.no_grad():
        for shard in sorted(folder.glob("model*.safetensors")):
            for name, value in load_file(shard).items():
                if name in known and known[name].shape == value.shape:
                    known[name].copy_(value)
                else:
                    strange.append(name)
    return strange
