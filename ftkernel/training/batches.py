"""Rows of tokens to batches of tensors, in the order of :mod:`ftkernel.training.order`.

Rows are padded on the right to the longest of their batch; labels of padding are -100.
"""

from collections.abc import Iterator, Sequence

import torch
from torch.utils.data import DataLoader, Dataset, Sampler

from ftkernel.training.order import Order
from ftkernel.training.token_row import IGNORED, TokenRow

Batch = dict[str, torch.Tensor]


class Rows(Dataset[TokenRow]):
    """Rows in memory as a data set of torch."""

    def __init__(self, rows: Sequence[TokenRow]) -> None:
        self.rows = rows

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, index: int) -> TokenRow:
        return self.rows[index]


class Collator:
    """Stacks rows into tensors of shape (rows, longest row)."""

    def __init__(self, pad_token_id: int) -> None:
        self.pad_token_id = pad_token_id

    def __call__(self, rows: Sequence[TokenRow]) -> Batch:
        """The batch: ``input_ids``, ``attention_mask`` and ``labels``, all int64."""
        # A place that was filled while the run trains may hold several examples.
        rows = [one for row in rows for one in getattr(row, "examples", (row,))]
        shape = (len(rows), max(len(row.input_ids) for row in rows))
        input_ids = torch.full(shape, self.pad_token_id)
        labels = torch.full(shape, IGNORED)
        mask = torch.zeros(shape, dtype=torch.int64)
        for index, row in enumerate(rows):
            tokens = row.input_ids
            length = len(tokens)
            input_ids[index, :length] = torch.tensor(tokens)
            labels[index, :length] = torch.tensor(row.labels)
            mask[index, :length] = 1
        return {"input_ids": input_ids, "attention_mask": mask, "labels": labels}


class OrderedBatches(Sampler[list[int]]):
    """The micro-batches of the epoch that was set last."""

    def __init__(self, order: Order) -> None:
        self.order = order
        self.epoch = 0

    def set_epoch(self, epoch: int) -> None:
        """Choose the epoch (from 0) whose order comes next."""
        self.epoch = epoch

    def __iter__(self) -> Iterator[list[int]]:
        yield from self.order.batches(self.epoch)

    def __len__(self) -> int:
        return self.order.batches_in_epoch()


class TrainLoader(DataLoader[TokenRow]):
    """The loader of training batches; the Trainer tells it the epoch through ``set_epoch``."""

    def __init__(
        self,
        rows: Sequence[TokenRow],
        order: Order,
        collator: Collator,
        *,
        workers: int = 0,
        pin_memory: bool = False,
    ) -> None:
        super().__init__(
            Rows(rows),
            batch_sampler=OrderedBatches(order),
            collate_fn=collator,
            num_workers=workers,
            pin_memory=pin_memory,
            # A generator of its own: making an iterator draws a number, which must not come from
            # the global state that dropout uses, or a resumed run would differ.
            generator=torch.Generator().manual_seed(order.seed),
        )

    def set_epoch(self, epoch: int) -> None:
        """Choose the epoch whose order comes next."""
        sampler = self.batch_sampler
        if isinstance(sampler, OrderedBatches):
            sampler.set_epoch(epoch)


def eval_batches(rows: Sequence[TokenRow], batch_size: int, collator: Collator) -> Iterator[Batch]:
    """All rows, longest first so that batches have little padding; the same order each time."""
    order = sorted(range(len(rows)), key=lambda index: -len(rows[index].input_ids))
    for start in range(0, len(order), batch_size):
        yield collator([rows[index] for index in order[start : start + batch_size]])


def count_trained(batch: Batch) -> int:
    """Labels that are learned: the first of a row has nothing before it to be predicted from."""
    return int((batch["labels"][:, 1:] != IGNORED).sum())
