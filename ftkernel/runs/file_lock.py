"""One exclusive lock on a file, held until it is released or the process ends, however it ends.

The lock belongs to the open file, so on POSIX a forked child inherits it: :meth:`FileLock.forget`
gives the child's copy back without unlocking the parent's. (``filelock`` unlocks in a finalizer,
which in a forked child would take the lock from the parent; hence our own.) The lock file stays:
removing it would let two processes lock two files of the same name.
"""

import errno
import os
import sys
from pathlib import Path
from typing import Literal

_HELD = frozenset({errno.EACCES, errno.EAGAIN, errno.EWOULDBLOCK, errno.EDEADLK})
_UNSUPPORTED = frozenset(
    {errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOLCK, errno.EINVAL}
)

Outcome = Literal["taken", "held", "unsupported"]

if sys.platform == "win32":
    import msvcrt

    def _lock(fd: int) -> None:
        os.lseek(fd, 0, os.SEEK_SET)
        msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(fd: int) -> None:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)


class FileLock:
    """An exclusive lock on ``path``, which is made when it is missing."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._fd: int | None = None

    def take(self) -> Outcome:
        """Take the lock without waiting.

        Returns:
            ``taken``; ``held`` by another process; ``unsupported`` by this file system, in which
            case nothing is locked and whoever asked has to look at the owner's heartbeat.

        Raises:
            OSError: if the file can not be made.
        """
        fd = os.open(self._path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o644)
        try:
            _lock(fd)
        except OSError as error:
            os.close(fd)
            if error.errno in _HELD:
                return "held"
            if error.errno in _UNSUPPORTED:
                return "unsupported"
            raise
        self._fd = fd
        return "taken"

    def release(self) -> None:
        """Unlock; without effect when nothing is held."""
        self.forget()

    def forget(self) -> None:
        """Close this process's copy. In a forked child the parent's lock stays as it is."""
        fd, self._fd = self._fd, None
        if fd is not None:
            os.close(fd)
