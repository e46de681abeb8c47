"""Arithmetic on a curve: smoothing it, and showing a long one with few points. Pure functions."""

from collections.abc import Sequence
from itertools import pairwise
from operator import itemgetter

XY = tuple[float, float]

_SHORTEST_SPAN, _LONGEST_SPAN = 5, 200

IMPLAUSIBLE = 1e4
"""A loss beyond this, above or below nothing, is none of a model: a curve is drawn without it."""


def smoothing_span(steps: int) -> int:
    """Over how many steps to smooth a run of that length: a thirtieth, from 5 to 200.

    It depends on the planned length, not on how far the run is, so that a live curve never changes
    behind its tip.
    """
    return max(_SHORTEST_SPAN, min(_LONGEST_SPAN, round(steps / 30)))


def smooth(values: Sequence[float | None], span: int) -> tuple[float | None, ...]:
    """The exponential moving average of span ``span`` (weight ``2 / (span + 1)``).

    It is corrected for its start at nothing, so the first value is the first value itself. A value
    that is missing, not finite or not plausible leaves the average as it was.
    """
    weight = 2 / (span + 1)
    average, seen = 0.0, 0.0
    out: list[float | None] = []
    for value in values:
        if value is not None and is_plausible(value):
            average = (1 - weight) * average + weight * value
            seen = (1 - weight) * seen + weight
        out.append(average / seen if seen else None)
    return tuple(out)


def is_plausible(loss: float) -> bool:
    """Whether a loss can be one; one absurd value would stay in an average for good."""
    return abs(loss) <= IMPLAUSIBLE


def downsample(points: Sequence[XY], most: int) -> list[XY]:
    """At most ``most`` of the points: first, last, and of each bucket the lowest and the highest.

    A spike that lasted one step is therefore still to be seen.

    Args:
        points: in order of x.
        most: at least 4.
    """
    if len(points) <= most:
        return list(points)
    inner = points[1:-1]
    buckets = (most - 2) // 2
    edges = [round(index * len(inner) / buckets) for index in range(buckets + 1)]
    kept = [points[0]]
    for start, end in pairwise(edges):
        bucket = inner[start:end]
        if bucket:
            extremes = {min(bucket, key=_y), max(bucket, key=_y)}
            kept.extend(sorted(extremes))
    return [*kept, points[-1]]


_y = itemgetter(1)
