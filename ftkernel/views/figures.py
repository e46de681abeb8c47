"""The key figures of a run in words: name, value and remark of each; the same in every view."""

from ftkernel import messages
from ftkernel.views import amounts, wording
from ftkernel.views.escape import one_line
from ftkernel.views.shape import RunSummary

_MOST_SCORES = 4
_NO_SCORE = frozenset({"loss", "step", "epoch", "tokens", "elapsed", "seconds"})

LANGUAGES: tuple[messages.Language, ...] = ("en", "zh")


def figures(summary: RunSummary) -> list[tuple[str, str, str]]:
    """Name, value and remark of each figure there is."""
    out: list[tuple[str, str, str]] = []
    if summary.losses:
        smooth = {"value": amounts.loss(summary.last_smoothed)}
        remark = messages.text("views.smoothed_now", smooth) if len(summary.losses) > 1 else ""
        out.append((messages.text("views.loss"), wording.losses_words(summary), remark))
    held_out = [one.loss for one in summary.evaluations if one.loss is not None]
    if held_out:
        ends = {"first": amounts.loss(held_out[0]), "last": amounts.loss(held_out[-1])}
        several = len(held_out) > 1
        value = messages.text("views.from_to", ends) if several else ends["last"]
        remark = messages.text("views.lowest", {"value": amounts.loss(min(held_out))})
        out.append((messages.text("views.eval_loss"), value, remark if several else ""))
    out += _scores(summary)
    if summary.seconds is not None:
        out.append((messages.text("views.time"), amounts.duration(summary.seconds), ""))
    out += _more(summary)
    return out


def _scores(summary: RunSummary) -> list[tuple[str, str, str]]:
    """What evaluations computed beside the loss: first and last."""
    values: dict[str, list[float]] = {}
    for one in summary.evaluations:
        for name, value in one.metrics:
            if name not in _NO_SCORE:
                values.setdefault(name, []).append(value)
    out: list[tuple[str, str, str]] = []
    for name, found in list(values.items())[:_MOST_SCORES]:
        title = messages.text("live.metric.of_evaluation", {"name": one_line(name, 40)})
        ends = {"first": amounts.significant(found[0]), "last": amounts.significant(found[-1])}
        several = len(found) > 1
        value = messages.text("views.from_to", ends) if several else ends["last"]
        out.append((title, value, ""))
    return out


def in_both_languages(summary: RunSummary) -> list[dict[str, list[str]]]:
    """The same as ``name``, ``value`` and ``remark``, each in English and in Chinese."""
    told: list[list[tuple[str, str, str]]] = []
    for language in LANGUAGES:
        with messages.speaking(language):
            told.append(figures(summary))
    keys = ("name", "value", "remark")
    return [
        {key: list(texts) for key, texts in zip(keys, zip(*each, strict=True), strict=True)}
        for each in zip(*told, strict=True)
    ]


def _more(summary: RunSummary) -> list[tuple[str, str, str]]:
    out: list[tuple[str, str, str]] = []
    last = summary.last
    if summary.tokens_per_second is not None:
        speed = {"count": amounts.count(summary.tokens_per_second)}
        out.append((messages.text("views.speed"), messages.text("views.per_second", speed), ""))
    if last is not None and last.tokens is not None:
        trained = {"count": amounts.short_count(last.trained_tokens)}
        remark = (
            "" if last.trained_tokens is None else messages.text("views.trained_tokens", trained)
        )
        out.append((messages.text("views.tokens"), amounts.short_count(last.tokens), remark))
    expected = summary.plan.memory_bytes if summary.plan else None
    if summary.peak_memory is not None or expected:
        size = {"size": amounts.data_size(expected)}
        value = amounts.data_size(summary.peak_memory)
        is_over = (summary.peak_memory or 0) > (expected or 0) and value != size["size"]
        told = "views.over_expected" if is_over else "views.expected"
        remark = messages.text(told, size) if expected else ""
        out.append((messages.text("views.peak_memory"), value, remark))
    if summary.model is not None and summary.model.trainable is not None:
        out.append((messages.text("views.trained_parameters"), *wording.parameters_words(summary)))
    return out
