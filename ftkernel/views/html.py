"""A run as a card of HTML: what it is, how far, its figures and curves, and what was said about it.

Static: no script, nothing from outside, drawn again as a whole when something changes. The pieces
and their styles stand in :mod:`ftkernel.views.markup`, which escapes.
"""

from collections.abc import Sequence

from ftkernel import messages
from ftkernel.views import amounts, chat, filmstrip, markup, svg, wording
from ftkernel.views.charts import charts
from ftkernel.views.escape import escape, one_line
from ftkernel.views.figures import figures
from ftkernel.views.shape import RunSummary
from ftkernel.views.svg import Chart

_MOST_LINES = 12
"""Of each list; what is beyond is counted."""


def card(
    summary: RunSummary, *, live: bool = False, log: bool = False, view: str | None = None
) -> str:
    """The card of a run.

    Args:
        summary: the run.
        live: whether the output is still being replaced: a copy saved now says so.
        log: whether the loss stands on a logarithmic axis.
        view: begins the ids in it; a random one when not given.
    """
    view = view or svg.new_view()
    inner = [
        _header(summary),
        _progress(summary),
        markup.tiles(figures(summary)),
        markup.block(wording.error_lines(summary.error), markup.RED) if summary.error else "",
        _drawings(summary, view, log=log),
        filmstrip.strip(summary.sampled),
        chat.samples(summary.samples),
        _listed("warned", [wording.note_words(note) for note in summary.warned], markup.AMBER),
        _listed("adjusted", [wording.note_words(note) for note in summary.adjusted], markup.BLUE),
        _listed("data", _data(summary), folded=not _lost_rows(summary)),
        _listed("checkpoints", _checkpoints(summary), folded=True),
        _listed("merges", _merges(summary)),
        markup.footer(_footer(summary, live=live)),
    ]
    label = wording.joined([summary.name, wording.state_words(summary)])
    return markup.frame("".join(inner), label)


def _header(summary: RunSummary) -> str:
    colour = markup.STATE_COLOURS[summary.state]
    badge = markup.badge(
        wording.ICONS[summary.state], messages.text(f"views.state.{summary.state}"), colour
    )
    name = escape(one_line(summary.name, 80))
    return (
        '<div style="display:flex;flex-wrap:wrap;align-items:baseline;gap:4px 10px">'
        f'<strong style="font-size:15px">{name}</strong> {badge} '
        f'<span style="font-size:12px;{markup.MUTED}">{escape(wording.about(summary))}</span></div>'
    )


def _progress(summary: RunSummary) -> str:
    """The bar and the words below it: of the phase before the training, then of the steps."""
    part, phase = 0.0, summary.phase
    if summary.total_steps:
        part = summary.step / summary.total_steps
    if summary.is_live and not summary.points and phase and phase.total and phase.done:
        part = phase.done / phase.total
    left = wording.joined(
        [
            wording.activity(summary) if summary.is_live or summary.stop_reason else "",
            wording.steps_words(summary),
        ]
    )
    bar = markup.bar(part, messages.text("views.progress"), markup.STATE_COLOURS[summary.state])
    return bar + markup.between(left, wording.time_left(summary))


def _drawings(summary: RunSummary, view: str, *, log: bool) -> str:
    """The loss as wide as the card, and the small charts below it, side by side where they can."""
    drawn = [
        (chart, _drawing(chart, f"{view}-{index}"))
        for index, chart in enumerate(charts(summary, log=log))
    ]
    if not drawn:
        return ""
    large = "".join(part for chart, part in drawn if not chart.is_small)
    small = "".join(
        f'<div style="flex:1 1 220px;min-width:0;max-width:{svg.widest(chart)}px">{part}</div>'
        for chart, part in drawn
        if chart.is_small
    )
    row = f'<div style="display:flex;flex-wrap:wrap;gap:2px 18px">{small}</div>' if small else ""
    return f'<div style="margin:12px 0 0">{large}{row}</div>{_signs(summary)}'


def _drawing(chart: Chart, view: str) -> str:
    """A chart under its heading, as wide as the chart may become."""
    legend = [(svg.sample(line), line.label) for line in chart.lines]
    heading = markup.chart_heading(chart.title, chart.value, legend)
    width = f"max-width:{svg.widest(chart)}px"
    return f'<div style="{width};margin:0 0 6px">{heading}{svg.draw(chart, view)}</div>'


def _signs(summary: RunSummary) -> str:
    """What lies across the charts, and what those marks in the first one mean that occur."""
    kinds = {mark.kind for mark in summary.marks}
    words = [messages.text(f"views.sign.{one}") for one in ("checkpoint", "resume") if one in kinds]
    shown = escape("   ".join([messages.text("views.sign.step"), *words]))
    return f'<div style="font-size:11px;white-space:pre-wrap;{markup.MUTED}">{shown}</div>'


def _listed(name: str, lines: Sequence[str], colour: str = "", *, folded: bool = False) -> str:
    shown = list(lines[:_MOST_LINES])
    if len(lines) > _MOST_LINES:
        shown.append(messages.text("views.more", {"count": len(lines) - _MOST_LINES}))
    title = messages.text(f"views.section.{name}")
    return markup.section(title, shown, colour=colour, folded=folded)


def _lost_rows(summary: RunSummary) -> bool:
    """Whether rows were left out or cut, which is said without being asked."""
    return summary.data is not None and bool(summary.data.refused or summary.data.cut)


def _data(summary: RunSummary) -> list[str]:
    if summary.data is None:
        return []
    refusals = [wording.refusal_words(one) for one in summary.data.refusals]
    return [*wording.data_lines(summary.data), *refusals]


def _checkpoints(summary: RunSummary) -> list[str]:
    """The result, then checkpoints, the latest first: that is the one to go on from."""
    path = {"path": one_line(summary.result, 200)}
    out = [messages.text("views.result", path)] if summary.result else []
    for one in reversed(summary.checkpoints):
        reason = wording.named("save_reason", one.reason)
        saved = messages.text("views.checkpoint", {"step": one.step, "reason": reason})
        out.append(wording.joined([saved, amounts.data_size(one.bytes), one_line(one.path, 120)]))
    return out


def _merges(summary: RunSummary) -> list[str]:
    return [
        messages.text(
            "views.merge.line",
            {
                "path": one_line(one.path, 200),
                "kl": amounts.significant(one.kl),
                "bound": amounts.significant(one.kl_bound),
                "agreement": amounts.percent(
                    None if one.token_agreement is None else 100 * one.token_agreement
                ),
            },
        )
        for one in summary.merges
    ]


def _footer(summary: RunSummary, *, live: bool) -> str:
    """What to type next; HTML."""
    name = one_line(summary.name, 80)
    if summary.is_live:
        return _sentence("live", command=f"%ft show {name}") if live else ""
    if summary.state == "finished":
        return _sentence("finished", chat=f"%%chat {name}", merge=f"%ft merge {name} --to FOLDER")
    which = "resume" if summary.checkpoints else "again"
    next_ = _sentence(which, resume=f"%ft resume {name}", log=f"%ft log {name}")
    if wording.after_the_kernel(summary):
        next_ += " " + _sentence("detach", detach="%%finetune --detach")
    return next_


def _sentence(which: str, **commands: str) -> str:
    """A sentence of the footer with commands in it, put in after the sentence was escaped."""
    marks = {name: f"\ue000{name}\ue001" for name in commands}
    inner = escape(messages.text(f"views.footer.{which}", marks))
    for name, command in commands.items():
        inner = inner.replace(marks[name], markup.code(command))
    return inner
