"""``trainer_log.jsonl`` in LLaMA-Factory's fields, and the loss as a PNG, for other tools.

Written beside the events and never read by us.
"""

import json
import os
from collections.abc import Sequence
from typing import Any

from ftkernel.runs.faults import writing
from ftkernel.runs.folder import RunFolder, write_atomic


class TrainerLog:
    """Appends one line for each logged step and each evaluation.

    Args:
        folder: the run.
        from_step: lines beyond it are superseded by this attempt and cut off.
    """

    def __init__(self, folder: RunFolder, from_step: int = 0) -> None:
        self._folder = folder
        self._cut(from_step)

    def step(
        self, *, step: int, total: int, loss: float | None, learning_rate: float, epoch: float,
        elapsed: float, remaining: float | None, tokens: int, tokens_per_second: float,
    ) -> None:  # fmt: skip
        """Log a step."""
        self._append(
            {
                **_progress(step, total, elapsed, remaining),
                "loss": loss,
                "lr": learning_rate,
                "epoch": round(epoch, 4),
                "throughput": round(tokens_per_second, 2),
                "total_tokens": tokens,
            }
        )

    def evaluation(
        self, *, step: int, total: int, loss: float | None, epoch: float, elapsed: float,
        remaining: float | None,
    ) -> None:  # fmt: skip
        """Log an evaluation."""
        line = {"eval_loss": loss, "epoch": round(epoch, 4)}
        self._append({**_progress(step, total, elapsed, remaining), **line})

    def _append(self, line: dict[str, object]) -> None:
        with writing(self._folder.path), open(self._folder.trainer_log, "a", encoding="utf-8") as f:
            f.write(json.dumps(line) + "\n")

    def _cut(self, from_step: int) -> None:
        path = self._folder.trainer_log
        if not path.exists():
            return
        kept = [
            line
            for line in path.read_text(encoding="utf-8", errors="replace").splitlines()
            if _step_of(line) is not None and (_step_of(line) or 0) <= from_step
        ]
        write_atomic(path, "".join(f"{line}\n" for line in kept).encode())


def draw_loss(folder: RunFolder, rows: Sequence[dict[str, Any]]) -> None:
    """Draw loss and evaluation loss over the steps into ``training_loss.png``.

    Args:
        folder: the run.
        rows: as :func:`ftkernel.runs.history.metrics` gives them.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 4.5), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    for key, label in (("loss", "loss"), ("eval_loss", "evaluation loss")):
        points = [(row["step"], row[key]) for row in rows if row.get(key) is not None]
        if points:
            axes.plot(
                *zip(*points, strict=True), label=label, marker="." if len(points) < 50 else ""
            )
    axes.set_xlabel("step")
    axes.set_ylabel("loss")
    axes.legend()
    temporary = folder.loss_picture.with_name(f".{folder.loss_picture.name}")
    with writing(folder.path):
        figure.savefig(temporary, format="png", dpi=120)
        os.replace(temporary, folder.loss_picture)


def _progress(step: int, total: int, elapsed: float, remaining: float | None) -> dict[str, object]:
    return {
        "current_steps": step,
        "total_steps": total,
        "percentage": round(100 * step / total, 2) if total else 100.0,
        "elapsed_time": _clock(elapsed),
        "remaining_time": _clock(remaining or 0),
    }


def _clock(seconds: float) -> str:
    """Hours, minutes and seconds as ``0:01:05``."""
    whole = int(seconds)
    return f"{whole // 3600}:{whole % 3600 // 60:02}:{whole % 60:02}"


def _step_of(line: str) -> int | None:
    try:
        value = json.loads(line)
    except ValueError:
        return None
    step = value.get("current_steps") if isinstance(value, dict) else None
    return step if isinstance(step, int) else None
