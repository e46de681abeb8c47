"""Which process is meant, beyond its number, which is used again; and its family.

A process is named by host, start of the machine, process namespace, number and creation time
together.
"""

import contextlib
import os
import socket
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import psutil

from ftkernel.machine import boot_id

_SAME_MOMENT = 0.05
"""Seconds by which two readings of one creation time may differ."""


@dataclass(frozen=True)
class ProcessIdentity:
    """One process of one machine."""

    host: str
    boot_id: str
    namespace: str
    pid: int
    create_time: float

    def to_json(self) -> dict[str, object]:
        """As it stands in ``owner.json``."""
        return asdict(self)

    def is_visible(self) -> bool:
        """Whether this process would see it if it lived: same host, same process namespace."""
        return (self.host, self.namespace) == (socket.gethostname(), _namespace())

    def is_alive(self) -> bool:
        """Whether it lives, as far as its own host can tell; see :meth:`is_visible`."""
        return self.boot_id == boot_id() and is_running(self.pid, self.create_time)


def this_process() -> ProcessIdentity:
    """The process that asks."""
    return identity_of(os.getpid())


def identity_of(pid: int) -> ProcessIdentity:
    """A process of this machine by its number.

    Raises:
        psutil.NoSuchProcess: if there is none.
    """
    return ProcessIdentity(
        host=socket.gethostname(),
        boot_id=boot_id(),
        namespace=_namespace(),
        pid=pid,
        create_time=psutil.Process(pid).create_time(),
    )


def identity_from(data: Mapping[str, Any]) -> ProcessIdentity | None:
    """What :meth:`ProcessIdentity.to_json` wrote, ``None`` if it is not that."""
    try:
        return ProcessIdentity(
            host=str(data["host"]),
            boot_id=str(data["boot_id"]),
            namespace=str(data.get("namespace", "")),
            pid=int(data["pid"]),
            create_time=float(data["create_time"]),
        )
    except (KeyError, TypeError, ValueError):
        return None


def is_running(pid: int, create_time: float) -> bool:
    """Whether the process of that number and creation time runs here; a zombie does not."""
    try:
        process = psutil.Process(pid)
        if abs(process.create_time() - create_time) > _SAME_MOMENT:
            return False
        return process.status() not in {psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD}
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:  # it is there, and is somebody else's
        return True


def processes_of_session(leader: int) -> list[psutil.Process]:
    """The children of a process and, on POSIX, whatever else is left of its session; not itself.

    A child whose parent died belongs to nobody's tree any more, but still to the session.
    """
    found: dict[int, psutil.Process] = {}
    with contextlib.suppress(psutil.NoSuchProcess):
        for child in psutil.Process(leader).children(recursive=True):
            found[child.pid] = child
    if sys.platform != "win32":
        for process in psutil.process_iter():
            with contextlib.suppress(OSError, psutil.NoSuchProcess):
                if process.pid != leader and os.getsid(process.pid) == leader:
                    found[process.pid] = process
    return list(found.values())


def _namespace() -> str:
    """Containers may share a host name and a kernel, but number their processes apart."""
    try:
        return os.readlink("/proc/self/ns/pid")
    except OSError:
        return ""
