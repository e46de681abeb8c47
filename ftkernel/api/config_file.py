"""The user's own file of settings: one JSON object, replaced as a whole, under a lock.

Whoever can not read the file does not write it either: what a person has written there by hand is
theirs, and stays as it is until they move it away themselves (``%ft config --reset`` does, and says
where it is now). Names that this version does not know are kept.
"""

import json
import os
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import cast

from ftkernel.errors import FtError, Where

_SECONDS_FOR_THE_LOCK = 5.0
_read: dict[Path, tuple[tuple[int, int, int], dict[str, object]]] = {}


def file_path() -> Path:
    """Where the file is; ``FTKERNEL_STATE_DIR`` overrides the system's place."""
    override = os.environ.get("FTKERNEL_STATE_DIR")
    if override:
        return Path(override) / "config.json"
    import platformdirs

    return platformdirs.user_config_path("ftkernel", appauthor=False) / "config.json"


def read_file() -> Mapping[str, object]:
    """What the file says; empty where there is none. Reads it again only when it has changed.

    Raises:
        FtError: ``config.file_broken`` or ``config.file_unreadable``.
    """
    path = file_path()
    try:
        status = path.stat()
        stamp = (status.st_mtime_ns, status.st_size, status.st_ino)
        if path in _read and _read[path][0] == stamp:
            return _read[path][1]
        text = path.read_text(encoding="utf-8-sig")
        value: object = json.loads(text) if text.strip() else {}
    except FileNotFoundError:
        return {}
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise FtError("config.file_unreadable", path=str(path), reason=reason) from None
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", None)
        raise FtError("config.file_broken", where=Where(file=str(path), line=line)) from None
    if not isinstance(value, dict):
        raise FtError("config.file_broken", where=Where(file=str(path)))
    _read[path] = (stamp, cast("dict[str, object]", value))
    return _read[path][1]


def save(name: str, value: object) -> Path:
    """Keep a value that was read already; returns the file.

    Raises:
        FtError: if the file can not be read or written; it is then as it was.
    """
    with _locked() as path:
        _write(path, {**read_file(), name: value})
    return path


def forget(name: str) -> bool:
    """Remove a name from the file; whether it was there.

    Raises:
        FtError: if the file can not be read or written; it is then as it was.
    """
    with _locked() as path:
        kept = dict(read_file())
        had = kept.pop(name, None) is not None
        if had:
            _write(path, kept)
    return had


def set_aside() -> Path | None:
    """Move the file out of the way, whatever it holds; returns where it is now.

    Raises:
        FtError: if it can not be moved.
    """
    with _locked() as path:
        if not path.exists() and not path.is_symlink():
            return None
        kept = _free_name(path)
        path.rename(kept)
        return kept


def _write(path: Path, values: Mapping[str, object]) -> None:
    from ftkernel.runs.folder import write_json  # when it is written, not when a kernel loads us

    write_json(path.resolve(), values)


def _free_name(path: Path) -> Path:
    stamp = time.strftime("%Y%m%d-%H%M%S")
    for ending in ("", *(f"-{number}" for number in range(2, 1000))):
        kept = path.with_name(f"{path.name}.{stamp}{ending}.old")
        if not kept.exists():
            return kept
    raise FtError("config.file_busy", path=str(path))


@contextmanager
def _locked() -> Generator[Path]:
    """One writer at a time, so that two kernels do not lose each other's settings."""
    from ftkernel.runs.file_lock import FileLock

    path = file_path()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(path.with_name(".config.lock"))
        until = time.monotonic() + _SECONDS_FOR_THE_LOCK
        while lock.take() == "held":
            if time.monotonic() > until:
                raise FtError("config.file_busy", path=str(path))
            time.sleep(0.02)
        try:
            yield path
        finally:
            lock.release()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise FtError("config.not_written", path=str(path), reason=reason) from None
