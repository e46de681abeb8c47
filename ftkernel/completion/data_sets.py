"""Data sets as offers: entries of ``dataset_info.json``, and public ones that are known by name."""

from collections.abc import Iterator
from pathlib import Path

from ftkernel.completion.offers import Completion
from ftkernel.errors import FtError
from ftkernel.recipe.catalogue import catalogue
from ftkernel.recipe.dataset_info import NAME, find_info, read_info

_TYPED = 2
"""Letters after which public data sets are offered: before, they would hide what lies here."""


def registered(dataset_dir: str | None, folder: Path) -> Iterator[Completion]:
    """The names in the ``dataset_info.json`` that a recipe uses."""
    try:
        given = folder / Path(dataset_dir or ".").expanduser()
        path = find_info(given, is_given=dataset_dir is not None)
        entries = read_info(path).entries if path is not None else {}
    except (FtError, OSError, RuntimeError, ValueError):
        return
    for name in entries:
        yield Completion(name, "value", NAME)


def public(fragment: str) -> list[Completion]:
    """Public data sets that go on from what was typed, by their names or else their ids."""
    if len(fragment) < _TYPED:
        return []
    offers = [
        Completion(text, "value", f"{known.hub_id} · {known.form}")
        for known in catalogue().values()
        for text in (known.name, known.hub_id)
    ]
    typed = fragment.lower()
    return [offer for offer in offers if offer.text.lower().startswith(typed)]
