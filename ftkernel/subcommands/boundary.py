"""Where errors leave us: what a person can mend passes, the unexpected becomes short.

This is the named boundary of the magics and of the shell. The trace of every error is in the log,
one click away, and never in the cell.
"""

import os
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from ftkernel.api import config
from ftkernel.errors import FtError, Halt

_LARGEST_LOG = 1_000_000


def log_path() -> Path:
    """The log of this user's errors."""
    override = os.environ.get("FTKERNEL_STATE_DIR")
    if override:
        return Path(override) / "errors.log"
    import platformdirs

    return Path(platformdirs.user_log_dir("ftkernel", appauthor=False)) / "errors.log"


def write_trace(exc: BaseException) -> Path:
    """Append the trace of an error to the log, and return where that is; a full log starts anew."""
    path = log_path()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and path.stat().st_size > _LARGEST_LOG:
            path.replace(path.with_suffix(".old.log"))
        with path.open("a", encoding="utf-8") as out:
            out.write(f"--- {datetime.now(UTC).isoformat(timespec='seconds')}\n")
            out.writelines(traceback.format_exception(exc))
    except OSError as failure:
        # A log that cannot be written must not hide the error that it was for.
        exc.add_note(f"the log {path} could not be written: {failure}")
    return path


def debugging() -> bool:
    """Whether the setting ``debug`` asks for whole traces."""
    return bool(config.get("debug"))


@contextmanager
def short_errors() -> Iterator[None]:
    """Let only short errors through.

    Raises:
        FtError: an error of ours as it was, or ``notebook.unexpected`` in place of any other.
        Halt: when the person interrupted.
    """
    config.apply()
    try:
        yield
    except Halt:
        raise
    except FtError as exc:
        write_trace(exc)
        raise
    except KeyboardInterrupt:
        raise Halt("notebook.interrupted") from None
    except Exception as exc:
        path = write_trace(exc)
        if debugging():
            raise
        raise FtError(
            "notebook.unexpected",
            type=type(exc).__name__,
            message=str(exc).splitlines()[0] if str(exc) else "",
            log=str(path),
        ) from exc
