"""What the process that started an interactive job asks of it, line by line."""

import queue
from collections.abc import Iterator
from typing import Any


class Requests:
    """JSON objects in the order they came; ends when nobody is left who could ask."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self._ended = False

    def put(self, request: dict[str, Any]) -> None:
        """Add one; called by the life line's thread."""
        self._queue.put(request)

    def close(self) -> None:
        """No more will come."""
        self._queue.put(None)

    def get(self, timeout: float | None = None) -> dict[str, Any] | None:
        """The next one; ``None`` at the end, or when none came within ``timeout`` seconds."""
        if self._ended:
            return None
        try:
            request = self._queue.get(timeout=timeout)
        except queue.Empty:
            return None
        self._ended = request is None
        return request

    @property
    def ended(self) -> bool:
        """Whether the end was reached by :meth:`get`."""
        return self._ended

    def __iter__(self) -> Iterator[dict[str, Any]]:
        while (request := self.get()) is not None:
            yield request
