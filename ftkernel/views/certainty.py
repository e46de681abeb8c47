"""How sure the time left is: after a few steps to the minute, later to the second.

The worker says the time left from the mean duration of this attempt's steps. How far off that mean
may be follows from how much the steps differ, and from how few there are.
"""

import math
from collections.abc import Sequence
from itertools import pairwise
from statistics import fmean, pstdev

from ftkernel.views.shape import SPEED_STEPS, Point, RunSummary

_LEAST_STEPS = 3
"""The first step takes longer than others, and one step after it says little."""

_FIRST_STEP = 1.0
"""What the first step may take more than others, in steps."""

_UNKNOWN = 0.5
"""How much steps differ, relative to their duration, where there are too few to tell."""

_UNITS = (1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 10_800, 43_200, 86_400)
"""Seconds that a time is rounded to."""


def time_left(summary: RunSummary) -> tuple[float, int] | None:
    """The time left, rounded to what is sure of it.

    Returns:
        Seconds, and the unit in seconds that they are a multiple of, at least one; ``None`` where
        nobody knows, and where there are too few steps to say it.
    """
    left, total = summary.eta_seconds, summary.total_steps
    if summary.last is None or left is None or not math.isfinite(left) or left <= 0:
        return None
    steps = summary.last.step - summary.from_step
    if steps < _LEAST_STEPS or (total and summary.last.step >= total):
        return None
    known = [one for one in summary.points[-1 - SPEED_STEPS :] if one.step > summary.from_step]
    error = math.hypot(_spread(known) / math.sqrt(steps), _FIRST_STEP / steps)
    unit = next((one for one in _UNITS if one >= error * left), _UNITS[-1])
    return max(1, round(left / unit)) * float(unit), unit


def _spread(points: Sequence[Point]) -> float:
    """The standard deviation of the duration of a step, relative to its mean."""
    paces = [
        (after.elapsed - before.elapsed) / (after.step - before.step)
        for before, after in pairwise(points)
        if before.elapsed is not None and after.elapsed is not None and after.step > before.step
    ]
    if len(paces) < _LEAST_STEPS - 1:
        return _UNKNOWN
    mean = fmean(paces)
    return pstdev(paces) / mean if mean > 0 else _UNKNOWN
