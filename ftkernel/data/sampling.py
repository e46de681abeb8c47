"""A number of rows drawn at random from a source: by seed alone, the same on every machine.

The rows are counted first and then read again, so that none is held; they keep their order. More
rows than there are means that all come as often as they fit, and the rest is drawn.
"""

import random
from collections.abc import Callable, Iterator
from typing import TypeVar

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
    count = sum(1 for _ in read())
    if not count:
        return
    whole, rest = divmod(wanted, count)
    if wanted > count:
        params: dict[str, object] = {"wanted": wanted, "source": name, "rows": count}
        remarks.append(Remark("data.oversampled", params))
    for _ in range(whole):
        yield from read()
    chosen = set(random.Random(f"{seed}/{name}").sample(range(count), rest))  # noqa: S311
    if chosen:
        yield from (row for index, row in enumerate(read()) if index in chosen)
