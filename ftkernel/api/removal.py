"""Deleting a run: only one that has ended, and only a folder that is a run's."""

import shutil
from typing import TYPE_CHECKING

from ftkernel.errors import FtError
from ftkernel.views import amounts

if TYPE_CHECKING:
    from ftkernel.api.run import Run


def check(run: "Run") -> None:
    """Refuse a run that is still going on.

    Raises:
        FtError: if it is.
    """
    if run.is_live:
        raise FtError("api.remove_running", name=run.name)


def size_text(run: "Run") -> str:
    """How much disk the run takes, as people read it."""
    size = sum(path.stat().st_size for path in run.folder.rglob("*") if path.is_file())
    return amounts.data_size(size)


def remove(run: "Run") -> None:
    """Delete the run's folder.

    Raises:
        FtError: if the run is going on, or its folder cannot be deleted.
    """
    check(run)
    # A chat with the run may hold files open and would miss them.
    from ftkernel.api.chat_keeping import close_sessions

    close_sessions(run.folder)
    try:
        shutil.rmtree(run.folder)
    except OSError as exc:
        raise FtError(
            "api.remove_failed", name=run.name, folder=str(run.folder), reason=exc.strerror or ""
        ) from exc
