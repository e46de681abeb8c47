"""The folder that a model is merged to, and the hidden one beside it that a merge writes first.

Known on both sides: a kernel refuses a wrong target before it starts a worker, tells what a killed
merge left behind, and the worker fills the folder. The hidden folder's name tells the host and the
process that fills it, so that what a dead one left is recognised.
"""

import contextlib
import hashlib
import os
import platform
import re
import shutil
from pathlib import Path

import psutil

from ftkernel.errors import FtError
from ftkernel.runs.folder import read_json, write_json
from ftkernel.runs.index import state_folder

_LONGEST_NAME = 120
_PARTIAL = re.compile(
    r"\.(?P<name>.+)\.ftkernel-(?P<host>\w{8})-(?P<pid>\d+)-(?P<born>\d+)\.partial"
)


def check_target(target: Path) -> Path:
    """The target's resolved path, if a model may be written there.

    Raises:
        FtError: ``export.target_is_file``, ``export.target_not_empty`` or
            ``export.target_below_file``.
    """
    target = target.expanduser().resolve()
    if target.is_dir():
        entries = sorted(os.listdir(target))
        if entries:
            raise FtError(
                "export.target_not_empty", path=str(target), count=len(entries), first=entries[0]
            )
    elif target.exists():
        raise FtError("export.target_is_file", path=str(target))
    above = next(folder for folder in target.parents if folder.exists())
    if not above.is_dir():
        raise FtError("export.target_below_file", path=str(target), file=str(above))
    return target


def partial_of(target: Path) -> Path:
    """The folder beside ``target`` that this process writes first."""
    born = int(psutil.Process().create_time())
    name = f".{_short(target.name)}.ftkernel-{_host()}-{os.getpid()}-{born}.partial"
    return target.with_name(name)


def leftovers(folder: Path) -> list[Path]:
    """What merges of dead processes of this host left in ``folder``; none of a living one."""
    try:
        entries = sorted(folder.iterdir())
    except OSError:
        return []
    found = ((entry, _PARTIAL.fullmatch(entry.name)) for entry in entries)
    return [
        entry
        for entry, match in found
        if match is not None
        and match["host"] == _host()
        and not _lives(int(match["pid"]), int(match["born"]))
    ]


def remove_leftovers(folder: Path) -> list[Path]:
    """Remove the :func:`leftovers` in ``folder``; returns those that are gone."""
    found = leftovers(folder)
    for entry in found:
        shutil.rmtree(entry, ignore_errors=True)
    return [entry for entry in found if not entry.exists()]


def remember(folder: Path) -> None:
    """Note that a merge writes into ``folder``, so that what a killed one leaves there is found.

    A home that can not be written costs the note, not the merge.
    """
    with contextlib.suppress(OSError, FtError):
        note = _note_of(folder)
        note.parent.mkdir(parents=True, exist_ok=True)
        write_json(note, {"path": str(folder)})


def forget(folder: Path) -> None:
    """Drop the note about ``folder``, unless something of a merge is in it, dead or living."""
    with contextlib.suppress(OSError):
        if folder.is_dir() and any(_PARTIAL.fullmatch(name) for name in os.listdir(folder)):
            return
        _note_of(folder).unlink(missing_ok=True)


def remembered() -> list[Path]:
    """The folders that :func:`remember` noted."""
    notes = sorted((state_folder() / "merging").glob("*.json"))
    paths = ((read_json(note) or {}).get("path") for note in notes)
    return [Path(path) for path in paths if isinstance(path, str)]


def _note_of(folder: Path) -> Path:
    digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:24]
    return state_folder() / "merging" / f"{digest}.json"


def _short(name: str) -> str:
    """The name itself, or a digest of one that would become too long for a file system."""
    if len(os.fsencode(name)) <= _LONGEST_NAME:
        return name
    return hashlib.sha256(os.fsencode(name)).hexdigest()[:24]


def _host() -> str:
    return hashlib.sha256(platform.node().encode()).hexdigest()[:8]


def _lives(pid: int, born: int) -> bool:
    """Whether the process still runs; one that got the same number later does not count."""
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        return abs(int(process.create_time()) - born) <= 1
    except psutil.Error:
        return False
