"""The folder a model is written to: empty before, complete after, untouched unless all went well.

Everything is written into a hidden folder beside the target, synced and renamed at the end; see
:mod:`ftkernel.runs.merge_folder` for its name. What a killed merge left is removed by the next one
into the same folder. A lock keeps two merges of one machine off one target; across machines the
rename decides, since it never replaces a folder that has anything in it.
"""

import hashlib
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ftkernel.errors import FtError
from ftkernel.models.cache import cache_root
from ftkernel.runs.failpoints import failpoint
from ftkernel.runs.faults import DISK_FULL
from ftkernel.runs.file_lock import FileLock
from ftkernel.runs.folder import sync_folder
from ftkernel.runs.merge_folder import check_target, partial_of, remove_leftovers


@contextmanager
def staging(target: Path, needed: int) -> Iterator[Path]:
    """A folder beside ``target`` to write into; gone at the end unless :func:`publish` moved it.

    Args:
        target: as :func:`ftkernel.runs.merge_folder.check_target` returned it.
        needed: bytes that will be written.

    Raises:
        FtError: ``export.target_in_use``, ``export.disk_space``, ``export.disk_full`` or
            ``export.target_unwritable``.
    """
    made = _missing_parents(target)
    lock = _lock_for(target)
    if lock.take() == "held":
        raise FtError("export.target_in_use", path=str(target))
    partial = partial_of(target)
    try:
        with writes(target, needed):
            target.parent.mkdir(parents=True, exist_ok=True)
            remove_leftovers(target.parent)
            check_space(target.parent, needed)
            partial.mkdir()
        yield partial
    finally:
        shutil.rmtree(partial, ignore_errors=True)
        lock.release()
        for folder in made:
            try:
                folder.rmdir()
            except OSError:  # it holds the finished target, or something of somebody else's
                break


def check_space(folder: Path, needed: int) -> None:
    """Refuse to begin what the disk can not hold.

    Raises:
        FtError: ``export.disk_space`` with both numbers.
    """
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise FtError(
            "export.disk_space", path=str(folder), needed=size_text(needed), free=size_text(free)
        )


def publish(partial: Path, target: Path) -> None:
    """Make the finished folder the target: sync every file, rename, sync the folder above.

    Raises:
        FtError: ``export.target_not_empty`` if somebody put something there meanwhile.
    """
    for folder, _, names in os.walk(partial):
        for name in names:
            _sync_file(Path(folder) / name)
        sync_folder(Path(folder))
    failpoint("merge.before_rename")
    check_target(target)
    if sys.platform == "win32" and target.is_dir():
        target.rmdir()
    os.rename(partial, target)
    failpoint("merge.after_rename")
    sync_folder(target.parent)


@contextmanager
def writes(target: Path, needed: int) -> Iterator[None]:
    """Turn what the system says about writing for a target into what a person can act on.

    Raises:
        FtError: ``export.disk_full`` or ``export.target_unwritable``.
    """
    try:
        yield
    except OSError as error:
        if error.errno in DISK_FULL:
            folder = next(place for place in target.parents if place.exists())
            free = size_text(shutil.disk_usage(folder).free)
            raise FtError(
                "export.disk_full", path=str(target), needed=size_text(needed), free=free
            ) from error
        raise FtError(
            "export.target_unwritable",
            path=str(target),
            reason=error.strerror or type(error).__name__,
        ) from error


def _lock_for(target: Path) -> FileLock:
    folder = cache_root() / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256(os.fsencode(os.path.normcase(target))).hexdigest()[:24]
    return FileLock(folder / f"merge-{digest}.lock")


def _missing_parents(target: Path) -> list[Path]:
    """Folders above the target that do not exist yet, the innermost first."""
    missing: list[Path] = []
    for folder in target.parents:
        if folder.exists():
            break
        missing.append(folder)
    return missing


def _sync_file(path: Path) -> None:
    with open(path, "rb+") as file:
        os.fsync(file.fileno())


def size_text(count: int) -> str:
    """Bytes as people read them: ``1.2 GB``."""
    value = float(count)
    for unit in ("B", "KB", "MB"):
        if value < 1000:
            return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} GB"
