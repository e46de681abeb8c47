"""A number of rows drawn at random from a source: by seed alone, the same on every machine.

The rows are counted first and then read again, so that none is held; they keep their order. More
rows than there are means that all come as often as they fit, and the rest is drawn. What stands for
all that could not be read is no row: it comes in any case.
"""

import random
from collections.abc import Callable, Iterator
from typing import TypeVar

from ftkernel.data.rows import Refused
from ftkernel.recipe.finding import Remark

T = TypeVar("T")


def drawn(
    read: Callable[[], Iterator[T]],
    wanted: int,
    seed: int,
    name: str,
    remarks: list[Remark],
) -> Iterator[T]:
    """``wanted`` rows of a source.

    Args:
        read: opens the rows from the beginning, as often as it is called.
        wanted: how many.
        seed: of the recipe.
        name: of the source, which draws on its own.
        remarks: is told where rows come more than once.
    """
    rests: list[T] = []
    count = 0
    for row in read():
        if isinstance(row, Refused) and row.is_rest:
            rests.append(row)
        else:
            count += 1
    yield from rests
    if not count:
        return
    whole, rest = divmod(wanted, count)
    if wanted > count:
        params: dict[str, object] = {"wanted": wanted, "source": name, "rows": count}
        remarks.append(Remark("data.oversampled", params))
    for _ in range(whole):
        yield from _rows(read)
    chosen = set(random.Random(f"{seed}/{name}").sample(range(count), rest))  # noqa: S311
    if chosen:
        yield from (row for index, row in enumerate(_rows(read)) if index in chosen)


def _rows(read: Callable[[], Iterator[T]]) -> Iterator[T]:
    return (row for row in read() if not (isinstance(row, Refused) and row.is_rest))
