"""Kills a writer of events again and again, and looks at what it left each time. Torch-free, and cheap: forks.

Usage: ``killed_writer.py FOLDER KILLS SEED``. Prints one JSON line with what was seen; any fault is an exception.
"""

import json
import os
import random
import signal
import sys
import time
from pathlib import Path

from ftkernel.runs.event_log import EventWriter, read_events
from ftkernel.runs.events import CheckpointSaved, StepLogged, Warned
from ftkernel.runs.folder import RunFolder

KILLS_OF_ONE_FOLDER = 50
LARGE = "x" * 100_000
"""A write of this size is often cut in two by a kill; that of a step hardly ever."""


def write_for_ever(folder, attempt, started):
    events = EventWriter(folder, attempt)
    os.write(started, b"!")
    step = events.last_seq
    while True:
        step += 1
        events.write(step_of(step))
        if step % 5 == 0:
            events.write(Warned(code="test.large", params={"text": LARGE, "zh": "很长"}))
        if step % 7 == 0:
            path = f"checkpoints/step-{step:06d}"
            events.write(
                CheckpointSaved(step=step, path=path, reason="steps", bytes=1, seconds=0.0)
            )


def step_of(step):
    return StepLogged(
        step=step,
        epoch=step / 10,
        loss=1 / step,
        learning_rate=1e-4,
        grad_norm=float("nan"),
        tokens=step,
        trained_tokens=step,
        tokens_per_second=1.0,
        memory_bytes=1,
        elapsed=1.0,
        eta_seconds=None,
    )


def kill_one(folder, attempt, chance):
    reading, started = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            write_for_ever(folder, attempt, started)
        finally:
            os._exit(1)
    os.close(started)
    if chance.random() < 0.9:
        os.read(reading, 1)
    time.sleep(chance.random() * 0.003)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    os.close(reading)
    assert os.WIFSIGNALED(status), "the writer ended by itself"


def check(path, offset, last):
    """From ``offset`` on every line but the last is whole, and numbered without a gap."""
    content = b""
    if path.exists():
        with open(path, "rb") as file:
            file.seek(offset)
            content = file.read()
    *lines, tail = content.split(b"\n")
    numbers = [json.loads(line)["seq"] for line in lines]
    assert numbers == list(range(last + 1, last + 1 + len(lines))), "a gap or a torn line inside"
    return offset + len(content) - len(tail), last + len(lines), bool(tail)


def main(root, kills, seed):
    chance = random.Random(seed)
    torn = total = done = 0
    while done < kills:
        folder = RunFolder(root / f"run-{done}")
        folder.path.mkdir()
        offset = last = 0
        for attempt in range(1, min(KILLS_OF_ONE_FOLDER, kills - done) + 1):
            kill_one(folder, attempt, chance)
            offset, last, is_torn = check(folder.events, offset, last)
            torn, done = torn + is_torn, done + 1
        read = [event["seq"] for event in read_events(folder.events)]
        assert read == list(range(1, last + 1)), "the reader sees other events than were written"
        total += last
        folder.events.unlink(missing_ok=True)
    print(json.dumps({"kills": done, "torn": torn, "lines": total}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
