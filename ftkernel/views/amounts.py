"""Numbers as people read them: losses, counts, bytes, times, speeds. Missing ones are a dash."""

import math

from ftkernel import messages

MISSING = "–"


def loss(value: float | None) -> str:
    """A loss with four significant digits."""
    return significant(value, 4)


def significant(value: float | None, digits: int = 3) -> str:
    """A number with a few significant digits, without an exponent where that is short."""
    if value is None or not math.isfinite(value):
        return MISSING
    if value == 0:
        return "0"
    if 1e-3 <= abs(value) < 10**6:
        decimals = max(0, digits - 1 - math.floor(math.log10(abs(value))))
        return f"{value:,.{decimals}f}"
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
    return f"{mantissa}e{int(exponent)}"


def count(value: float | None) -> str:
    """A whole number with separators."""
    return MISSING if value is None else f"{value:,.0f}"


def short_count(value: float | None) -> str:
    """A large number in a few characters: ``134.5 M``."""
    if value is None:
        return MISSING
    for size, unit in ((1e9, "B"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:.3g} {unit}"
    return count(value)


def data_size(value: float | None) -> str:
    """Bytes in decimal units, as disks and memory are sold."""
    if value is None:
        return MISSING
    for size, unit in ((1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if abs(value) >= size:
            shown = value / size
            return f"{shown:.2f} {unit}" if shown < 10 else f"{shown:,.0f} {unit}"
    return f"{value:.0f} B"


def duration(seconds: float | None) -> str:
    """A time in its two largest units, in the language in force."""
    if seconds is None or not math.isfinite(seconds):
        return MISSING
    whole = max(0, round(seconds))
    if seconds < 9.95:
        return messages.text("views.time.short", {"seconds": f"{max(0.0, seconds):.1f}"})
    if whole < 60:
        return messages.text("views.time.seconds", {"seconds": whole})
    if whole < 3600:
        parts = {"minutes": whole // 60, "seconds": f"{whole % 60:02d}"}
        return messages.text("views.time.minutes", parts)
    if whole < 86_400:
        parts = {"hours": whole // 3600, "minutes": f"{whole % 3600 // 60:02d}"}
        return messages.text("views.time.hours", parts)
    parts = {"days": whole // 86_400, "hours": f"{whole % 86_400 // 3600:02d}"}
    return messages.text("views.time.days", parts)


def rounded_duration(seconds: float, unit: int) -> str:
    """A time that is a multiple of a unit in seconds, without what is smaller than the unit."""
    for size, name in ((86_400, "days"), (3600, "hours"), (60, "minutes")):
        if seconds >= size:
            if unit < size and (unit < 10 or seconds % size):
                return duration(seconds)
            return messages.text(f"views.time.only_{name}", {name: round(seconds / size)})
    return messages.text("views.time.seconds", {"seconds": round(seconds)})


def percent(value: float | None) -> str:
    """A value from 0 to 100 with three digits; what is not all is never rounded up to all."""
    if value is None or not math.isfinite(value):
        return MISSING
    if value in (0, 100):
        return f"{value:.0f}%"
    if 99 < value < 100:
        return f"{math.floor(value * 10) / 10:.1f}%"
    return f"{significant(value, 3)}%"
