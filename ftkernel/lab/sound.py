"""What may be opened in a folder of runs: folders and plain files that lie where their names say.

A link may lead anywhere, a pipe never ends, and a file of any size may be called ``run.json``.
Whoever reads or writes for a page asks here first, and sees the folder then as it is, without
following a link.
"""

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

from ftkernel.errors import FtError
from ftkernel.runs.folder import RunFolder

LARGEST_JSON = 8 << 20
LARGEST_FOLDED = 256 << 20
"""Bytes of events that are folded into a picture: about a million steps."""

_JSON = (
    "run.json", "recipe.json", "recipe.yaml", "owner.json", "launch.json", "exit.json", "meta.json",
)  # fmt: skip
_FILES = ("events.jsonl", "worker.log", "owner.lock")
_FOLDERS = ("commands", "chat", "checkpoints", "merges", "data")
Signature = tuple[tuple[int, int, int] | None, ...]


def is_run(path: str) -> bool:
    """Whether a path is a folder, and no link to one, with a plain ``run.json``."""
    try:
        if not stat.S_ISDIR(os.lstat(path).st_mode):
            return False
        return stat.S_ISREG(os.lstat(os.path.join(path, "run.json")).st_mode)
    except (OSError, ValueError):
        return False


def check(folder: RunFolder) -> None:
    """Refuse a run whose own files are not what they should be.

    Raises:
        FtError: ``run.folder_lost``; ``lab.unsound`` with the name of the file.
    """
    if not is_run(str(folder.path)):
        raise FtError("run.folder_lost", path=str(folder.path))
    for name in _JSON:
        _look(folder.path / name, lambda one: one.st_size <= LARGEST_JSON, stat.S_ISREG)
    for name in _FILES:
        _look(folder.path / name, lambda _: True, stat.S_ISREG)
    for name in _FOLDERS:
        _look(folder.path / name, lambda _: True, stat.S_ISDIR)


def check_folded(folder: RunFolder) -> None:
    """Refuse events that are too many to be folded.

    Raises:
        FtError: ``lab.too_many_events``.
    """
    size = size_of(folder.events)
    if size > LARGEST_FOLDED:
        raise FtError("lab.too_many_events", size=size >> 20, most=LARGEST_FOLDED >> 20)


def signature(path: str) -> Signature:
    """What changes when anything does that the list shows of a run.

    Whatever is written under another name and renamed changes the time of the folder; events are
    appended, and a note may be written by hand.
    """
    return _stamp(path), _stamp(f"{path}/events.jsonl"), _stamp(f"{path}/meta.json")


def _stamp(path: str) -> tuple[int, int, int] | None:
    try:
        found = os.lstat(path)
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def size_of(path: Path) -> int:
    """Bytes of a plain file, 0 where there is none."""
    try:
        found = os.lstat(path)
    except OSError:
        return 0
    return found.st_size if stat.S_ISREG(found.st_mode) else 0


def is_mine(path: Path) -> bool:
    """Whether a path belongs to the user of this process; systems without owners say yes."""
    if not hasattr(os, "getuid"):
        return True
    try:
        return os.lstat(path).st_uid == os.getuid()
    except OSError:
        return False


def files_in(folder: Path, most: int = 100_000) -> Iterator[tuple[str, int]]:
    """The plain files below a folder, by their paths in it, with their sizes; no link is followed.

    Args:
        folder: where to look.
        most: entries that are looked at, whatever somebody put there.
    """
    left, waiting = most, [str(folder)]
    while waiting:
        at = waiting.pop()
        try:
            entries = list(os.scandir(at))
        except OSError:
            continue
        for entry in entries:
            left -= 1
            if left < 0:
                return
            try:
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
                elif entry.is_file(follow_symlinks=False):
                    size = entry.stat(follow_symlinks=False).st_size
                    yield os.path.relpath(entry.path, folder), size
            except OSError:
                continue


def _look(
    path: Path, fits: Callable[[os.stat_result], bool], is_kind: Callable[[int], bool]
) -> None:
    try:
        found = os.lstat(path)
    except FileNotFoundError:
        return
    except OSError as error:
        raise FtError("lab.unsound", file=path.name) from error
    if not is_kind(found.st_mode) or not fits(found):
        raise FtError("lab.unsound", file=path.name)
