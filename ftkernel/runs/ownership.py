"""Who drives a run: one worker, for as long as it lives; everybody else only looks.

The worker holds a lock on ``owner.lock``, which the system gives back however the worker ends, and
writes ``owner.json`` with who it is. Every five seconds it writes the time there too, for readers
on other hosts that can not see its process. A stale ``owner.json`` (a dead process, a process
number used again, a machine that was restarted) stops nobody.
"""

import contextlib
import os
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from ftkernel.errors import FtError
from ftkernel.runs.faults import writing
from ftkernel.runs.file_lock import FileLock
from ftkernel.runs.folder import RunFolder, read_json, write_json
from ftkernel.runs.processes import ProcessIdentity, identity_from, this_process

HEARTBEAT_SECONDS = 5.0
STALE_SECONDS = 30.0
"""An owner on another host that was silent for so long is gone."""

Liveness = Literal["none", "alive", "stale"]


@dataclass(frozen=True)
class Owner:
    """What ``owner.json`` says."""

    process: ProcessIdentity
    attempt: int
    heartbeat: float
    """Seconds since the epoch: the last sign of life."""

    def liveness(self) -> Liveness:
        """Whether it lives: by its process here, by its heartbeat elsewhere."""
        if self.process.is_visible():
            return "alive" if self.process.is_alive() else "stale"
        return "alive" if time.time() - self.heartbeat <= STALE_SECONDS else "stale"


def read_owner(folder: RunFolder) -> Owner | None:
    """Who drives the run or did so when it died; ``None`` after a clean end."""
    data = read_json(folder.owner_file)
    process = identity_from(data) if data else None
    if data is None or process is None:
        return None
    beat = _number(data.get("heartbeat"))
    with contextlib.suppress(OSError):
        beat = max(beat, folder.owner_file.stat().st_mtime)
    return Owner(process, int(_number(data.get("attempt"))), beat)


def liveness(folder: RunFolder) -> Liveness:
    """Whether somebody drives the run: ``none``, ``alive``, or ``stale``: somebody did and died."""
    owner = read_owner(folder)
    return owner.liveness() if owner else "none"


def driven_elsewhere(folder: RunFolder, owner: Owner | None) -> FtError:
    """The error for whoever wants a run that another process drives."""
    if owner is None or owner.liveness() != "alive":  # a child of a dead worker may hold its lock
        return FtError("run.locked", name=folder.name)
    return FtError(
        "run.driven_elsewhere",
        name=folder.name,
        host=owner.process.host,
        pid=owner.process.pid,
        attempt=owner.attempt,
    )


class Ownership:
    """The right to drive a run, held by this process until :meth:`release`."""

    def __init__(self, folder: RunFolder, lock: FileLock, attempt: int, *, locked: bool) -> None:
        self._folder = folder
        self._lock = lock
        self._record: dict[str, object] = {**this_process().to_json(), "attempt": attempt}
        self._released = threading.Event()
        self._thread: threading.Thread | None = None
        self.attempt = attempt
        self.locked = locked
        """False on a file system without locks: only the heartbeat keeps two workers apart."""

    @classmethod
    def take(
        cls, folder: RunFolder, attempt: int = 1, *, heartbeat_seconds: float = HEARTBEAT_SECONDS
    ) -> "Ownership":
        """Become the one that drives the run.

        Raises:
            FtError: ``run.driven_elsewhere`` or ``run.locked`` when another process drives it; the
                faults of a folder that is gone or can not be written.
        """
        lock = FileLock(folder.lock_file)
        with writing(folder.path):
            outcome = lock.take()
        if outcome == "held":
            raise driven_elsewhere(folder, read_owner(folder))
        owner = read_owner(folder)
        if owner is not None and owner.liveness() == "alive" and not _is_mine(owner):
            lock.release()
            raise driven_elsewhere(folder, owner)
        mine = cls(folder, lock, attempt, locked=outcome == "taken")
        try:
            mine.beat(sync=True)
        except FtError:
            lock.release()
            raise
        mine._start_heart(heartbeat_seconds)
        return mine

    def beat(self, *, sync: bool = False) -> None:
        """Write a sign of life.

        Raises:
            FtError: if the folder is gone or read-only, or the disk is full.
        """
        self._record["heartbeat"] = time.time()
        write_json(self._folder.owner_file, self._record, sync=sync)

    def release(self) -> None:
        """Give the run back; without effect the second time, or when the folder is gone."""
        if self._released.is_set():
            return
        self._released.set()
        if self._thread is not None:
            self._thread.join(timeout=HEARTBEAT_SECONDS)
        with contextlib.suppress(OSError):
            self._folder.owner_file.unlink()
        self._lock.release()

    def forget_in_child(self) -> None:
        """In a forked child: close its copy of the lock, which then is the parent's alone again."""
        self._released.set()
        self._lock.forget()

    def _start_heart(self, seconds: float) -> None:
        self._thread = threading.Thread(
            target=self._heart, args=(seconds,), name="ftkernel-heartbeat", daemon=True
        )
        self._thread.start()

    def _heart(self, seconds: float) -> None:
        while not self._released.wait(seconds):
            try:
                self.beat()
            except FtError:
                _touch(self._folder.owner_file)


def _touch(path: Path) -> None:
    """The sign of life that needs no room; a lost folder is the event writer's to say."""
    with contextlib.suppress(OSError):
        os.utime(path)


def _is_mine(owner: Owner) -> bool:
    return owner.process.pid == os.getpid() and owner.process.is_visible()


def _number(value: Any) -> float:  # noqa: ANN401 - JSON
    return float(value) if isinstance(value, int | float) else 0.0
