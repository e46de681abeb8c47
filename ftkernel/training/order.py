"""The order in which rows are learned: a pure function of seed, epoch and lengths.

Nothing is remembered and no global random state is used, so that a resumed run, asked for the same
epoch, gets the same order. The rows of one optimizer step are chosen first and cut into
micro-batches after, so that the split, which depends on memory, never changes what is learned.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Strategy = Literal["random", "sequential", "group_by_length"]

_POOL_STEPS = 50
"""Rows are sorted by length within pools of this many steps; larger pools pad less, mix less."""


@dataclass(frozen=True)
class Order:
    """Everything that an epoch's order depends on.

    Attributes:
        lengths: tokens of each row, by its index.
        micro_batch: rows that are computed at once.
        accumulation: micro-batches of one optimizer step.
        strategy: ``group_by_length`` puts rows of like length into one step and shuffles the steps.
        seed: of the shuffling.
        drop_last: leave out a last micro-batch that is not full.
    """

    lengths: Sequence[int]
    micro_batch: int
    accumulation: int
    strategy: Strategy
    seed: int
    drop_last: bool = False

    @property
    def effective(self) -> int:
        """Rows of one optimizer step."""
        return self.micro_batch * self.accumulation

    def batches(self, epoch: int) -> list[list[int]]:
        """The micro-batches of an epoch (counted from 0), each a list of row indices."""
        out: list[list[int]] = []
        for step in self.steps(epoch):
            rows = step
            if self.strategy == "group_by_length":
                rows = sorted(step, key=lambda row: (-self.lengths[row], row))
            out.extend(
                rows[start : start + self.micro_batch]
                for start in range(0, len(rows), self.micro_batch)
            )
        if self.drop_last:
            out = [batch for batch in out if len(batch) == self.micro_batch]
        return out

    def batches_in_epoch(self) -> int:
        """How many micro-batches each epoch has."""
        if self.drop_last:
            return len(self.lengths) // self.micro_batch
        return -(-len(self.lengths) // self.micro_batch)

    def steps(self, epoch: int) -> list[list[int]]:
        """The rows of each optimizer step of an epoch; the last one may be smaller."""
        rows = list(range(len(self.lengths)))
        if self.strategy == "sequential":
            return _cut(rows, self.effective)
        # A string seeds through SHA-512: the same on every Python and platform.
        generator = random.Random(f"{self.seed}/{epoch}")  # noqa: S311 - an order, not a secret
        generator.shuffle(rows)
        if self.strategy == "random":
            return _cut(rows, self.effective)
        return self._grouped(rows, generator, longest_first=epoch == 0)

    def _grouped(
        self, rows: list[int], generator: random.Random, *, longest_first: bool
    ) -> list[list[int]]:
        """Steps of rows of like length, the steps in random order.

        The partial step stays last, as accumulation needs it there. The first epoch begins with the
        longest rows: what does not fit into memory then fails at once and not after an hour.
        """
        steps: list[list[int]] = []
        for pool in _cut(rows, self.effective * _POOL_STEPS):
            pool.sort(key=lambda row: -self.lengths[row])
            steps.extend(_cut(pool, self.effective))
        partial = [step for step in steps if len(step) < self.effective]
        full = [step for step in steps if len(step) == self.effective]
        generator.shuffle(full)
        if longest_first and full:
            longest = max(range(len(full)), key=lambda i: self.lengths[full[i][0]])
            full.insert(0, full.pop(longest))
        return full + partial


def _cut(rows: list[int], size: int) -> list[list[int]]:
    return [rows[start : start + size] for start in range(0, len(rows), size)]
