"""Moments of a run as the kernel tells them, for the page of the live view."""

from typing import Any

from tests.browser.live_page import Message, evaluations, frame, steps

TOTAL = 400


def view(**changes: object) -> dict[str, object]:
    """Everything that a view says, of a run in the middle of its training."""
    known: dict[str, object] = {
        "name": "poet-lora",
        "state": "running",
        "live": True,
        "title": ["smollm2-135m · lora", "smollm2-135m · lora"],
        "phase": None,
        "activity": ["training", "正在训练"],
        "step": 0,
        "total_steps": TOTAL,
        "epoch": 0.0,
        "eta_seconds": None,
        "seconds": 12.0,
        "tiles": [],
        "warned": [],
        "adjusted": [],
        "error": None,
        "checkpoints": [],
        "can": {"stop": True, "save": True, "evaluate": True, "sample": True, "set": True},
        "settable": [
            {"key": "learning_rate", "value": 0.0002},
            {"key": "save_steps", "value": 50},
            {"key": "max_grad_norm", "value": 1.0},
        ],
        "commands": [],
        "samples": [],
        "gpu": None,
    }
    return {**known, **changes}


def tile(name: str, name_zh: str, value: str, remark: str = "", remark_zh: str = "") -> object:
    return {"name": [name, name_zh], "value": [value, value], "remark": [remark, remark_zh]}


TILES = [
    tile("loss", "损失", "2.763 → 0.7966", "smoothed 0.7566", "平滑后 0.7566"),
    tile("evaluation loss", "评估损失", "1.660 → 0.8895", "lowest 0.8895", "最低 0.8895"),
    tile("time", "用时", "2 min 43 s"),
    tile("speed", "速度", "1,600 tokens/s"),
    tile("tokens", "词元", "338 k", "124 k of them trained", "其中训练 124 k 个"),
    tile("peak memory", "内存峰值", "980 MB", "1.10 GB expected", "预计 1.10 GB"),
    tile("trainable", "可训练参数", "4.88 M", "of 135 M (3.50%)", "共 135 M（3.50%）"),
]

SAMPLES = [
    {"step": 80, "prompt": "Write a haiku about autumn rain.", "answer": "Rain on the roof, rain on\nthe roof, rain on the", "tokens": 14, "scheduled": True},
    {"step": 160, "prompt": "Write a haiku about autumn rain.", "answer": "Leaves drift in the wind,\nthe rain falls on the old roof;\nautumn is here now.", "tokens": 19, "scheduled": True},
    {"step": 240, "prompt": "Why is the sky blue?", "answer": "Air scatters short wavelengths more than long ones, so the light that reaches us from every side is blue. " * 4, "tokens": 24, "scheduled": False},
]  # fmt: skip

MARKS = [
    {"kind": "checkpoint", "step": 100, "detail": ["every 100 steps", "每 100 步"]},
    {"kind": "evaluation", "step": 100, "detail": ["loss 1.24", "损失 1.24"]},
    {"kind": "sample", "step": 160, "detail": ["", ""]},
    {"kind": "resume", "step": 180, "detail": ["attempt 2", "第 2 次启动"]},
    {"kind": "command", "step": 215, "detail": ["learning_rate 1e-4", "learning_rate 1e-4"]},
    {"kind": "checkpoint", "step": 200, "detail": ["every 100 steps", "每 100 步"]},
    {"kind": "evaluation", "step": 200, "detail": ["loss 0.93", "损失 0.93"]},
]


def before() -> list[Message]:
    """Tokenizing, before the first loss."""
    phase = {"text": ["tokenizing: 1,200 of 5,000 rows", "正在分词：1,200 / 5,000 行"], "done": 1200, "total": 5000, "part": 0.24}  # fmt: skip
    shown = view(state="starting", phase=phase, activity=phase["text"], step=0, epoch=None)
    return [frame(0, 5, view={**shown, "can": {"stop": True}})]


def running(step: int = 262) -> list[Message]:
    """In the middle, with everything that can be there."""
    shown = view(
        step=step, epoch=3 * step / TOTAL, eta_seconds=85.0, left=["about 1 min 25 s left", "约剩 1 分 25 秒"], tiles=TILES, samples=SAMPLES,
        warned=[["12 rows had no answer and were left out.", "有 12 行没有回答，已被舍弃。"]],
        adjusted=[["dtype is float32: this machine computes it faster than bfloat16.", "dtype 采用 float32：此机器上比 bfloat16 更快。"]],
        checkpoints=[
            {"step": 100, "reason": ["every 100 steps", "每 100 步"], "best": False},
            {"step": 200, "reason": ["every 100 steps", "每 100 步"], "best": True},
        ],
    )  # fmt: skip
    held = evaluations(step, TOTAL, 50)
    return [frame(0, 300, steps(1, step, TOTAL), held, view=shown, marks=MARKS)]


def failed() -> list[Message]:
    """Ended by an error."""
    lines = ["The loss became NaN at step 31.", "  at line 7: learning_rate: 0.5", "  Lower learning_rate; 2e-4 is usual for LoRA."]  # fmt: skip
    lines_zh = ["第 31 步的损失变为 NaN。", "  第 7 行：learning_rate: 0.5", "  请调低 learning_rate；LoRA 通常用 2e-4。"]  # fmt: skip
    shown = view(
        state="failed", live=False, step=30, epoch=0.22, tiles=TILES[:1], error=[lines, lines_zh],
        activity=["failed", "失败"], can={},
    )  # fmt: skip
    return [frame(0, 60, steps(1, 30, TOTAL), view=shown)]


def finished() -> list[Message]:
    """At its planned end."""
    shown = view(
        state="finished", live=False, step=TOTAL, epoch=3.0, tiles=TILES, samples=SAMPLES, can={},
        activity=["finished", "已完成"],
        checkpoints=[{"step": 400, "reason": ["the end", "结束"], "best": True}],
    )  # fmt: skip
    held = evaluations(TOTAL, TOTAL, 50)
    return [frame(0, 500, steps(1, TOTAL, TOTAL), held, view=shown, marks=MARKS[:2])]


MOMENTS: dict[str, Any] = {
    "before": before,
    "running": running,
    "failed": failed,
    "finished": finished,
}
