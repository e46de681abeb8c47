"""The wish that the worker stop, from wherever it comes; the first one counts."""

import threading
from collections.abc import Callable

from ftkernel.runs.events import StopReason


class StopSignal:
    """Set once, by any thread; looked at by the job between its micro-batches."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._lock = threading.Lock()
        self._reason: StopReason | None = None
        self._listeners: list[Callable[[], None]] = []

    @property
    def reason(self) -> StopReason | None:
        """Why to stop, ``None`` as long as there is no reason."""
        return self._reason

    def set(self, reason: StopReason) -> None:
        """Ask for the stop; without effect when it was asked for before."""
        with self._lock:
            if self._reason is not None:
                return
            self._reason = reason
            listeners = list(self._listeners)
        self._event.set()
        for listener in listeners:
            listener()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for the wish; whether it came in time."""
        return self._event.wait(timeout)

    def when_set(self, listener: Callable[[], None]) -> None:
        """Call ``listener`` at the wish, in the thread that has it; at once if it has come."""
        with self._lock:
            self._listeners.append(listener)
            already = self._reason is not None
        if already:
            listener()

    def __bool__(self) -> bool:
        return self._reason is not None
