"""A run in words: its state, what it is doing, how far it is, what was adjusted, what went wrong.

All of it in the language in force. What comes back is plain text, not yet escaped for HTML.
"""

from collections.abc import Mapping, Sequence

from ftkernel import messages
from ftkernel.errors import from_json
from ftkernel.views import amounts, certainty
from ftkernel.views.escape import one_line, plain
from ftkernel.views.shape import Data, Note, Phase, Refusal, RunSummary

ICONS: Mapping[str, str] = {
    "created": "○",
    "starting": "◔",
    "running": "▶",
    "finished": "✓",
    "stopped": "■",
    "failed": "✕",
    "died": "⚡",
}
"""A sign for each state, since a colour alone tells nothing to some."""

_LONGEST_NOTE = 400

KERNEL_GONE = "owner_gone"
"""Why a run stopped that is tied to its kernel."""


def named(group: str, name: str) -> str:
    """The text ``views.<group>.<name>``, or the name itself where it is of a newer version."""
    code = f"views.{group}.{name}"
    return messages.text(code) if code in messages.all_texts() else one_line(name, 40)


def state_words(summary: RunSummary) -> str:
    """The state; for a stopped run also what stopped it."""
    if summary.state == "stopped" and summary.stop_reason:
        return named("stop_reason", summary.stop_reason)
    return named("state", summary.state)


def about(summary: RunSummary) -> str:
    """What is trained and how: the model, the method, which attempt."""
    method = summary.recipe.get("finetuning_type")
    attempt = {"attempt": summary.attempt}
    return joined(
        [
            one_line(summary.model_name, 80),
            one_line(method, 20) if isinstance(method, str) else "",
            messages.text("views.attempt", attempt) if summary.attempt > 1 else "",
            messages.text("views.detached") if summary.detached and summary.is_live else "",
        ]
    )


def phase_words(phase: Phase) -> str:
    """What the worker is doing, such as ``tokenizing: 1,200 of 5,000 rows``."""
    name = named("phase", phase.name)
    if phase.done is None or phase.total == 1 or (phase.total is None and phase.done == 0):
        return name
    in_bytes = phase.unit == "bytes"
    amount = amounts.data_size if in_bytes else amounts.count
    parts = {
        "phase": name,
        "done": amount(phase.done),
        "unit": "" if in_bytes else named("unit", phase.unit),
    }
    if phase.total is None:
        return messages.text("views.phase_done", parts).rstrip()
    return messages.text("views.phase_of", {**parts, "total": amount(phase.total)}).rstrip()


def activity(summary: RunSummary) -> str:
    """What is going on while the run lives, else how it ended."""
    if summary.is_live and summary.phase is not None:
        return phase_words(summary.phase)
    return state_words(summary)


def after_the_kernel(summary: RunSummary) -> str:
    """How to go on with a run that ended with its kernel, and how to keep the next; else empty."""
    if summary.state != "stopped" or summary.stop_reason != KERNEL_GONE:
        return ""
    which = "resume" if summary.checkpoints else "again"
    return messages.text(f"views.kernel_gone.{which}", {"name": one_line(summary.name, 80)})


def steps_words(summary: RunSummary) -> str:
    """How far the run is: ``step 40 of 200 · epoch 1.25``; empty before the first step."""
    parts: list[str] = []
    if summary.total_steps:
        both = {"step": amounts.count(summary.step), "total": amounts.count(summary.total_steps)}
        parts.append(messages.text("views.step_of", both))
    elif summary.points:
        parts.append(messages.text("views.step", {"step": amounts.count(summary.step)}))
    if summary.epoch is not None:
        parts.append(messages.text("views.epoch", {"epoch": f"{summary.epoch:.2f}"}))
    return " · ".join(parts)


def time_left(summary: RunSummary) -> str:
    """How long the training is expected to go on, as exactly as that is sure; else empty."""
    left = certainty.time_left(summary)
    if left is None:
        return ""
    return messages.text("views.left", {"time": amounts.rounded_duration(*left)})


def losses_words(summary: RunSummary) -> str:
    """The first loss and the last."""
    losses = summary.losses
    if not losses:
        return amounts.MISSING
    if len(losses) == 1:
        return amounts.loss(losses[0])
    ends = {"first": amounts.loss(losses[0]), "last": amounts.loss(losses[-1])}
    return messages.text("views.from_to", ends)


def note_words(note: Note | Refusal) -> str:
    """What was adjusted, warned of, or refused; numbers to the digits that say something."""
    params = {
        name: float(f"{value:.4g}") if isinstance(value, float) else value
        for name, value in note.params.items()
    }
    return one_line(messages.text(note.code, params), _LONGEST_NOTE)


def data_lines(data: Data) -> list[str]:
    """What became of the rows, a line each."""
    held = {"train": amounts.count(data.train_rows), "held": amounts.count(data.eval_rows)}
    form = named("form", data.form) if data.form else amounts.MISSING
    out = [
        messages.text("views.data.rows", {"rows": amounts.count(data.rows), "form": form, **held})
    ]
    if data.tokens:
        share = 100 * (data.trained_tokens or 0) / data.tokens
        parts = {
            "tokens": amounts.count(data.tokens),
            "trained": amounts.count(data.trained_tokens),
            "percent": amounts.percent(share),
            "longest": amounts.count(data.longest),
        }
        out.append(messages.text("views.data.tokens", parts))
    if data.cut:
        out.append(messages.text("views.data.cut", {"count": amounts.count(data.cut)}))
    if data.refused:
        out.append(messages.text("views.data.refused", {"count": amounts.count(data.refused)}))
    return out


def refusal_words(refusal: Refusal) -> str:
    """Why rows were left out, how many, and where the first of them stands."""
    parts = {
        "count": amounts.count(refusal.count),
        "why": note_words(refusal),
        "first": one_line(refusal.first, 120),
    }
    return messages.text(
        "views.data.refusal" if refusal.first else "views.data.refusal_bare", parts
    )


def error_lines(error: Mapping[str, object]) -> list[str]:
    """An error as people read it; whatever was written into the event, never raises."""
    try:
        lines = from_json(error).lines()
    except (KeyError, TypeError, ValueError, AttributeError):
        return [messages.text("views.error_unknown"), one_line(error.get("code", ""))]
    return [plain(line) for line in lines]


def parameters_words(summary: RunSummary) -> tuple[str, str]:
    """How many parameters are trained, and of how many."""
    model = summary.model
    if model is None or model.trainable is None:
        return amounts.MISSING, ""
    of = {"total": amounts.short_count(model.parameters), "percent": amounts.percent(model.percent)}
    return amounts.short_count(model.trainable), messages.text("views.of_count", of)


def joined(parts: Sequence[str]) -> str:
    """The parts that are not empty, with a dot between them."""
    return " · ".join(part for part in parts if part)
