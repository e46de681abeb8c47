"""The doctor's report: what is here, what is missing for what, and the command that mends it."""

from collections.abc import Mapping, Sequence

from ftkernel import messages
from ftkernel.views import fields, markup, text
from ftkernel.views.escape import escape, one_line
from ftkernel.views.fields import Event

_COLUMNS = ("package", "version", "purpose")


def mime_bundle(machine: Sequence[str], checks: Sequence[Event]) -> dict[str, object]:
    """The report by mime type.

    Args:
        machine: lines about the machine.
        checks: one mapping a package: ``name``, ``found`` (its version, or nothing), ``purpose``
            (in words), ``needed`` (else it is an extra), ``remedy`` (a command; empty when all is
            well).
    """
    return {"text/html": _html(machine, checks), "text/plain": _plain(machine, checks)}


def _sign(check: Event) -> tuple[str, str]:
    """A sign and its colour."""
    if not fields.text(check, "remedy"):
        return "✓", markup.GREEN
    return ("✕", markup.RED) if check.get("needed") else ("○", markup.GREY)


def _found(check: Event) -> str:
    return one_line(fields.text(check, "found"), 60) or messages.text("views.doctor.missing")


def _remedies(checks: Sequence[Event]) -> Mapping[str, list[str]]:
    """The commands by whether they are needed."""
    found: dict[str, list[str]] = {"mend": [], "may_add": []}
    for check in checks:
        if remedy := one_line(fields.text(check, "remedy"), 400):
            found["mend" if check.get("needed") else "may_add"].append(remedy)
    return found


def _html(machine: Sequence[str], checks: Sequence[Event]) -> str:
    rows: list[list[str]] = []
    for check in checks:
        sign, colour = _sign(check)
        mark = f'<span style="color:{colour};font-weight:700">{sign}</span> '
        name = f"{mark}{escape(one_line(fields.text(check, 'name'), 80))}"
        rows.append([name, escape(_found(check)), escape(fields.text(check, "purpose"))])
    head = [messages.text(f"views.doctor.{name}") for name in _COLUMNS]
    remedies = _remedies(checks)
    parts = [f"<div>{escape(line)}</div>" for line in machine]
    parts.append(markup.table("", head, rows))
    for which, commands in remedies.items():
        if commands:
            listed = "".join(f"<div>{markup.code(command)}</div>" for command in commands)
            title = escape(messages.text(f"views.doctor.{which}"))
            parts.append(f'<div style="margin-top:8px"><strong>{title}</strong>{listed}</div>')
    if not remedies["mend"]:
        parts.append(markup.footer(escape(messages.text("views.doctor.well"))))
    return markup.frame("".join(parts), messages.text("views.doctor.title"))


def _plain(machine: Sequence[str], checks: Sequence[Event]) -> str:
    rows = [
        (
            _sign(check)[0],
            one_line(fields.text(check, "name"), 80),
            _found(check),
            one_line(fields.text(check, "purpose")),
        )
        for check in checks
    ]
    lines = [*(one_line(line) for line in machine), *([text.columns(rows)] if rows else [])]
    remedies = _remedies(checks)
    for which, commands in remedies.items():
        if commands:
            lines += [messages.text(f"views.doctor.{which}"), *(f"  {one}" for one in commands)]
    if not remedies["mend"]:
        lines.append(messages.text("views.doctor.well"))
    return "\n".join(lines)
