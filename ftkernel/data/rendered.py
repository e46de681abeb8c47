"""A conversation as text, whoever rendered it, and what encoding asks of whatever renders.

Two things render: the chat template of a checkpoint (:mod:`ftkernel.data.template`) and a prompt
format by its name (:mod:`ftkernel.data.templates`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

Messages = Sequence[Mapping[str, Any]]
Tools = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Rendered:
    """Text, and what is known of it for certain.

    Attributes:
        text: the whole text.
        cuts: characters at which it is parted before it is tokenized; none: it is read in one.
        answers: the characters of each answer, where the renderer wrote them itself.
        marks: the characters that a chat template says are answers (``{% generation %}``).
    """

    text: str
    cuts: tuple[int, ...] = ()
    answers: tuple[tuple[int, int], ...] = ()
    marks: tuple[tuple[int, int], ...] = ()


class Outcome(Protocol):
    """A :class:`Rendered` by any maker; marks are optional."""

    @property
    def text(self) -> str: ...  # noqa: D102
    @property
    def cuts(self) -> tuple[int, ...]: ...  # noqa: D102
    @property
    def answers(self) -> tuple[tuple[int, int], ...]: ...  # noqa: D102


class Renderer(Protocol):
    """Writes conversations down; the same for training, chats and exports."""

    def conversation(self, messages: Messages, tools: Tools = ()) -> Outcome:
        """Messages as they are learned. Raises RowFault where they cannot be written."""
        ...

    def prompt(self, messages: Messages, tools: Tools = ()) -> Outcome:
        """Messages and whatever an answer is asked for with. Raises RowFault likewise."""
        ...
