"""What a forked child of the worker must not do: hold its lock and pipes open, or outlive it.

Data loaders and tokenizers fork. A child of a worker that was killed would otherwise wait for work
for ever, with the run locked.
"""

import os
import sys
import threading
from collections.abc import Callable, Iterable

POLL_SECONDS = 1.0


def guard_forks(close: Iterable[Callable[[], None]]) -> None:
    """Call each of ``close`` in every child forked from now on, and end it with this process.

    Args:
        close: functions that give back the child's copy of something.
    """
    if sys.platform == "win32":
        return
    worker = os.getpid()
    closers = list(close)

    def in_child() -> None:
        for closer in closers:
            closer()
        parent = os.getppid()
        threading.Thread(
            target=_end_with, args=(parent, worker), name="ftkernel-orphan", daemon=True
        ).start()

    os.register_at_fork(after_in_child=in_child)


def _end_with(parent: int, worker: int) -> None:
    """Leave as soon as the parent, or the worker above it, is gone."""
    pause = threading.Event()
    while os.getppid() == parent and _is_there(worker):
        pause.wait(POLL_SECONDS)
    os._exit(1)


def _is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
