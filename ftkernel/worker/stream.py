"""The worker's private stream to the process that started it: one JSON object a line.

It runs over a copy of the original standard output that no library knows of.
"""

import json
import os
import threading
from collections.abc import Mapping


class Stream:
    """Sends JSON lines; from several threads if need be.

    When nobody listens any more, what is sent is dropped: that the listener is gone is the life
    line's to tell.
    """

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._lock = threading.Lock()

    def send(self, message: Mapping[str, object]) -> None:
        """Send one object."""
        text = json.dumps(message, ensure_ascii=True, default=str, separators=(",", ":"))
        view = memoryview(text.encode() + b"\n")
        with self._lock:
            try:
                while view and self._fd >= 0:
                    view = view[os.write(self._fd, view) :]
            except OSError:
                self._close()

    def close_in_child(self) -> None:
        """In a forked child: close its copy, so that the reader sees the worker's end."""
        self._close()

    def _close(self) -> None:
        fd, self._fd = self._fd, -1
        if fd >= 0:
            os.close(fd)
