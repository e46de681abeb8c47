"""What a recipe would do and take, before anything runs: ``%ft estimate`` and ``--dry-run``."""

from ftkernel import messages
from ftkernel.views import amounts, facts, fields
from ftkernel.views.facts import Facts
from ftkernel.views.fields import Event


def mime_bundle(plan: Event) -> dict[str, object]:
    """The plan by mime type.

    Args:
        plan: the fields of a ``plan_made`` event; those of ``data_prepared`` and ``model_loaded``
            are shown too where they stand beside them, and ``start_seconds``, what passes before
            the first step.
    """
    return facts.mime_bundle(plan_facts(plan))


def plan_facts(plan: Event) -> Facts:
    """The plan as facts; the verdict is whether it fits into memory."""
    needed, there = fields.whole(plan, "memory_bytes"), fields.whole(plan, "memory_available")
    fits = needed is None or there is None or needed <= there
    shown = {
        "model": _model(plan),
        "rows": _rows(plan),
        "steps": _steps(plan),
        "batch": _batch(plan),
        "tokens": amounts.count(fields.whole(plan, "tokens_per_epoch")),
        "memory": _memory(needed, there),
        "seconds": _time(fields.number(plan, "seconds"), fields.number(plan, "start_seconds")),
    }
    rows = [
        (messages.text(f"views.plan.{name}"), value)
        for name, value in shown.items()
        if value not in ("", amounts.MISSING)
    ]
    known = needed is not None and there is not None
    verdict = messages.text(f"views.plan.{'fits' if fits else 'does_not_fit'}") if known else ""
    return Facts(messages.text("views.plan.title"), verdict, fits, rows)


def _model(plan: Event) -> str:
    source, count = fields.text(plan, "source"), fields.whole(plan, "parameters")
    return f"{source} ({amounts.short_count(count)})" if source and count else source


def _rows(plan: Event) -> str:
    train, held = fields.whole(plan, "train_rows"), fields.whole(plan, "eval_rows")
    if train is None:
        return ""
    parts = {"train": amounts.count(train), "held": amounts.count(held or 0)}
    return messages.text("views.plan.rows_of", parts)


def _steps(plan: Event) -> str:
    steps, epochs = fields.whole(plan, "total_steps"), fields.number(plan, "epochs")
    if steps is None or epochs is None:
        return amounts.count(steps)
    parts = {"steps": amounts.count(steps), "epochs": f"{epochs:.2f}".rstrip("0").rstrip(".")}
    return messages.text("views.plan.steps_of", parts)


def _batch(plan: Event) -> str:
    micro, accumulation = fields.whole(plan, "micro_batch"), fields.whole(plan, "accumulation")
    if micro is None or accumulation is None:
        return ""
    return f"{micro} × {accumulation} = {micro * accumulation}"


def _time(seconds: float | None, start: float | None) -> str:
    """The expected time, and what comes before the first step; neither is ever called nothing."""
    if seconds is None:
        return ""
    if start is None:
        return messages.text("views.plan.without_start", {"time": _at_least(seconds)})
    params = {"time": _at_least(seconds), "start": amounts.duration(max(1.0, start))}
    return messages.text("views.plan.with_start", params)


def _at_least(seconds: float) -> str:
    return amounts.duration(seconds) if seconds >= 1 else messages.text("views.plan.under_a_second")


def _memory(needed: int | None, there: int | None) -> str:
    if needed is None or there is None:
        return amounts.data_size(needed)
    parts = {"needed": amounts.data_size(needed), "there": amounts.data_size(there)}
    return messages.text("views.plan.memory_of", parts)
