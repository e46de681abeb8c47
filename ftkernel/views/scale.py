"""From values to places on a chart's axis, and the round values beside it. Pure functions."""

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Axis:
    """One axis: the values at its two ends, where these lie, and the values that get a label."""

    low: float
    high: float
    start: float
    end: float
    ticks: tuple[float, ...]
    log: bool = False

    def place(self, value: float) -> float:
        """Where a value lies, in the units of the drawing."""
        low, high, at = self.low, self.high, value
        if self.log:
            low, high, at = math.log10(low), math.log10(high), math.log10(max(value, low))
        part = (at - low) / (high - low)
        return self.start + (self.end - self.start) * min(1.0, max(0.0, part))


def linear(
    values: Sequence[float], start: float, end: float, *, ticks: int = 5, zero: bool = False
) -> Axis:
    """An axis from the lowest value (or zero) to the highest, widened to round ends.

    Args:
        values: finite; may be empty.
        start: where the low end lies.
        end: where the high end lies.
        ticks: about how many labels.
        zero: whether the axis begins at zero.
    """
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    if zero:
        low = min(0.0, low)
    if high - low <= abs(high) * 1e-9:
        spread = abs(high) * 0.5 or 1.0
        low, high = (low, high + spread) if zero else (low - spread, high + spread)
    step = _round_step((high - low) / ticks)
    low, high = math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step
    number = round((high - low) / step)
    return Axis(low, high, start, end, tuple(low + step * index for index in range(number + 1)))


def steps(last: int, start: float, end: float, *, ticks: int = 6) -> Axis:
    """An axis of whole steps from 0 to ``last``, which need not be round."""
    last = max(1, last)
    step = max(1, round(_round_step(last / ticks)))
    return Axis(0, last, start, end, tuple(float(value) for value in range(0, last + 1, step)))


def logarithmic(values: Sequence[float], start: float, end: float) -> Axis:
    """An axis on which each factor of ten takes the same room; values up to zero are cut off.

    Raises:
        ValueError: if no value is positive.
    """
    positive = [value for value in values if value > 0]
    if not positive:
        raise ValueError("a logarithmic axis needs a positive value")
    first = math.floor(math.log10(min(positive)))
    last = math.ceil(math.log10(max(positive)))
    factors = (1, 2, 5) if last - first <= 2 else (1,)
    every = max(1, (last - first) // 6)
    round_ones = [
        factor * 10.0**power
        for power in range(first, last + every + 1, every)
        for factor in factors
    ]
    low = max(value for value in round_ones if value <= min(positive) * (1 + 1e-9))
    high = min(value for value in round_ones if value >= max(positive) and value > low)
    ticks = tuple(value for value in round_ones if low <= value <= high)
    return Axis(low, high, start, end, ticks, log=True)


def _round_step(rough: float) -> float:
    """The smallest of 1, 2, 2.5, 5 times a power of ten that is not below ``rough``."""
    power = 10.0 ** math.floor(math.log10(rough))
    return next(
        power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= rough * (1 - 1e-9)
    )


def label(value: float, axis: Axis) -> str:
    """The label of a tick: as many decimals as the distance of the ticks asks for."""
    step = axis.ticks[1] - axis.ticks[0] if len(axis.ticks) > 1 else value or 1.0
    if abs(value) < abs(step) * 1e-6:
        return "0"
    largest = max(abs(axis.low), abs(axis.high))
    if largest >= 1e6 or largest < 1e-3 or axis.log:
        return _with_exponent(value)
    decimals = max(0, -math.floor(math.log10(abs(step)) + 1e-9))
    if abs(step * 10**decimals - round(step * 10**decimals)) > 1e-6:
        decimals += 1
    return f"{value:,.{decimals}f}"


def _with_exponent(value: float) -> str:
    if 1e-3 <= abs(value) < 1e4:
        return f"{value:.3g}"
    mantissa, exponent = f"{value:.1e}".split("e")
    return f"{mantissa.removesuffix('.0')}e{int(exponent)}"
