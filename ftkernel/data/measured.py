"""Rows of ``eval_dataset``, all together and, where that is asked for, of each source."""

import re
from collections.abc import Mapping, Sequence

from ftkernel.data.sources import Source
from ftkernel.data.store import Chosen, Joined, StoredRows

Rows = StoredRows | Chosen


class Measured(Joined):
    """Rows to measure on that come from ``eval_dataset``.

    Attributes:
        parts: the rows of each source by its name, where each is measured by itself; else empty.
    """

    def __init__(self, rows: Sequence[Rows], parts: Mapping[str, Rows]) -> None:
        super().__init__(rows)
        self.parts = parts

    @classmethod
    def of(cls, rows: Mapping[str, Rows]) -> "Measured":
        """Rows by the name of their source; those without a name are all there are."""
        return cls(list(rows.values()), {name: one for name, one in rows.items() if name})


def short_names(sources: Sequence[Source]) -> list[str]:
    """A name for each source that a metric can be called after, each another one."""
    names: list[str] = []
    for source in sources:
        name = re.sub(r"\W+", "_", source.name.rsplit("/", 1)[-1].split(".", 1)[0]).strip("_")
        name = name or "rows"
        names.append(name if name not in names else f"{name}_{len(names) + 1}")
    return names
