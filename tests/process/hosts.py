"""A place that subcommands are called from, which keeps what it is told."""

from contextlib import contextmanager, nullcontext
from types import SimpleNamespace


class Host:
    """A host that keeps what it is told."""

    prefix = "ftkernel"

    def __init__(self):
        self.lines = []
        self.phases = []

    def line(self, text):
        self.lines.append(text)

    def status(self):
        return nullcontext(SimpleNamespace(update=self.phases.append))

    @contextmanager
    def answer(self, sides):
        yield SimpleNamespace(add=lambda side, text: self.lines.append(f"{side}: {text}"))
