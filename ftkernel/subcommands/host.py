"""What a subcommand may ask of the place it was called from: a notebook or a terminal."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from ftkernel.api.chat_sides import Subject
    from ftkernel.api.preview import Preview
    from ftkernel.api.run import Run


class Status(Protocol):
    """One line that is replaced in place, for as long as something takes."""

    def update(self, text: str) -> None:
        """Show ``text`` instead of what stood there."""
        ...


class Answer(Protocol):
    """An answer of a model while it is written; ``side`` is ``tuned`` or ``base``."""

    def add(self, side: str, text: str) -> None:
        """Append ``text`` to the answer of a side."""
        ...


class Host(Protocol):
    """A notebook or a terminal."""

    @property
    def prefix(self) -> str:
        """What stands before a subcommand's name here: ``%ft`` or ``ftkernel``."""
        ...

    def line(self, text: str) -> None:
        """Say one thing."""
        ...

    def show(self, bundle: Mapping[str, object]) -> None:
        """Show a mime bundle; a terminal takes its ``text/plain``."""
        ...

    def card(self, run: "Run") -> None:
        """Show a run, kept up to date while it lives where the place can do that."""
        ...

    def store(self, variable: str, value: object) -> None:
        """Bind a value to a variable of the user, where there are variables."""
        ...

    def variables(self) -> Mapping[str, object] | None:
        """The user's variables; ``None`` where there are none to speak of."""
        ...

    def next_cell(self, text: str) -> bool:
        """Write a cell below the one that is executed; ``False`` where there are no cells."""
        ...

    def wait(self, run: "Run", timeout: float | None = None, *, own: bool = False) -> str:
        """Wait for the end of a run under this place's rules for an interrupt; returns the state.

        ``own``: the run was started by this very command.
        """
        ...

    def status(self) -> AbstractContextManager[Status]:
        """A line that is replaced in place and goes away at the end."""
        ...

    def answer(self, sides: tuple[str, ...]) -> AbstractContextManager[Answer]:
        """A place into which answers are written as they come."""
        ...

    def chat(
        self, subject: "Subject", sides: Sequence[str], settings: Mapping[str, object]
    ) -> bool:
        """Open a panel to chat with a model; ``False`` where there are no panels."""
        ...

    def preview(self, preview: "Preview") -> bool:
        """Open a panel to leaf through rows; ``False`` where there are no panels."""
        ...

    def confirm(self, question: str) -> bool:
        """Ask; ``False`` where nobody can be asked."""
        ...
