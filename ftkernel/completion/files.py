"""Files and folders as offers: data, models, folders; never more than a person would read."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from ftkernel import messages
from ftkernel.completion.offers import Completion
from ftkernel.views.amounts import data_size

_MOST_LOOKED_AT = 2000
_MOST = 60


def with_endings(fragment: str, base: Path, endings: tuple[str, ...]) -> Iterator[Completion]:
    """Files of some kinds, and the folders on the way to them."""
    yield from _offers(fragment, base, lambda entry: entry.name.lower().endswith(endings))


def models(fragment: str, base: Path) -> Iterator[Completion]:
    """Folders of models and files of GGUF, and the folders on the way to them."""
    yield from _offers(
        fragment, base, lambda entry: entry.name.lower().endswith(".gguf"), "config.json"
    )


def folders(fragment: str, base: Path, marker: str = "") -> Iterator[Completion]:
    """Folders; those that hold the file ``marker`` are offered as what is meant."""
    yield from _offers(fragment, base, lambda _: False, marker)


def _offers(
    fragment: str, base: Path, wanted: Callable[[os.DirEntry[str]], bool], marker: str = ""
) -> Iterator[Completion]:
    """What lies where the fragment leads; a relative path counts from ``base``."""
    lead, _, begun = fragment.rpartition("/")
    lead = f"{lead}/" if "/" in fragment else ""
    if fragment == "~":
        lead, begun = "~/", ""
    try:
        folder = base / Path(lead).expanduser()
        with os.scandir(folder) as entries:
            looked_at = [entry for entry, _ in zip(entries, range(_MOST_LOOKED_AT), strict=False)]
    except (OSError, RuntimeError, ValueError):
        return
    shown = 0
    for entry in sorted(looked_at, key=lambda entry: entry.name.lower()):
        if not entry.name.startswith(begun) or (entry.name.startswith(".") and not begun):
            continue
        offer = _offer(entry, lead, wanted, marker)
        if offer is not None:
            shown += 1
            yield offer
        if shown >= _MOST:
            return


def _offer(
    entry: os.DirEntry[str], lead: str, wanted: Callable[[os.DirEntry[str]], bool], marker: str
) -> Completion | None:
    try:
        if not entry.name.isprintable():  # a name that is no text cannot be written in a cell
            return None
        if entry.is_dir():
            if marker and os.path.exists(os.path.join(entry.path, marker)):
                return Completion(lead + entry.name, "model", messages.text("completion.folder"))
            return Completion(f"{lead}{entry.name}/", "path", messages.text("completion.folder"))
        if wanted(entry):
            return Completion(lead + entry.name, "path", data_size(entry.stat().st_size))
    except OSError:
        return None
    return None
