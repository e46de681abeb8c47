"""Public data sets that are known by name: their ids on the hub, their forms, their columns.

The files lie with the data room and are only read here, so that a kernel can offer and check names.
Licence and size are there only where the named source states them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

import yaml

from ftkernel.recipe.dataset_info import Attributes
from ftkernel.recipe.narrow import items_of, pairs_of

FOLDER = Path(__file__).parents[1] / "data" / "catalogue"


@dataclass(frozen=True)
class Known:
    """One public data set.

    ``form`` is how its rows are written, in words of ``formatting``; ``source`` is where that can
    be looked up. ``licence`` and ``rows`` are what the source states, ``None`` if it does not.
    """

    name: str
    hub_id: str
    form: str
    source: str
    attributes: Attributes
    subset: str | None = None
    split: str | None = None
    folder: str | None = None
    licence: str | None = None
    rows: str | None = None


@lru_cache(maxsize=1)
def catalogue() -> Mapping[str, Known]:
    """All known data sets by their short names."""
    out: dict[str, Known] = {}
    for file in sorted(FOLDER.glob("*.yaml")):
        # The loader in C where there is one: a kernel waits for this at a press of a key.
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        entries = yaml.load(file.read_text(encoding="utf-8"), loader)  # noqa: S506 - a safe one
        for entry in items_of(entries) or []:
            known = _known(pairs_of(entry) or {})
            if known.name in out:
                raise ValueError(f"data set {known.name!r} is in the catalogue twice")
            out[known.name] = known
    return MappingProxyType(out)


def known_set(text: str) -> Known | None:
    """The data set of a short name or a hub id, whatever its case; ``None`` if not known."""
    return _by_word().get(text.lower())


@lru_cache(maxsize=1)
def _by_word() -> Mapping[str, Known]:
    """By hub id where one data set has it, and by short name."""
    out: dict[str, Known] = {}
    several: set[str] = set()
    for known in catalogue().values():
        word = known.hub_id.lower()
        several |= {word} & set(out)
        out[word] = known
    for word in several:
        del out[word]
    return {**out, **{known.name.lower(): known for known in catalogue().values()}}


def _known(entry: Mapping[str, object]) -> Known:
    def text(key: str) -> str | None:
        value = entry.get(key)
        return None if value is None else str(value)

    form = str(entry["form"])
    names = (_names(entry.get(key)) for key in ("columns", "tags"))
    return Known(
        name=str(entry["name"]),
        hub_id=str(entry["id"]),
        form=form,
        source=str(entry["source"]),
        attributes=Attributes(form, bool(entry.get("ranking")), *names),
        subset=text("subset"),
        split=text("split"),
        folder=text("folder"),
        licence=text("licence"),
        rows=text("rows"),
    )


def _names(value: object) -> Mapping[str, str | None] | None:
    pairs = pairs_of(value)
    return None if pairs is None else {part: str(name) for part, name in pairs.items()}
