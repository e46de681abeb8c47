"""Runs as offers: their names, newest first, and their steps after an ``@``."""

import os
from collections.abc import Iterator
from pathlib import Path

from ftkernel import messages
from ftkernel.api.place import runs_dir
from ftkernel.completion.offers import Completion
from ftkernel.errors import FtError
from ftkernel.runs.folder import RunFolder
from ftkernel.runs.index import roots
from ftkernel.runs.state import state

_MOST = 40
_MOST_LOOKED_AT = 2000


def named(fragment: str) -> Iterator[Completion]:
    """Every run whose name begins so, with its state."""
    for folder in _newest(fragment, None):
        yield Completion(folder.name, "run", _state(folder))


def with_weights(fragment: str, root: str | None = None) -> Iterator[Completion]:
    """The runs that have learnt something; after ``name@`` the steps of that run."""
    name, at, digits = fragment.partition("@")
    if at:
        yield from steps(name, digits.removeprefix("step-"), f"{name}@", root)
        return
    for folder in _newest(fragment, root):
        if folder.result.is_dir() or folder.all_checkpoints():
            yield Completion(folder.name, "run", _state(folder))


def steps(name: str, digits: str, lead: str, root: str | None = None) -> Iterator[Completion]:
    """The checkpoints of a run, newest first."""
    folder = next((one for one in _newest(name, root) if one.name == name), None)
    if folder is None:
        return
    for checkpoint in reversed(folder.checkpoints()):
        if str(checkpoint.step).startswith(digits):
            note = messages.text("completion.checkpoint")
            yield Completion(f"{lead}{checkpoint.step}", "run", note)


def _newest(fragment: str, root: str | None) -> list[RunFolder]:
    """The runs whose name begins so, each name once, newest first."""
    found: dict[str, tuple[float, RunFolder]] = {}
    for place in dict.fromkeys([runs_dir(root), *roots()]):
        for entry in _entries(place, fragment):
            try:
                moment = os.stat(os.path.join(entry.path, "run.json")).st_mtime
            except OSError:
                continue
            found.setdefault(entry.name, (moment, RunFolder(Path(entry.path))))
    newest = sorted(found.values(), key=lambda one: one[0], reverse=True)
    return [folder for _, folder in newest[:_MOST]]


def _entries(place: Path, fragment: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(place) as entries:
            return [
                entry
                for entry, _ in zip(entries, range(_MOST_LOOKED_AT), strict=False)
                if entry.name.startswith(fragment) and not entry.name.startswith(".")
            ]
    except OSError:
        return []


def _state(folder: RunFolder) -> str:
    try:
        return messages.text(f"views.state.{state(folder)}")
    except (FtError, OSError, ValueError):
        return ""
