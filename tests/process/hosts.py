"""A place that subcommands are called from, which keeps what it is told."""

from contextlib import contextmanager, nullcontext
from types import SimpleNamespace


class Host:
    """A host that keeps what it is told."""

    prefix = "ftkernel"

    def __init__(self):
        self.lines = []
        self.said = []
        """The lines, and what stood in the line of status, in order."""

    def line(self, text):
        self.lines.append(text)
        self.said.append(text)

    def status(self):
        return nullcontext(SimpleNamespace(update=self.said.append))

    @contextmanager
    def answer(self, sides):
        yield SimpleNamespace(add=lambda side, text: self.lines.append(f"{side}: {text}"))
