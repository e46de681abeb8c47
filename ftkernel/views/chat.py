"""A turn of chat for the static output: one answer, or base and tuned side by side.

Text only: what a model writes is never read as HTML or markdown, and its line breaks are kept.
"""

from collections.abc import Mapping

from ftkernel import messages
from ftkernel.views import markup
from ftkernel.views.escape import escape, plain
from ftkernel.views.shape import Sample

_TEXT = "white-space:pre-wrap;overflow-wrap:anywhere;tab-size:4"


def mime_bundle(
    answers: Mapping[str, str], *, remark: str = "", waiting: bool = False
) -> dict[str, object]:
    """The answers by mime type.

    Args:
        answers: the text so far by side, ``tuned`` or ``base``; one or both.
        remark: said below in small, such as that the answer was stopped.
        waiting: whether more is to come.
    """
    return {
        "text/html": turn(answers, remark=remark, waiting=waiting),
        "text/plain": text(answers, remark=remark),
    }


def turn(answers: Mapping[str, str], *, remark: str = "", waiting: bool = False) -> str:
    """The answers as HTML; labels only where there are two."""
    cursor = '<span aria-hidden="true" style="opacity:.5">▍</span>' if waiting else ""
    sides = list(answers)
    newest = next((side for side in reversed(sides) if answers[side]), sides[0] if sides else "")
    shown = {
        side: f'<div style="{_TEXT}">{escape(answer)}{cursor if side == newest else ""}</div>'
        for side, answer in answers.items()
    }
    inner = next(iter(shown.values()), "") if len(shown) < 2 else _columns(shown)
    busy = ' aria-busy="true"' if waiting else ""
    return (
        f'<div class="ftkernel"{busy} style="max-width:900px;margin:2px 0">'
        f"{inner}{markup.footer(escape(remark)) if remark else ''}</div>"
    )


def text(answers: Mapping[str, str], *, remark: str = "") -> str:
    """The answers as text; labels only where there are two."""
    if len(answers) < 2:
        parts = [plain(answer) for answer in answers.values()]
    else:
        parts = [f"{side_name(side)}:\n{plain(answer)}" for side, answer in answers.items()]
    return "\n\n".join([*parts, *([remark] if remark else [])])


def side_name(side: str) -> str:
    """What a side is called."""
    return messages.text("views.side.base" if side == "base" else "views.side.tuned")


def samples(pairs: tuple[Sample, ...]) -> str:
    """Prompts with the answers before and after, as HTML; nothing where there are none."""
    if not pairs:
        return ""
    shown = "".join(
        f'<div style="margin:6px 0 2px;{_TEXT}"><strong>{escape(pair.prompt)}</strong></div>'
        + _columns(
            {
                side: f'<div style="{_TEXT}">{escape(answer)}</div>'
                for side, answer in (("base", pair.base), ("tuned", pair.tuned))
            }
        )
        for pair in pairs
    )
    title = escape(messages.text("views.section.samples"))
    return (
        '<details open style="margin:8px 0 0;font-size:12px">'
        f'<summary style="cursor:pointer;font-weight:600">{title}</summary>{shown}</details>'
    )


def _columns(shown: Mapping[str, str]) -> str:
    """Sides next to each other, below each other where it is narrow; HTML in, HTML out."""
    colours = {"base": markup.GREY, "tuned": markup.BLUE}
    cells = "".join(
        '<div style="flex:1 1 260px;min-width:0;padding:6px 10px;'
        f"background:{markup.SURFACE};border-left:3px solid {colours.get(side, markup.GREY)};"
        'border-radius:0 6px 6px 0">'
        f'<div style="font-size:11px;{markup.MUTED}">{escape(side_name(side))}</div>{inner}</div>'
        for side, inner in shown.items()
    )
    return f'<div style="display:flex;flex-wrap:wrap;gap:8px">{cells}</div>'
