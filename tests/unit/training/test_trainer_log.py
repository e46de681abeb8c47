"""``trainer_log.jsonl`` in LLaMA-Factory's fields, and the picture of the loss."""

import json

import pytest

from ftkernel.runs.folder import RunFolder
from ftkernel.training.trainer_log import TrainerLog, draw_loss


@pytest.fixture
def folder(tmp_path):
    return RunFolder(tmp_path)


def log_steps(log, *steps):
    for step in steps:
        log.step(
            step=step, total=8, loss=2.5, learning_rate=1e-4, epoch=0.25 * step, elapsed=65.4,
            remaining=3700.0, tokens=100 * step, tokens_per_second=12.345,
        )  # fmt: skip


def lines(folder):
    return [json.loads(line) for line in folder.trainer_log.read_text().splitlines()]


def test_a_step_has_llama_factorys_fields(folder):
    log_steps(TrainerLog(folder), 2)
    assert lines(folder) == [
        {
            "current_steps": 2, "total_steps": 8, "percentage": 25.0, "elapsed_time": "0:01:05",
            "remaining_time": "1:01:40", "loss": 2.5, "lr": 0.0001, "epoch": 0.5,
            "throughput": 12.35, "total_tokens": 200,
        }
    ]  # fmt: skip


def test_an_evaluation_has_its_loss(folder):
    TrainerLog(folder).evaluation(step=4, total=8, loss=1.5, epoch=1, elapsed=1, remaining=None)
    assert lines(folder)[0]["eval_loss"] == 1.5


def test_a_resume_cuts_off_what_it_supersedes_and_torn_lines(folder):
    log_steps(TrainerLog(folder), 1, 2, 3, 4)
    with open(folder.trainer_log, "a") as file:
        file.write('{"current_steps": 5, "lo')
    log_steps(TrainerLog(folder, 2), 3)
    assert [line["current_steps"] for line in lines(folder)] == [1, 2, 3]


def test_the_picture_is_a_png(folder):
    rows = [{"step": step, "loss": 3.0 / step, "eval_loss": None} for step in range(1, 9)]
    rows[3]["eval_loss"] = 1.0
    draw_loss(folder, rows)
    assert folder.loss_picture.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    assert [path.name for path in folder.path.iterdir()] == ["training_loss.png"]
