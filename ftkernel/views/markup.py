"""Pieces of HTML that every view is built of, with their styles written on them.

No style sheet, since GitHub and untrusted notebooks take one away, and since it would reach the
page around. Text has the colour of its surroundings, surfaces are translucent greys: right on light
and on dark alike. Every function escapes what it is given, except an argument called ``inner``.
"""

from collections.abc import Mapping, Sequence

from ftkernel.views.escape import escape

GREEN, RED, AMBER, GREY, BLUE = "#16a34a", "#dc4446", "#c77700", "#808080", "#3b82f6"

STATE_COLOURS: Mapping[str, str] = {
    "created": GREY,
    "starting": BLUE,
    "running": BLUE,
    "finished": GREEN,
    "stopped": AMBER,
    "failed": RED,
    "died": RED,
}

LINE = "1px solid rgba(128,128,128,.28)"
SURFACE = "rgba(128,128,128,.09)"
MUTED = "opacity:.72"
_MONO = "font-family:var(--jp-code-font-family,ui-monospace,Menlo,Consolas,monospace)"


def frame(inner: str, label: str) -> str:
    """The outermost element of a view; ``label`` says what it is to those who do not see it."""
    return (
        f'<div class="ftkernel" role="group" aria-label="{escape(label)}"'
        ' style="box-sizing:border-box;'
        f"max-width:900px;margin:4px 0;padding:12px 14px;border:{LINE};border-radius:8px;"
        'font-size:13px;line-height:1.45;overflow-wrap:anywhere">'
        f"{inner}</div>"
    )


def badge(icon: str, word: str, colour: str) -> str:
    """A state: a sign and a word in its colour."""
    return (
        f'<span style="display:inline-block;padding:1px 9px;border-radius:10px;white-space:nowrap;'
        f'border:1px solid {colour};font-size:12px">'
        f'<span aria-hidden="true" style="color:{colour};font-weight:700">{escape(icon)}</span> '
        f"{escape(word)}</span>"
    )


def bar(part: float, label: str, colour: str) -> str:
    """A progress bar; ``part`` is from 0 to 1."""
    share = max(0.0, min(1.0, part)) * 100
    return (
        f'<div role="progressbar" aria-label="{escape(label)}" aria-valuemin="0"'
        f' aria-valuemax="100" aria-valuenow="{share:.0f}"'
        ' style="height:6px;border-radius:3px;overflow:hidden;'
        'background:rgba(128,128,128,.22);margin:10px 0 4px">'
        f'<div style="width:{share:.2f}%;height:100%;background:{colour}"></div></div>'
    )


def between(left: str, right: str) -> str:
    """Two texts at the two ends of a line."""
    return (
        '<div style="display:flex;flex-wrap:wrap;justify-content:space-between;gap:0 16px;'
        f'{MUTED};font-size:12px"><span>{escape(left)}</span> <span>{escape(right)}</span></div>'
    )


def tiles(figures: Sequence[tuple[str, str, str]]) -> str:
    """Key figures side by side: name, value, and a remark below it; a line each without styles."""
    small = f"display:block;font-size:11px;{MUTED}"
    large = "display:block;font-size:14px;font-weight:600;font-variant-numeric:tabular-nums"
    shown = "".join(
        '<div style="flex:0 0 auto;min-width:56px">'
        f'<span style="{small}">{escape(name)}</span> '
        f'<strong style="{large}">{escape(value)}</strong> '
        f'<span style="{small}">{escape(remark)}</span></div>'
        for name, value, remark in figures
    )
    return f'<div style="display:flex;flex-wrap:wrap;gap:10px 15px;margin:12px 0 4px">{shown}</div>'


def chart_heading(title: str, value: str, legend: Sequence[tuple[str, str]]) -> str:
    """What stands above a chart: its title, and at the right a value or what each line means.

    Args:
        title: the quantity.
        value: its last value; empty where there is a legend.
        legend: for each line a sample, which is HTML, and its label.
    """
    entries = "".join(
        f'<span style="white-space:nowrap;margin-right:12px">{sample} {escape(label)}</span> '
        for sample, label in legend
    )
    right = f"<span>{escape(value)}</span>" if value else f"<span>{entries}</span>"
    return (
        '<div style="display:flex;flex-wrap:wrap;justify-content:space-between;gap:0 8px;'
        'font-size:12px;margin:0 8px 2px 2px">'
        f"<strong>{escape(title)}</strong> {right}</div>"
    )


def section(title: str, lines: Sequence[str], *, colour: str = "", folded: bool = False) -> str:
    """A heading with a list below it; nothing where the list is empty.

    Args:
        title: the heading.
        lines: plain text.
        colour: of the rule at the left; none when empty.
        folded: whether the reader has to open it.
    """
    if not lines:
        return ""
    rule = f"border-left:3px solid {colour};padding-left:10px;" if colour else ""
    items = "".join(f'<li style="margin:1px 0">{escape(line)}</li>' for line in lines)
    opened = "" if folded else " open"
    return (
        f'<details{opened} style="margin:8px 0 0;{rule}font-size:12px">'
        f'<summary style="cursor:pointer;font-weight:600">{escape(title)}</summary>'
        f'<ul style="margin:3px 0 0;padding-left:20px">{items}</ul></details>'
    )


def block(lines: Sequence[str], colour: str) -> str:
    """Lines that keep their spaces, with a coloured rule at the left; the first is the heading."""
    first, *rest = [escape(line) for line in lines] or [""]
    more = "".join(f"<br>{line}" for line in rest)
    return (
        f'<div role="note" style="margin:12px 0 4px;padding:8px 12px;'
        f"border-left:3px solid {colour};"
        f'background:{SURFACE};border-radius:0 6px 6px 0;white-space:pre-wrap">'
        f"<strong>{first}</strong>{more}</div>"
    )


def code(text: str) -> str:
    """Something to type."""
    return f'<code style="{_MONO};font-size:12px">{escape(text)}</code>'


def footer(inner: str) -> str:
    """A quiet line at the end."""
    return f'<div style="margin:10px 0 0;font-size:12px;{MUTED}">{inner}</div>' if inner else ""


def table(
    caption: str, head: Sequence[str], body: Sequence[Sequence[str]], *, numbers: Sequence[int] = ()
) -> str:
    """A table; ``body`` holds HTML cells, the columns in ``numbers`` stand to the right."""

    def side(column: int) -> str:
        return "right" if column in numbers else "left"

    cell = "padding:4px 10px;vertical-align:top;border-bottom:1px solid rgba(128,128,128,.18)"
    heads = "".join(
        f'<th scope="col" style="{cell};text-align:{side(index)};font-weight:600">'
        f"{escape(name)}</th>"
        for index, name in enumerate(head)
    )
    rows = "".join(
        "<tr>"
        + "".join(
            f'<td style="{cell};text-align:{side(index)};white-space:normal">{inner}</td>'
            for index, inner in enumerate(row)
        )
        + "</tr>"
        for row in body
    )
    return (
        '<div class="ftkernel" style="overflow-x:auto;max-width:100%">'
        '<table style="border-collapse:collapse;font-size:12.5px;margin:4px 0;text-align:left">'
        f'<caption style="text-align:left;font-weight:600;padding:2px 10px 4px;caption-side:top;'
        f'color:inherit">{escape(caption)}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )
