"""The cache of converted models: built once, whole or not at all, checked whenever it is used.

A folder under ``models/`` in the user's cache holds one model and ``ftkernel.json``, which lists
every file with its size, time and hashes. It is built under a temporary name by the one process
that holds the file lock, synced, and renamed; a folder without a list, or that does not agree
with it, is built anew. Checking is cheap: sizes, times and samples of the bytes; the full hash is
read only when a file's time has changed.
"""

import hashlib
import json
import os
import shutil
import time
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path

from filelock import FileLock, Timeout

from ftkernel.errors import FtError
from ftkernel.models.report import SILENT, Report

LIST_NAME = "ftkernel.json"
_FORMAT = 2
"""Goes up when a conversion would give other weights; what an older one built is built anew."""
_SAMPLES, _SAMPLE_BYTES = 16, 4096


def cache_root() -> Path:
    """The user's cache folder; ``FTKERNEL_CACHE_DIR`` overrides it."""
    import platformdirs

    chosen = os.environ.get("FTKERNEL_CACHE_DIR")
    return Path(chosen) if chosen else Path(platformdirs.user_cache_dir("ftkernel"))


def find(name: str) -> Path | None:
    """The folder of a model in the cache if it is there, whole and unharmed."""
    folder = cache_root() / "models" / name
    return folder if _is_whole(folder) else None


def build_once(
    name: str,
    build: Callable[[Path], None],
    *,
    origin: Mapping[str, object],
    needs_bytes: int = 0,
    report: Report = SILENT,
) -> Path:
    """The folder of a model in the cache, built by ``build(folder)`` unless it is there and whole.

    Args:
        name: the folder's name in the cache.
        build: writes the files into the folder it is given.
        origin: where the model comes from; kept in the list of files.
        needs_bytes: about how large the result will be; refused when the disk has less.
        report: hears that another process is building the same, while this one waits for it.

    Raises:
        FtError: ``models.cache_full`` or ``models.cache_unwritable``.
    """
    if found := find(name):
        return found
    folder = cache_root() / "models" / name
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with _locked(folder, report):
            if found := find(name):
                return found
            _remove_leftovers(folder)
            free = shutil.disk_usage(folder.parent).free
            if needs_bytes > free:
                raise FtError(
                    "models.cache_full",
                    path=str(folder.parent),
                    needed=_mb(needs_bytes),
                    free=_mb(free),
                )
            _build(folder, build, origin)
    except OSError as error:
        raise FtError(
            "models.cache_unwritable", path=str(folder.parent), reason=str(error)
        ) from error
    return folder


def _build(folder: Path, build: Callable[[Path], None], origin: Mapping[str, object]) -> None:
    staging = folder.with_name(f".{folder.name}.{os.getpid()}-{uuid.uuid4().hex[:8]}.part")
    staging.mkdir()
    try:
        build(staging)
        files = {
            str(path.relative_to(staging)): _entry(path)
            for path in sorted(staging.rglob("*"))
            if path.is_file()
        }
        listing = {"format": _FORMAT, "origin": dict(origin), "files": files}
        (staging / LIST_NAME).write_text(json.dumps(listing, indent=1), encoding="utf-8")
        for path in [*staging.rglob("*"), staging]:
            _sync(path)
        if folder.exists():  # not whole, or it would have been found
            shutil.rmtree(folder)
        staging.rename(folder)
        _sync(folder.parent)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _locked(folder: Path, report: Report) -> FileLock:
    lock = FileLock(folder.with_name(f".{folder.name}.lock"))
    try:
        lock.acquire(timeout=0)
    except Timeout:
        report.adjusted("models.waiting_for_conversion", name=folder.name)
        lock.acquire()
    return lock  # entering it counts up; leaving it below counts down


def _remove_leftovers(folder: Path) -> None:
    """Remove what a killed process left; its lock is ours now, so nobody is writing there."""
    for leftover in folder.parent.glob(f".{folder.name}.*.part"):
        shutil.rmtree(leftover, ignore_errors=True)


def _entry(path: Path) -> dict[str, object]:
    stat = path.stat()
    return {
        "size": stat.st_size,
        "mtime_ns": stat.st_mtime_ns,
        "sha256": file_hash(path),
        "sample": _sample_hash(path),
    }


def file_hash(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sample_hash(path: Path) -> str:
    """A hash over evenly spaced pieces: enough to notice a file of zeros or of another model."""
    digest, size = hashlib.sha256(), path.stat().st_size
    step = max(1, (size - _SAMPLE_BYTES) // (_SAMPLES - 1))
    with path.open("rb") as file:
        for number in range(_SAMPLES):
            file.seek(min(number * step, size))
            digest.update(file.read(_SAMPLE_BYTES))
    return digest.hexdigest()


def _is_whole(folder: Path) -> bool:
    try:
        listing = json.loads((folder / LIST_NAME).read_text(encoding="utf-8"))
        if listing["format"] != _FORMAT or not listing["files"]:
            return False
        return all(_agrees(folder / name, entry) for name, entry in listing["files"].items())
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _agrees(path: Path, entry: Mapping[str, object]) -> bool:
    stat = path.stat()
    if stat.st_size != entry["size"]:
        return False
    if stat.st_mtime_ns != entry["mtime_ns"]:  # copied, restored or written to: read all of it
        return file_hash(path) == entry["sha256"]
    return _sample_hash(path) == entry["sample"]


def _sync(path: Path) -> None:
    if os.name == "nt" and path.is_dir():
        return  # Windows has no handle to sync a folder by
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _mb(count: int) -> int:
    return round(count / 1e6)


def remember_hash(path: Path) -> str:
    """The SHA-256 of a large file, read once: kept by path, size and time of change."""
    stat = path.stat()
    key = f"{path.resolve()}|{stat.st_size}|{stat.st_mtime_ns}"
    note = cache_root() / "hashes" / f"{hashlib.sha256(key.encode()).hexdigest()[:32]}.json"
    try:
        kept = json.loads(note.read_text(encoding="utf-8"))
        if kept["key"] == key:
            return str(kept["sha256"])
    except (OSError, ValueError, KeyError, TypeError):
        pass  # not known yet, or the note is harmed: hash the file
    digest = file_hash(path)
    note.parent.mkdir(parents=True, exist_ok=True)
    part = note.with_suffix(f".{os.getpid()}-{time.monotonic_ns()}.part")
    part.write_text(json.dumps({"key": key, "sha256": digest}), encoding="utf-8")
    part.replace(note)
    return digest
