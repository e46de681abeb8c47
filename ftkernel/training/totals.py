"""What a run has added up so far, and the choices that every attempt of it must repeat.

Saved with each checkpoint and read back at a resume, so that tokens, time and the best measurement
count over all attempts.
"""

import hashlib
from array import array
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

from ftkernel.data.later import LaterRows
from ftkernel.data.store import Chosen, StoredRows
from ftkernel.data.streamed import StreamedRows
from ftkernel.runs.folder import read_json, write_json
from ftkernel.training.token_row import TokenRow

FILE = "ftkernel_state.json"


@dataclass
class Totals:
    """Counters of a run at the end of an optimizer step.

    Attributes:
        tokens: that went through the model in training, padding not counted.
        trained_tokens: of these, the ones whose loss was learned from.
        elapsed: seconds of training, without evaluation and saving.
        first_loss: the first that was logged.
        last_loss: the one logged last.
        first_eval_loss: the first measurement.
        last_eval_loss: the last one.
        best_step: whose measurement was best; 0 before the first.
        worse_in_a_row: measurements since the best one.
        evaluation_due: a stop came while this step was measured; a resume measures it first.
        samples_due: a stop came while prompts were answered after this step; likewise.
        changed: values that were set while the run trained, by key; a resume keeps them.
        micro_batch: rows computed at once, which a resume keeps.
        accumulation: micro-batches of a step, which a resume keeps.
        precision: the type computed in.
        data: fingerprint of the rows, which should be the same at a resume.
    """

    tokens: int = 0
    trained_tokens: int = 0
    elapsed: float = 0.0
    first_loss: float | None = None
    last_loss: float | None = None
    first_eval_loss: float | None = None
    last_eval_loss: float | None = None
    best_step: int = 0
    worse_in_a_row: int = 0
    evaluation_due: bool = False
    samples_due: bool = False
    changed: dict[str, float] = field(default_factory=dict[str, float])
    micro_batch: int = 0
    accumulation: int = 0
    precision: str = ""
    data: str = ""

    def save(self, folder: Path) -> None:
        """Write the counters into a checkpoint."""
        write_json(folder / FILE, asdict(self), sync=False)

    @classmethod
    def load(cls, folder: Path) -> "Totals":
        """Read the counters of a checkpoint; one without them counts from nothing."""
        saved = read_json(folder / FILE) or {}
        known = {one.name for one in fields(cls)}
        return cls(**{name: value for name, value in saved.items() if name in known})


def fingerprint(rows: Sequence[TokenRow]) -> str:
    """A short text that changes when any token or label of the rows does."""
    if isinstance(rows, LaterRows):  # not all of them are tokens yet
        return rows.tokenizing.fingerprint()
    if isinstance(rows, StoredRows | Chosen | StreamedRows):
        return rows.fingerprint()
    digest = hashlib.blake2b(digest_size=12)
    for row in rows:
        for numbers in (row.input_ids, row.labels):
            digest.update(array("q", numbers).tobytes())
            digest.update(b"|")
    return digest.hexdigest()
