"""Texts in both languages, for views whose page picks its own."""

from collections.abc import Callable, Mapping

from ftkernel import messages
from ftkernel.views import wording
from ftkernel.views.escape import one_line, plain
from ftkernel.views.figures import LANGUAGES
from ftkernel.views.shape import Mark, RunSummary


def both(say: Callable[[], str]) -> list[str]:
    """One text in English and in Chinese."""
    out: list[str] = []
    for lang in LANGUAGES:
        with messages.speaking(lang):
            out.append(say())
    return out


def activity(summary: RunSummary) -> list[str]:
    """What is going on, else how the run ended and, where its kernel was gone, what next."""
    parts = (wording.activity, wording.after_the_kernel)
    return both(lambda: one_line(wording.joined([say(summary) for say in parts]), 360))


def mark_json(mark: Mark) -> dict[str, object]:
    """A mark on the curves, with what it means."""

    def detail() -> str:
        if mark.kind == "checkpoint":
            return wording.named("save_reason", mark.detail)
        if mark.kind == "command":
            return wording.named("command_name", mark.detail)
        if mark.kind == "resume":
            return messages.text("views.attempt", {"attempt": mark.detail})
        return one_line(mark.detail, 80)

    return {"kind": mark.kind, "step": mark.step, "detail": both(detail)}


def error_json(error: Mapping[str, object] | None, longest: int = 300) -> list[list[str]] | None:
    """The lines of an error, all of them in English and all of them in Chinese."""
    if not error:
        return None
    out: list[list[str]] = []
    for lang in LANGUAGES:
        with messages.speaking(lang):
            out.append([plain(line)[:longest] for line in wording.error_lines(error)][:8])
    return out
