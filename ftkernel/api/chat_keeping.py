"""Kept workers of chats: one a model, within a budget of memory.

The least recently used ones are closed when another model is asked and memory runs short, and all
of them when a run starts. They end with this process, like every worker that is tied to it. Cells
and chat panels share them, from several threads; one that is answering is closed only for a run.
"""

import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

from ftkernel.api import config
from ftkernel.api.chat_session import Session
from ftkernel.api.chat_target import Target
from ftkernel.machine import read_machine

_MOST_SESSIONS = 3
_SHARE_OF_MEMORY = 0.5
"""Of all memory; what kept workers hold together stays below it."""

_sessions: dict[str, Session] = {}
_lock = threading.RLock()


def session_for(target: Target) -> Session:
    """The kept worker of a model, or a new one; others are closed where memory is short."""
    with _lock:
        kept = kept_session(target)
        if kept is not None:
            return kept
        _forget_dead()
        _keep_within_budget(_MOST_SESSIONS - 1)
        session = Session(target)
        _sessions[target.key] = session
        return session


@contextmanager
def turn_of(target: Target, given_up: Callable[[], bool] = lambda: False) -> Generator[Session]:
    """Hold the worker of a model for one question, once those before it are answered.

    One that failed whoever was before is not asked again; then there is another.

    Raises:
        FtError: ``api.chat_cancelled`` if it was ``given_up`` before its turn came.
    """
    while True:
        session = session_for(target)
        with session.in_turn(given_up):
            if not session.is_spent:
                yield session
                return


def kept_session(target: Target) -> Session | None:
    """The kept worker of a model, if there is one that lives."""
    kept = _sessions.get(target.key)
    return kept if kept is not None and kept.is_alive else None


def _forget_dead() -> None:
    for key in [key for key, session in _sessions.items() if not session.is_alive]:
        del _sessions[key]


def _keep_within_budget(most: int) -> None:
    asked = config.get("chat_memory")
    budget = asked if isinstance(asked, int) else _SHARE_OF_MEMORY * read_machine().memory_total
    by_use = sorted(_sessions.items(), key=lambda item: item[1].used)
    held = {key: session.memory() for key, session in by_use}
    for key, session in by_use:
        if len(_sessions) <= most and sum(held.values()) <= budget / 2:
            return
        if session.is_busy:
            continue
        session.close()
        del _sessions[key]
        held.pop(key)


def make_room() -> None:
    """Close every kept worker: a run that starts needs the memory more."""
    with _lock:
        for session in _sessions.values():
            session.close("api.chat_made_room")
        _sessions.clear()


def close_sessions(folder: Path) -> None:
    """Close the kept workers of one run."""
    with _lock:
        for key, session in list(_sessions.items()):
            if session.target.folder is not None and session.target.folder.path == folder:
                session.close("api.chat_run_removed")
                del _sessions[key]


def kept_memory(folder: Path) -> int:
    """The bytes that the kept workers of one run hold together."""
    with _lock:
        mine = [
            session
            for session in _sessions.values()
            if session.target.folder is not None and session.target.folder.path == folder
        ]
    return sum(session.memory() for session in mine if session.is_alive)
