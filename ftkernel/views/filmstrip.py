"""What a model answered while it was trained: the same prompts again and again, a frame a step.

A long strip is shown with fewer frames, evenly chosen, the first and the last among them.
"""

from collections.abc import Sequence
from itertools import groupby

from ftkernel import messages
from ftkernel.views import amounts, markup
from ftkernel.views.escape import escape, plain
from ftkernel.views.shape import Sampled

LONGEST_PROMPT, LONGEST_ANSWER = 160, 600
_TEXT = "white-space:pre-wrap;overflow-wrap:anywhere;tab-size:4"


def thinned(frames: Sequence[Sampled], most: int) -> list[Sampled]:
    """At most ``most`` of the frames, those of a step together as long as one step fits."""
    if len(frames) <= most:
        return list(frames)
    steps = [list(group) for _, group in groupby(frames, key=lambda one: one.step)]
    fit = max(1, most // max(map(len, steps)))
    if fit == 1:
        return list(frames[-most:])
    last = len(steps) - 1
    chosen = sorted({round(index * last / (fit - 1)) for index in range(fit)})
    return [one for index in chosen for one in steps[index]][-most:]


def shortened(text: str, most: int) -> str:
    """Text without what could drive a terminal, cut to a length."""
    shown = plain(text).strip()
    return shown if len(shown) <= most else f"{shown[:most]}…"


def strip(frames: Sequence[Sampled], most: int = 24) -> str:
    """The frames as HTML: a row for each prompt, its answers side by side in the order of steps."""
    shown = thinned(frames, most)
    if not shown:
        return ""
    prompts = list(dict.fromkeys(one.prompt for one in shown))
    rows = "".join(
        _row(prompt, [one for one in shown if one.prompt == prompt]) for prompt in prompts
    )
    title = escape(messages.text("views.section.sampled"))
    left = len(frames) - len(shown)
    more = markup.footer(escape(messages.text("views.more", {"count": left}))) if left else ""
    return (
        '<details open style="margin:8px 0 0;font-size:12px">'
        f'<summary style="cursor:pointer;font-weight:600">{title}</summary>{rows}{more}</details>'
    )


def _row(prompt: str, frames: Sequence[Sampled]) -> str:
    said = escape(shortened(prompt, LONGEST_PROMPT))
    cells = "".join(map(_cell, frames))
    return (
        f'<div style="margin:6px 0 2px;{_TEXT}"><strong>{said}</strong></div>'
        f'<div style="display:flex;gap:8px;overflow-x:auto;padding-bottom:4px">{cells}</div>'
    )


def _cell(one: Sampled) -> str:
    step = messages.text("views.step", {"step": amounts.count(one.step)})
    return (
        '<div style="flex:0 0 200px;padding:6px 10px;'
        f"background:{markup.SURFACE};border-left:3px solid {markup.BLUE};"
        'border-radius:0 6px 6px 0">'
        f'<div style="font-size:11px;{markup.MUTED}">{escape(step)}</div>'
        f'<div style="{_TEXT}">{escape(shortened(one.answer, LONGEST_ANSWER))}</div></div>'
    )
