"""Rows of tokens to batches of tensors, in the order of :mod:`ftkernel.training.order`.

Rows are padded on the right to the longest of their batch; labels of padding are -100.
"""

from collections.abc import Iterator, Sequence

import torch
from torch.utils.data import DataLoader, Dataset, Sampler

from ftkernel.training.order import Order
from ftkernel.training.token_row import IGNORED, TokenRow, lengths_of

Batch = dict[str, torch.Tensor]


class Rows(Dataset[TokenRow]):
    """Rows as a data set of torch."""

    def __init__(self, rows: Sequence[TokenRow]) -> None:
        self.rows = rows

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, index: int) -> TokenRow:
        return self.rows[index]


BESIDE = ("label_weights", "tokens")
"""What a batch holds for the loss and the counts; the model itself takes none of it."""


class Collator:
    """Stacks rows into tensors of shape (rows, longest row).

    Rows made of several parts get ``position_ids`` in place of an ``attention_mask``: they begin at
    0 with each part, which is how the models of transformers know that parts do not see each other.
    Their padding is a part of its own.

    Args:
        pad_token_id: fills up short rows.
        flat: lay packed rows one after another into a single row; attention kernels that take
            lengths in place of a mask know parts in that form alone.
        learns_padding: padding is learned like an answer, as some old recipes want it.
    """

    def __init__(
        self, pad_token_id: int, *, flat: bool = False, learns_padding: bool = False
    ) -> None:
        self.pad_token_id = pad_token_id
        self.flat = flat
        self.pad_label = pad_token_id if learns_padding else IGNORED

    def __call__(self, rows: Sequence[TokenRow]) -> Batch:
        """The batch: ``input_ids``, ``labels``, and ``attention_mask`` or ``position_ids``, int64.

        ``tokens`` counts those that are no padding; ``label_weights`` (float32) is there where a
        row has weights.
        """
        # A place that was filled while the run trains may hold several examples.
        rows = [one for row in rows for one in getattr(row, "examples", (row,))]
        packed = any(getattr(row, "position_ids", None) is not None for row in rows)
        tokens = [row.input_ids for row in rows]
        batch = {
            "input_ids": self._stacked(tokens, self.pad_token_id),
            "labels": self._stacked([row.labels for row in rows], self.pad_label),
            "tokens": torch.tensor(sum(map(len, tokens))),
        }
        if packed:
            longest = batch["input_ids"].shape[1]
            batch["position_ids"] = torch.stack([_positions(row, longest) for row in rows])
        else:
            batch["attention_mask"] = self._stacked([[1] * len(one) for one in tokens], 0)
        if any(getattr(row, "weights", ()) for row in rows):
            learned = float(self.pad_label != IGNORED)
            batch["label_weights"] = self._stacked(list(map(_weights, rows)), learned)
        return _laid_flat(batch) if self.flat and packed else batch

    def _stacked(self, rows: Sequence[Sequence[float]], fill: float) -> torch.Tensor:
        out = torch.full((len(rows), max(map(len, rows))), fill)
        for index, row in enumerate(rows):
            out[index, : len(row)] = torch.tensor(row)
        return out


def _positions(row: TokenRow, length: int) -> torch.Tensor:
    """The place of each token in its part; the padding counts from 0 for itself."""
    found = getattr(row, "position_ids", None) or list(range(len(row.input_ids)))
    return torch.tensor([*found, *range(length - len(found))])


def _weights(row: TokenRow) -> list[float]:
    """How much each label counts: 1 where nobody says otherwise."""
    if getattr(row, "weights", ()):
        return row.label_weights  # pyright: ignore[reportAttributeAccessIssue]
    return [float(label != IGNORED) for label in row.labels]


def _laid_flat(batch: Batch) -> Batch:
    wide = {name: value for name, value in batch.items() if value.dim() == 2}
    flat = {name: value.reshape(1, -1) for name, value in wide.items()}
    # The first token of a row follows nothing: in one long row it would be learned otherwise.
    flat["labels"][flat["position_ids"] == 0] = IGNORED
    return {**batch, **flat}


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
    lengths = lengths_of(rows)
    order = sorted(range(len(rows)), key=lambda index: -lengths[index])
    for start in range(0, len(order), batch_size):
        yield collator([rows[index] for index in order[start : start + batch_size]])


def count_trained(batch: Batch) -> int:
    """Labels that are learned: the first of a row has nothing before it to be predicted from."""
    return int((batch["labels"][:, 1:] != IGNORED).sum())


def weigh_trained(batch: Batch) -> float:
    """What a batch's loss is divided by: its learned labels, each counted with its weight."""
    weights = batch.get("label_weights")
    if weights is None:
        return count_trained(batch)
    return float(weights[:, 1:][batch["labels"][:, 1:] != IGNORED].sum())
