"""What signals mean here: SIGTERM stops with a checkpoint, a second at once; SIGINT is ignored.

Python runs handlers in the main thread between two bytecodes, which may be a long matrix product
away. So the signal's number comes through a pipe to a thread that acts at once.
"""

import os
import signal
import socket
import threading
from collections.abc import Callable

_END = [
    getattr(signal, name) for name in ("SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name)
]


def heed(first: Callable[[], None], second: Callable[[], None]) -> None:
    """Call ``first`` at the first signal to end and ``second`` at the next; from the main thread.

    Both run in a thread of their own.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    here, there = socket.socketpair()
    there.setblocking(False)
    signal.set_wakeup_fd(there.fileno(), warn_on_full_buffer=False)
    for number in _END:
        signal.signal(number, _noted)

    def listen() -> None:
        seen = 0
        _ = there  # the descriptor stays open as long as this thread
        while received := here.recv(64):
            for number in received:
                if number in _END:
                    seen += 1
                    (first if seen == 1 else second)()

    threading.Thread(target=listen, name="ftkernel-signals", daemon=True).start()


def forget_in_child() -> None:
    """In a forked child: signals mean again what they mean to any process."""
    signal.set_wakeup_fd(-1)
    for number in _END:
        signal.signal(number, signal.SIG_DFL)


def _noted(number: int, _frame: object) -> None:
    """A handler of Python's own must be set for the number to reach the pipe."""
    _ = os.getpid(), number
