"""Faults of the file system, told apart: full disk, lost folder, read-only folder.

Every write into a run folder goes through one of these, so that a person reads what happened to
the run and not an errno. Other faults pass through unchanged.
"""

import errno
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from ftkernel.errors import FtError

DISK_FULL = frozenset({errno.ENOSPC, errno.EDQUOT} if hasattr(errno, "EDQUOT") else {errno.ENOSPC})
_LOST = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ESTALE, errno.EIO, errno.ENXIO})
_READ_ONLY = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})


def fault_of(error: OSError, path: Path) -> FtError | None:
    """What a failed write below ``path`` means for a person; ``None`` when it is another fault."""
    if error.errno in DISK_FULL:
        return FtError("run.disk_full", path=str(path))
    if error.errno in _LOST:
        return FtError("run.folder_lost", path=str(path))
    if error.errno in _READ_ONLY:
        return FtError("run.read_only", path=str(path))
    return None


@contextmanager
def writing(path: Path) -> Generator[None]:
    """Turn the faults of a write into errors that name the run folder.

    Raises:
        FtError: ``run.disk_full``, ``run.folder_lost`` or ``run.read_only``.
    """
    try:
        yield
    except OSError as error:
        fault = fault_of(error, path)
        if fault is None:
            raise
        raise fault from error
