"""Real training workers on the tiny model: a small run, started, killed and resumed."""

import json
from pathlib import Path
from typing import Any

from ftkernel.recipe.recipe import Recipe
from ftkernel.runs import store
from ftkernel.runs.event_log import read_events
from ftkernel.runs.folder import RunFolder
from ftkernel.runs.history import metrics
from ftkernel.runs.launch import launch_run
from ftkernel.runs.worker_process import WorkerProcess

SECONDS = 100
"""More than any attempt of these runs takes on a busy machine."""


def write_rows(path: Path, count: int = 24, first: int = 0) -> Path:
    """Rows of different lengths that a tiny model can learn a little of; others by ``first``."""
    words = ("the", "quick", "brown", "fox", "jumps", "over", "the", "lazy", "dog", "today")
    rows = [
        {
            "instruction": f"Say {number} words about a {words[number % 9]}.",
            "output": " ".join(words[(number + i) % 10] for i in range(3 + number % 8)),
        }
        for number in range(first, first + count)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def small_recipe(model: Path, folder: Path, **keys: Any) -> Recipe:
    """Six steps with dropout, accumulation, evaluation and a checkpoint each second step."""
    base: dict[str, Any] = {
        "model": str(model),
        "data": str(write_rows(folder / "rows.jsonl")),
        "eval_dataset": str(write_rows(folder / "held_out.jsonl", 6, first=100)),
        "steps": 6,
        "learning_rate": 1e-2,
        "lora_dropout": 0.2,
        # One row at a time, so that a run goes on for a moment and can be stopped within a step.
        "per_device_train_batch_size": 1,
        "gradient_accumulation_steps": 12,
        "eval_strategy": "steps",
        "eval_steps": 3,
        "save_steps": 2,
        "save_minutes": 0,
        "use_cpu": True,
        "stop_grace_seconds": 30,
    }
    return Recipe.from_mapping({k: v for k, v in {**base, **keys}.items() if v is not None})


def endless_recipe(model: Path, folder: Path, **keys: Any) -> Recipe:
    """A run without an end that saves and measures only when it is told to."""
    far = {"steps": 100_000, "save_steps": 90_000, "eval_steps": 90_000}
    return small_recipe(model, folder, **{**far, **keys})


class Run:
    """A run in a folder of its own, and its present worker."""

    def __init__(self, root: Path, recipe: Recipe) -> None:
        self.recipe = recipe
        self.folder: RunFolder = store.create_run(root, "small", recipe)
        self.worker: WorkerProcess | None = None

    def start(self, *, resume: bool = False, detached: bool = False) -> WorkerProcess:
        """Start an attempt; a resumed one from the newest checkpoint, the beginning without one."""
        found = self.folder.all_checkpoints()
        step = (found[-1].step if found else 0) if resume else None
        self.worker = launch_run(self.folder, self.recipe, resume_from=step, detached=detached)
        return self.worker

    def finish(self, *, resume: bool = False) -> int | None:
        """Start an attempt and wait for its end; its exit code."""
        return self.start(resume=resume).wait(SECONDS)

    def events(self, kind: str | None = None) -> list[dict[str, Any]]:
        """All events, or those of a kind."""
        return [one for one in read_events(self.folder.events) if kind in (None, one["kind"])]

    def has(self, kind: str, **fields: Any) -> bool:
        """Whether an event of the kind with these fields was said."""
        return any(fields.items() <= one.items() for one in self.events(kind))

    def losses(self) -> list[float]:
        """Loss by step, as every picture shows it."""
        return [row["loss"] for row in metrics(self.events()) if row.get("loss") is not None]

    def eval_losses(self) -> dict[int, float]:
        """Evaluation loss by step."""
        return {
            row["step"]: row["eval_loss"] for row in metrics(self.events()) if "eval_loss" in row
        }

    def log(self) -> str:
        """What the worker printed, for the message of a failing test."""
        return (
            self.folder.log.read_text(errors="replace")[-3000:] if self.folder.log.exists() else ""
        )
