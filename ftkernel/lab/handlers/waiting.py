"""Requests that are held until something is new, without a thread and without a file kept open."""

import asyncio
import time
from types import TracebackType

from ftkernel.lab.handlers.base import FtHandler

HOLD_SECONDS = 25.0
"""Less than what proxies wait for."""

MOST_HELD = 64
"""At once; whoever comes after them is answered without being held."""


class Waiting:
    """How many requests are held now."""

    def __init__(self) -> None:
        self.count = 0
        self.ended = asyncio.Event()
        """Set when the server stops."""


class Hold:
    """One request that may be held; counts as one while it is entered."""

    def __init__(self, handler: FtHandler, waiting: Waiting) -> None:
        self._handler = handler
        self._waiting = waiting

    def __enter__(self) -> "Hold":
        self._waiting.count += 1
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._waiting.count -= 1

    async def pause(self, seconds: float, end: float) -> bool:
        """Wait for a while; whether to look again.

        Args:
            seconds: until the next look.
            end: the time of the last one, as :func:`time.monotonic` has it.
        """
        left = end - time.monotonic()
        if left <= 0 or self._waiting.count > MOST_HELD or self._is_gone():
            return False
        try:
            await asyncio.wait_for(self._waiting.ended.wait(), min(seconds, left))
        except TimeoutError:
            return not self._is_gone()
        return False

    def _is_gone(self) -> bool:
        stream = getattr(self._handler.request.connection, "stream", None)
        return stream is not None and stream.closed()
