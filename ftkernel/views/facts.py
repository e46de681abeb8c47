"""A short list of facts with a verdict above it, as a card and as text: a plan, a proof, a key."""

from collections.abc import Sequence
from dataclasses import dataclass

from ftkernel.views import markup, text
from ftkernel.views.escape import escape, one_line, plain


@dataclass(frozen=True)
class Facts:
    """A title with a verdict, facts as name and value, and what to do next."""

    title: str
    verdict: str
    is_good: bool
    rows: Sequence[tuple[str, str]]
    remarks: Sequence[str] = ()


def mime_bundle(facts: Facts) -> dict[str, object]:
    """The facts by mime type."""
    return {"text/html": card(facts), "text/plain": lines(facts)}


def card(facts: Facts) -> str:
    """The facts as a card of HTML."""
    icon, colour = ("✓", markup.GREEN) if facts.is_good else ("✕", markup.RED)
    badge = markup.badge(icon, facts.verdict, colour) if facts.verdict else ""
    cell = "padding:2px 18px 2px 0;vertical-align:top;text-align:left;white-space:normal"
    rows = "".join(
        '<tr style="background:none">'
        f'<th scope="row" style="{cell};font-weight:400;{markup.MUTED}">'
        f'{escape(name)}</th><td style="{cell};font-weight:600">{escape(value)}</td></tr>'
        for name, value in facts.rows
    )
    inner = (
        '<div style="display:flex;flex-wrap:wrap;align-items:baseline;gap:4px 10px">'
        f'<strong style="font-size:15px">{escape(facts.title)}</strong> {badge}</div>'
        f'<table style="border-collapse:collapse;margin:8px 0 0;font-size:12.5px">{rows}</table>'
        + "".join(markup.footer(escape(remark)) for remark in facts.remarks)
    )
    return markup.frame(inner, f"{facts.title} · {facts.verdict}")


def lines(facts: Facts) -> str:
    """The facts as lines of text."""
    sign = "✓" if facts.is_good else "✕"
    first = f"{one_line(facts.title)}: {sign} {facts.verdict}" if facts.verdict else facts.title
    rows = [(f"  {name}", one_line(value)) for name, value in facts.rows]
    parts = [first, *([text.columns(rows)] if rows else []), *map(plain, facts.remarks)]
    return "\n".join(parts)
