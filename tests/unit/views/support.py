"""Runs as their events tell them, for every state, made without a worker."""

import math
import random
from typing import Any

from ftkernel.views.shape import RunSummary
from ftkernel.views.summary import summarize_events

BEGIN = 1_790_000_000.0

META: dict[str, Any] = {
    "id": "ab12cd34ef56",
    "name": "first",
    "created": BEGIN,
    "recipe": {"values": {"model_name_or_path": "smollm2-135m", "finetuning_type": "lora"}},
}


class Story:
    """Events in the order in which a worker says them, ``pace`` seconds apart."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.now = BEGIN
        self.attempt = 0

    def say(self, kind: str, pace: float = 0.5, **fields: Any) -> "Story":
        self.now += pace
        envelope = {"seq": len(self.events) + 1, "t": self.now, "attempt": self.attempt}
        self.events.append({**envelope, "kind": kind, **fields})
        return self

    def begin(self) -> "Story":
        self.attempt += 1
        self.say(
            "attempt_started", run_id="ab12cd34ef56", host="here", pid=7, python="3.11",
            versions={}, device="cpu", threads=2, detached=False,
        )  # fmt: skip
        self.say("phase_started", phase="loading_model")
        self.say("adjusted", code="views.test_adjusted", params={"dtype": "float32"})
        return self.say(
            "model_loaded", source="smollm2-135m", architecture="LlamaForCausalLM",
            parameters=134_515_008, trainable=4_884_480, percent=3.5, dtype="float32", device="cpu",
        )  # fmt: skip

    def prepare(self, total: int = 200) -> "Story":
        self.say("phase_started", phase="tokenizing")
        self.say("phase_progressed", phase="tokenizing", done=1200, total=5000, unit="rows")
        self.say(
            "data_prepared", form="alpaca", rows=5000, train_rows=4958, eval_rows=20,
            tokens=812_345, trained_tokens=301_222, longest=1402, cut=3, refused=22,
            refusals=[
                {
                    "code": "views.test_refused", "params": {"column": "output"}, "count": 22,
                    "first": {"file": "rows.jsonl", "line": 17},
                }
            ],
        )  # fmt: skip
        self.say("warned", code="views.test_warned", params={"count": 12})
        self.say(
            "plan_made", total_steps=total, epochs=3.0, micro_batch=4, accumulation=2,
            tokens_per_epoch=812_345, memory_bytes=1_100_000_000, memory_available=3_000_000_000,
            seconds=180.0,
        )  # fmt: skip
        return self.say("phase_started", phase="training")

    def train(
        self, first: int, last: int, *, total: int = 200, evaluate: int = 0, save: int = 50
    ) -> "Story":
        rough = random.Random(first)
        for step in range(first, last + 1):
            epoch = 3 * step / total
            self.say("step_logged", 0.8, **_step(step, total, rough))
            if evaluate and step % evaluate == 0:
                loss = 0.75 + 1.7 * math.exp(-step / (total / 5))
                self.say("evaluated", step=step, epoch=epoch, loss=loss, seconds=2.0, metrics={})
            if save and step % save == 0:
                self.checkpoint(step, "steps")
        return self

    def checkpoint(self, step: int, reason: str) -> "Story":
        path = f"checkpoints/step-{step:06d}"
        return self.say(
            "checkpoint_saved", step=step, path=path, reason=reason, bytes=58_700_000,
            seconds=0.5, best=False,
        )  # fmt: skip

    def summary(self, state: str, **more: Any) -> RunSummary:
        return summarize_events(self.events, META, state, **more)


def _step(step: int, total: int, rough: random.Random) -> dict[str, Any]:
    noise = rough.gauss(0, 0.12) * (0.4 + math.exp(-step / 40))
    return {
        "step": step,
        "epoch": 3 * step / total,
        "loss": 0.6 + 2 * math.exp(-step / (total / 5)) + noise,
        "learning_rate": 2e-4 * min(1, step / max(1, total * 0.03)) * (1 - step / (total + 1)),
        "grad_norm": abs(1.2 + rough.gauss(0, 0.4) + 3 * math.exp(-step / 10)),
        "tokens": 1300 * step,
        "trained_tokens": 480 * step,
        "tokens_per_second": 1625.0 + 400 * (step % 2),
        "memory_bytes": 980_000_000 + step,
        "elapsed": 0.8 * step,
        "eta_seconds": 0.8 * (total - step),
    }


def error_json() -> dict[str, Any]:
    return {
        "code": "views.unknown_metric",
        "params": {"metric": "speed", "names": "loss"},
        "where": {"file": None, "line": 3, "key": "metric"},
    }


def stories() -> dict[str, tuple[Story, str]]:
    """A story for each state, and some states twice, with the name of the state."""
    resumed = Story().begin().prepare().train(1, 70)
    resumed.begin().say("run_resumed", from_step=50, checkpoint="checkpoints/step-000050")
    resumed.prepare().train(51, 140).checkpoint(140, "stop")
    resumed.say("run_stopped", step=140, reason="command", checkpoint="checkpoints/step-000140")
    finished = Story().begin().prepare().train(1, 200, evaluate=25)
    finished.say("run_finished", step=200, result="result", figures={})
    finished.say(
        "merge_verified", path="merged", dtype="float32", kl=3.2e-9, kl_bound=1e-6,
        largest_logit_difference=1e-4, token_agreement=1.0, prompts=8, tokens=512,
    )  # fmt: skip
    failed = Story().begin().prepare().train(1, 30)
    failed.say("run_failed", step=30, error=error_json())
    return {
        "created": (Story(), "created"),
        "starting": (Story().begin(), "starting"),
        "tokenizing": (tokenizing(), "starting"),
        "one point": (Story().begin().prepare().train(1, 1), "running"),
        "running": (Story().begin().prepare().train(1, 120, evaluate=25), "running"),
        "finished": (finished, "finished"),
        "stopped": (resumed, "stopped"),
        "failed": (failed, "failed"),
        "died": (Story().begin().prepare().train(1, 90), "died"),
    }


def tokenizing() -> Story:
    story = Story().begin()
    story.say("phase_started", phase="tokenizing")
    return story.say("phase_progressed", phase="tokenizing", done=1200, total=5000, unit="rows")
