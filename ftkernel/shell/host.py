"""What a subcommand may ask of a terminal."""

import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import TYPE_CHECKING

from ftkernel import messages
from ftkernel.api.control import LIVE
from ftkernel.api.waiting import ProgressLine, ended, stopped_by_interrupt, wait_with_a_line
from ftkernel.errors import Halt
from ftkernel.views.chat import side_name

if TYPE_CHECKING:
    from ftkernel.api.chat_sides import Subject
    from ftkernel.api.preview import Preview
    from ftkernel.api.run import Run


class OutputClosed(Halt):
    """Nobody reads standard output any more."""

    def __init__(self) -> None:
        super().__init__("notebook.interrupted")


def _write(text: str) -> None:
    """Write to standard output, at once.

    Raises:
        OutputClosed: if its reader has gone.
    """
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        raise OutputClosed from None


class _StatusLine:
    def __init__(self) -> None:
        self._line = ProgressLine()
        self._text = ""

    def update(self, text: str) -> None:
        """Replace the line."""
        self._text = text
        self._line.update(text)

    def close(self) -> None:
        if self._text:
            self._line.update(self._text, last=True)


class _AnswerText:
    """Answers printed as they come, each under its label where there are two."""

    def __init__(self, sides: tuple[str, ...]) -> None:
        self._labelled = len(sides) > 1
        self._side = ""

    def add(self, side: str, text: str) -> None:
        """Print more of an answer."""
        if side != self._side:
            gap = "\n\n" if self._side else ""
            label = side_name(side) + ":\n" if self._labelled else ""
            self._side = side
            text = gap + label + text
        _write(text)

    def close(self) -> None:
        if self._side:
            _write("\n")


class TerminalHost:
    """Implements :class:`ftkernel.subcommands.host.Host` for a terminal."""

    prefix = "ftkernel"

    def line(self, text: str) -> None:
        """Print on standard output."""
        _write(text + "\n")

    def show(self, bundle: Mapping[str, object]) -> None:
        """Print the plain text of a mime bundle."""
        self.line(str(bundle.get("text/plain", "")))

    def card(self, run: "Run") -> None:
        """Print the run in two lines."""
        from ftkernel.views.bundle import mime_bundle

        self.show(mime_bundle(run.summary(), live=run.is_live))

    def store(self, variable: str, value: object) -> None:
        """A terminal has no variables."""

    def variables(self) -> None:
        """A terminal has no variables."""

    def next_cell(self, text: str) -> bool:
        """A terminal has no cells."""
        del text
        return False

    def wait(self, run: "Run", timeout: float | None = None, *, own: bool = False) -> str:
        """Wait with a progress line.

        An interrupt ends the waiting; it stops an own run with a checkpoint.
        """
        try:
            return wait_with_a_line(run, timeout)
        except KeyboardInterrupt:
            if not own:
                raise Halt("notebook.waiting_ended", name=run.name) from None
        self.line("\n" + messages.text("notebook.stopping", {"name": run.name}))
        try:
            if run.state in LIVE:
                run.stop()
            ended(run)
        except KeyboardInterrupt:
            raise Halt("notebook.still_stopping", name=run.name) from None
        raise stopped_by_interrupt(run)

    def status(self) -> closing[_StatusLine]:
        """A line on standard error that is written over."""
        return closing(_StatusLine())

    def answer(self, sides: tuple[str, ...]) -> closing[_AnswerText]:
        """Answers on standard output as they come."""
        return closing(_AnswerText(sides))

    def chat(
        self, subject: "Subject", sides: Sequence[str], settings: Mapping[str, object]
    ) -> bool:
        """A terminal has no panels."""
        del subject, sides, settings
        return False

    def preview(self, preview: "Preview") -> bool:
        """A terminal has no panels."""
        del preview
        return False

    def confirm(self, question: str) -> bool:
        """Ask, where a person sits at the terminal."""
        if not (sys.stdin.isatty() and sys.stdout.isatty()):
            return False
        return input(f"{question} [y/N] ").strip().lower() in {"y", "yes"}
