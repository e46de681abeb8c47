"""Measuring child processes: processor time, wall time and peak memory of each, medians and ratios.

Every figure is of a process of its own, so that nothing is warm but the disk.
"""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Used:
    """What a process took: seconds and bytes."""

    cpu: float
    wall: float
    peak: int


def run_measured(command: Sequence[str], env: Mapping[str, str] | None = None) -> Used:
    """Run a command to its end and say what it took.

    Raises:
        RuntimeError: if it failed; its output is in the message.
    """
    start = time.monotonic()
    process = subprocess.Popen(
        command,
        env={**(env if env is not None else os.environ), "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        raise RuntimeError(f"{' '.join(command)}\n{output[-4000:]}")
    peak = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return Used(usage.ru_utime + usage.ru_stime, time.monotonic() - start, peak)


def median(values: Sequence[float]) -> float:
    """The middle value."""
    return statistics.median(values)


def show(title: str, lines: Sequence[tuple[str, str]]) -> None:
    """Print a small table."""
    print(f"\n{title}")
    width = max(len(name) for name, _ in lines)
    for name, value in lines:
        print(f"  {name:<{width}}  {value}")
    sys.stdout.flush()


def mb(count: float) -> str:
    """Bytes in MB."""
    return f"{count / (1 << 20):,.0f} MB"
