"""A run in this process: the tiny model, random rows, real trainer, real folder. No worker."""

import dataclasses
import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ftkernel.recipe.recipe import Recipe
from ftkernel.runs.commands import CommandInbox
from ftkernel.runs.event_log import EventWriter, read_events
from ftkernel.runs.folder import Checkpoint, RunFolder


@dataclass
class Row:
    input_ids: list[int]
    labels: list[int]


@dataclass
class Stop:
    reason: Any = None


def random_rows(count: int, *, seed: int = 0, vocab: int = 300, longest: int = 40) -> list[Row]:
    """Rows whose first third is prompt."""
    rng = random.Random(seed)
    rows = []
    for _ in range(count):
        length = rng.randint(6, longest)
        tokens = [rng.randrange(4, vocab) for _ in range(length)]
        prompt = length // 3
        rows.append(Row(tokens, [-100] * prompt + tokens[prompt:]))
    return rows


def make_recipe(**keys: Any) -> Recipe:
    base = {
        "model_name_or_path": "tiny",
        "dataset": "rows.jsonl",
        "max_steps": 4,
        "learning_rate": 1e-2,
        "save_minutes": 0,
        "report_to": "none",
        "use_cpu": True,
    }
    return Recipe.from_mapping({**base, **keys})


@dataclass
class SmallRun:
    """One attempt at a time of a run, in this process."""

    folder: RunFolder
    model_folder: Path
    recipe: Recipe
    rows: list[Row]
    held_out: list[Row] = field(default_factory=list)
    micro_batch: int = 2
    accumulation: int = 2
    recomputes: bool = False
    attempt: int = 0
    stop: Stop = field(default_factory=Stop)
    trainer: Any = None

    def build(self, *, checkpoint: Checkpoint | None = None) -> Any:
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer, set_seed

        from ftkernel.models.adapters import attach
        from ftkernel.models.precision import choose_precision
        from ftkernel.training.assemble import make_trainer
        from ftkernel.training.control import Control
        from ftkernel.training.decided import Decided
        from ftkernel.training.speak import Speaker
        from ftkernel.training.totals import Totals
        from ftkernel.worker.live_answers import LiveAnswers

        self.attempt += 1
        self.stop.reason = None
        events = EventWriter(self.folder, self.attempt)
        control = Control(
            self.stop,
            CommandInbox(self.folder, self.attempt),
            events,
            can_evaluate=bool(self.held_out),
        )
        precision = choose_precision(self.recipe)
        set_seed(self.recipe["seed"])
        half = self.recipe["bf16"] and self.recipe["finetuning_type"] == "lora"
        dtype = torch.bfloat16 if half else torch.float32
        model = AutoModelForCausalLM.from_pretrained(self.model_folder, dtype=dtype)
        if self.recipe["finetuning_type"] == "lora":
            model = attach(model, self.recipe)
        totals = Totals.load(checkpoint.path) if checkpoint else Totals()
        tokenizer = AutoTokenizer.from_pretrained(self.model_folder)
        speaker = Speaker(events, control)
        self.trainer = make_trainer(
            model,
            tokenizer,
            self.rows,
            self.held_out,
            recipe=self.recipe,
            folder=self.folder,
            precision=precision,
            decided=Decided(self.micro_batch, self.accumulation, self.recomputes),
            speaker=speaker,
            control=control,
            totals=totals,
            from_step=checkpoint.step if checkpoint else 0,
            answers=LiveAnswers(model, tokenizer, self.recipe, self.folder, speaker.warned),
        )
        return self.trainer

    def train(self, *, resume: bool = False, stop_at_forward: int | None = None) -> Any:
        """Train to the end or to the stop; return the trainer.

        ``stop_at_forward``: the wish to stop comes while so many forward passes were made.
        """
        from ftkernel.training.control import Stopped

        checkpoint = self.folder.latest_checkpoint() if resume else None
        trainer = self.build(checkpoint=checkpoint)
        passes = 0

        def count(*_: Any) -> None:
            nonlocal passes
            passes += 1
            if passes == stop_at_forward:
                self.stop.reason = "command"

        trainer.model.register_forward_hook(count)
        try:
            trainer.train(resume_from_checkpoint=str(checkpoint.path) if checkpoint else None)
            trainer.take_best()
        except Stopped as stopped:
            trainer.save_at_stop(stopped.reason)
        return trainer

    def weights(self) -> dict[str, Any]:
        return {
            n: p.detach().clone()
            for n, p in self.trainer.model.named_parameters()
            if p.requires_grad
        }

    def events(self, kind: str | None = None) -> list[dict[str, Any]]:
        found = read_events(self.folder.events)
        return [one for one in found if kind in (None, one["kind"])]

    def losses(self) -> dict[int, float]:
        """Loss by step; of a repeated step the last one."""
        return {one["step"]: one["loss"] for one in self.events("step_logged")}


SHAPE = ("micro_batch", "accumulation", "recomputes")


def small_run(
    root: Path, model_folder: Path, *, rows: int = 12, held_out: int = 0, **keys: Any
) -> SmallRun:
    shape = {name: keys.pop(name) for name in SHAPE if name in keys}
    if held_out:
        keys.setdefault("eval_dataset", "held_out.jsonl")
    recipe = make_recipe(**keys)
    folder = RunFolder.create(root, "run", recipe)
    return SmallRun(
        folder=folder,
        model_folder=model_folder,
        recipe=recipe,
        rows=random_rows(rows),
        held_out=random_rows(held_out, seed=99),
        **shape,
    )


def again(run: SmallRun, root: Path) -> SmallRun:
    """The same run from the beginning in another folder."""
    folder = RunFolder.create(root, "again", run.recipe)
    return dataclasses.replace(run, folder=folder, attempt=0, stop=Stop(), trainer=None)
