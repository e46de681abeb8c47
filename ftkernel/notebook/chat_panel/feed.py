"""What a panel tells the pages that draw it: numbered changes, and pieces of text in between.

- ``{"kind": "change", "base", "seq", "head"?, "from"?, "turns"?}``: ``head`` replaces the head;
  ``turns`` replace those from the index ``from`` on. ``base: 0`` is the whole picture.
- ``{"kind": "piece", "base", "seq", "round", "side", "text"}``: more of an answer, at most ten a
  second.

A page whose own ``seq`` is not ``base`` has missed something and says ``hello`` again.
"""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

EVERY = 0.1
"""Seconds between two pieces."""


class Feed:
    """Numbers and sends; for any thread. Pieces are held back until it is time for the next."""

    def __init__(
        self,
        send: Callable[[Mapping[str, Any]], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._send = send
        self._clock = clock
        self._lock = threading.Lock()
        self._seq = 0
        self._held: tuple[str, str, str] | None = None
        self._last = float("-inf")

    def whole(self, head: Mapping[str, Any], turns: Sequence[Mapping[str, Any]]) -> None:
        """Send the whole picture; it replaces everything."""
        with self._lock:
            self._held = None
            self._next({"kind": "change", "head": head, "from": 0, "turns": turns}, base=0)

    def change(
        self,
        head: Mapping[str, Any],
        turns: Sequence[Mapping[str, Any]] | None = None,
        start: int = 0,
    ) -> None:
        """Send the head, and the turns from ``start`` on where they have changed."""
        with self._lock:
            self._flush()
            more = {} if turns is None else {"from": start, "turns": turns}
            self._next({"kind": "change", "head": head, **more})

    def piece(self, round_: str, side: str, text: str) -> None:
        """Send more of an answer, now or with the pieces that follow."""
        with self._lock:
            if self._held is not None and self._held[:2] != (round_, side):
                self._flush()
            before = self._held[2] if self._held is not None else ""
            self._held = (round_, side, before + text)
            if self._clock() - self._last >= EVERY:
                self._flush()

    def _flush(self) -> None:
        if self._held is None:
            return
        round_, side, text = self._held
        self._held = None
        self._last = self._clock()
        self._next({"kind": "piece", "round": round_, "side": side, "text": text})

    def _next(self, message: Mapping[str, Any], base: int | None = None) -> None:
        before, self._seq = self._seq, self._seq + 1
        self._send({**message, "base": before if base is None else base, "seq": self._seq})
