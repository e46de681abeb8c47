"""Waiting for a condition instead of sleeping for a while."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def wait_until(condition: Callable[[], T], timeout: float = 20, message: str = "") -> T:
    """Return the first true value of ``condition``; fail after ``timeout`` seconds."""
    end = time.monotonic() + timeout
    while not (value := condition()):
        if time.monotonic() > end:
            raise AssertionError(f"not within {timeout} s: {message or condition}")
        time.sleep(0.02)
    return value
