"""What a trainer works on and whom it talks to: the rows of a run, and its desk."""

from collections.abc import Sequence
from dataclasses import dataclass

from ftkernel.training.control import Control
from ftkernel.training.keeper import Keeper
from ftkernel.training.order import Order
from ftkernel.training.pauses import Pauses
from ftkernel.training.speak import StepSpeaker
from ftkernel.training.token_row import TokenRow
from ftkernel.training.totals import Totals


@dataclass(frozen=True)
class RunRows:
    """The rows of a run and their order.

    Attributes:
        train: rows to learn.
        held_out: rows to measure on; may be empty.
        order: of ``train``.
        learns_padding: what fills up short rows is learned too.
    """

    train: Sequence[TokenRow]
    held_out: Sequence[TokenRow]
    order: Order
    learns_padding: bool = False


@dataclass
class Desk:
    """Whom the trainer talks to, and what it is to watch for; ``save_minutes`` may be changed."""

    speaker: StepSpeaker
    control: Control
    keeper: Keeper
    totals: Totals
    pauses: Pauses
    save_minutes: float = 0.0
    early_stopping_steps: int | None = None
