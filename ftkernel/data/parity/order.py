"""Which rows there are, in which order, and which are looked at together.

Order, mixing and splitting are left to ``datasets``, which LLaMA-Factory uses for them: it is given
the numbers of the rows in place of the rows.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from ftkernel.data.parity.settings import Settings
from ftkernel.errors import FtError

_STOPS = {
    "interleave_under": "first_exhausted",
    "interleave_over": "all_exhausted",
    "interleave_once": "all_exhausted_without_replacement",
}
_LEAST = 1e-6
"""A smaller share for validation is none."""


def drawn(count: int, wanted: int | None, limit: int | None, dice: Any) -> list[int]:  # noqa: ANN401
    """The rows of one source, by number.

    Args:
        count: how many it has.
        wanted: how many are drawn at random (``num_samples``); more than there are: some twice.
        limit: how many of those are taken from the beginning (``max_samples``).
        dice: numpy's random state, which goes on from source to source.
    """
    places = list(range(count))
    if wanted is not None:
        places = dice.permutation(count)[:wanted].tolist()
        if (missing := wanted - len(places)) > 0:
            places += dice.choice(count, missing).tolist()
    return places if limit is None else places[:limit]


def is_plain(settings: Settings, sources: int, *, is_split: bool) -> bool:
    """Whether rows come one source after another, as they are."""
    mixed = sources > 1 and settings.mix != "concat"
    split = is_split and has_validation(settings)
    return not (mixed or settings.streaming or split or settings.processes > 1)


def has_validation(settings: Settings) -> bool:
    """Whether rows are split off for validation."""
    return settings.val_size > _LEAST


def arranged(
    counts: Sequence[int], settings: Settings, *, split: str | None = "train"
) -> list[tuple[int, int]]:
    """The rows of all sources in their order: the source's number, the row's number in it.

    Args:
        counts: of the rows of each source.
        settings: of the recipe.
        split: ``train`` or ``validation``: which side of the split by ``val_size``; ``None`` for
            rows that are not split, those of an ``eval_dataset``.

    Raises:
        FtError: if they cannot be mixed or split so.
    """
    import datasets

    try:
        mixed = _mixed(datasets, counts, settings)
        if settings.streaming:
            mixed = mixed.shuffle(buffer_size=settings.buffer, seed=settings.seed)
        if split and has_validation(settings):
            mixed = _side(mixed, split, settings)
        return [(row["source"], row["row"]) for row in mixed]
    except (ValueError, IndexError, ZeroDivisionError) as fault:
        raise FtError("parity.arrangement", problem=" ".join(str(fault).split())[:300]) from fault


def _mixed(datasets: Any, counts: Sequence[int], settings: Settings) -> Any:  # noqa: ANN401
    each = [
        datasets.Dataset.from_dict({"source": [number] * count, "row": list(range(count))})
        for number, count in enumerate(counts)
    ]
    if settings.streaming:
        # Rows that went through a function are shuffled otherwise than rows out of arrow tables.
        each = [
            one.to_iterable_dataset(num_shards=max(min(settings.shards, len(one)), 1)).map(dict)
            for one in each
        ]
    if len(each) == 1:
        return each[0]
    if settings.mix == "concat":
        return datasets.concatenate_datasets(each)
    if settings.mix not in _STOPS:
        raise FtError("parity.mix", mix=settings.mix, known=["concat", *_STOPS])
    return datasets.interleave_datasets(
        each,
        probabilities=list(settings.probabilities) if settings.probabilities else None,
        seed=settings.seed,
        stopping_strategy=_STOPS[settings.mix],
    )


def _side(mixed: Any, split: str, settings: Settings) -> Any:  # noqa: ANN401
    size = settings.val_size
    if settings.streaming:
        return mixed.skip(int(size)) if split == "train" else mixed.take(int(size))
    sides = mixed.train_test_split(test_size=int(size) if size > 1 else size, seed=settings.seed)
    return sides["train" if split == "train" else "test"]


def batches(count: int, settings: Settings) -> Iterator[range]:
    """Which rows are looked at together.

    Each process has a part of its own, the first ones a row more where it does not come out even.
    """
    parts = 1 if settings.streaming else max(min(settings.processes, count), 1)
    whole, more = divmod(count, parts)
    start = 0
    for part in range(parts):
        stop = start + whole + (part < more)
        for first in range(start, stop, settings.batch):
            yield range(first, min(first + settings.batch, stop))
        start = stop
