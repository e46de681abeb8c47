"""What the models room says while it works: progress, things adjusted, things to know.

The room has no run folder and writes no event; whoever calls it passes an object with these three methods
(the worker turns them into events or stream lines). The base class says nothing.
"""

from ftkernel.runs.events import Phase


class Report:
    """The three things a caller may want to hear; each does nothing here."""

    def progress(
        self, phase: Phase, done: int, total: int | None = None, unit: str = "rows"
    ) -> None:
        """Progress in a phase: ``done`` of ``total`` in ``unit``."""

    def adjusted(self, code: str, **params: object) -> None:
        """Something was chosen or changed for the user; ``code`` names the text."""

    def warned(self, code: str, **params: object) -> None:
        """Something the user should know; ``code`` names the text."""


SILENT = Report()
