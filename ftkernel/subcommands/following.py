"""Showing what a worker says in a short job: its phases in one line, its remarks one each."""

from collections.abc import Iterable, Mapping
from typing import Any

from ftkernel import messages
from ftkernel.subcommands.host import Host, Status
from ftkernel.views.shape import Phase
from ftkernel.views.wording import phase_words


def follow(lines: Iterable[Mapping[str, Any]], host: Host) -> Mapping[str, Any]:
    """Show a job's lines as they come; returns its result."""
    result: Mapping[str, Any] = {}
    with host.status() as status:
        for line in lines:
            if line["kind"] == "result":
                result = line
            else:
                tell(line, status, host)
    return result


def tell(line: Mapping[str, Any], status: Status, host: Host) -> None:
    """Show one line: a phase in place of the last, a remark for itself."""
    if line["kind"] == "phase":
        status.update(phase_text(line))
    elif line["kind"] in {"adjusted", "warned"}:
        host.line(messages.text(line["code"], line["params"]))


def phase_text(line: Mapping[str, Any]) -> str:
    """What a worker is doing, by its line of kind ``phase``."""
    done, total = line.get("done"), line.get("total")
    if not done and not total:  # the phase has only begun
        done = None
    return phase_words(Phase(str(line["phase"]), done, total, str(line.get("unit") or "rows")))
