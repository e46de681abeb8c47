"""The wish that the worker stop, from wherever it comes; the first one counts."""

import threading
from collections.abc import Callable

from ftkernel.runs.events import StopReason


class StopSignal:
    """Set once, by any thread; looked at by the job between its micro-batches."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._lock = threading.Lock()
        self._asked = False
        self._reason: StopReason | None = None
        self._listeners: list[Callable[[], None]] = []

    @property
    def reason(self) -> StopReason | None:
        """Why to stop, ``None`` as long as there is no reason."""
        return self._reason

    def set(self, reason: StopReason) -> None:
        """Ask for the stop; without effect when it was asked for before.

        Listeners are called before the job can see it: a job may go into a library that lets
        no other thread run any more.
        """
        with self._lock:
            if self._asked:
                return
            self._asked = True
            listeners = list(self._listeners)
        for listener in listeners:
            listener()
        self._reason = reason
        self._event.set()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for the wish; whether it came in time."""
        return self._event.wait(timeout)

    def when_set(self, listener: Callable[[], None]) -> None:
        """Call ``listener`` at the wish, in the thread that has it; at once if that was before."""
        with self._lock:
            self._listeners.append(listener)
            already = self._asked
        if already:
            listener()

    def __bool__(self) -> bool:
        return self._reason is not None
