"""What the models room says while it works: progress, things adjusted, things to know.

The room has no run folder and writes no event; whoever calls it passes an object with these three
methods (a worker's context is one). The protocol's own methods say nothing.
"""

from typing import Protocol

from ftkernel.runs.events import Phase


class Report(Protocol):
    """The three things a caller may want to hear."""

    def progress(
        self, phase: Phase, done: int, total: int | None = None, unit: str = "rows"
    ) -> None:
        """Progress in a phase: ``done`` of ``total`` in ``unit``."""

    def adjusted(self, code: str, **params: object) -> None:
        """Something was chosen or changed for the user; ``code`` names the text."""

    def warned(self, code: str, **params: object) -> None:
        """Something the user should know; ``code`` names the text."""


class _Silent(Report):
    """Says nothing."""


SILENT: Report = _Silent()
