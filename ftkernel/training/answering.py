"""Who answers from the weights of a run that trains: what the trainer asks, and what comes back.

The worker provides it, since this room knows nothing of sampling tokens.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True)
class Reply:
    """What a model answered; ``notes`` are codes and parameters of what was decided."""

    text: str
    tokens: int
    prompt_tokens: int
    seconds: float
    finish: str
    seed: int
    notes: Sequence[Mapping[str, Any]] = ()
    inside: bool = False
    """Whether the prompt opened the model's thinking, so that the text begins inside it."""

    @property
    def tokens_per_second(self) -> float:
        """Tokens of the answer by the whole time."""
        return self.tokens / self.seconds if self.seconds > 0 else 0.0


@dataclass(frozen=True)
class Question:
    """A question as it was sent; nothing of it is checked yet."""

    id: str
    messages: object
    sampling: object = None
    side: object = "tuned"
    step: int = 0
    kept: bool = False
    """Whether question and answer belong into the transcript."""


class Answers(Protocol):
    """Answers from the weights as they are."""

    def reply(
        self,
        question: Question,
        *,
        on_piece: Callable[[str], None] = lambda _: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Reply:
        """Answer one question.

        Args:
            question: what is asked.
            on_piece: is given each piece of text.
            cancelled: is asked after each token whether to end.

        Raises:
            FtError: why there is no answer, also when memory ran out.
        """
        ...
