"""After ``%load_ext``: get ready in the background for the first cell that trains.

First what the kernel itself needs for it is imported, then a spare worker is started. Both wait a
moment, so that the cell after ``%load_ext`` is not slowed down, and neither prints.
"""

import contextlib
import importlib
import sys
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

_PAUSE = 0.5
_WARM = "ftkernel.api.warm"
_FOR_THE_FIRST_CELL = (
    "ftkernel.completion",  # JupyterLab gives up on a Tab after a second
    "ftkernel.notebook.finetune_magic",
    "ftkernel.api.finetune",
    _WARM,
)

_ENDS_WITHIN = 2.0

_going_on: list[tuple[threading.Event, threading.Thread]] = []
"""One pair for each time the extension was loaded; the event is set when it is unloaded."""


def install(_shell: "InteractiveShell") -> None:
    """Begin, in a thread."""
    unloaded = threading.Event()
    thread = threading.Thread(
        target=_get_ready, args=(unloaded,), name="ftkernel-warm", daemon=True
    )
    _going_on.append((unloaded, thread))
    thread.start()


def uninstall(_shell: "InteractiveShell") -> None:
    """Leave no thread and no spare worker behind."""
    while _going_on:
        unloaded, thread = _going_on.pop()
        unloaded.set()
        thread.join(_ENDS_WITHIN)
    if _WARM in sys.modules:
        sys.modules[_WARM].end()


def _get_ready(unloaded: threading.Event) -> None:
    if unloaded.wait(_PAUSE):
        return
    with contextlib.suppress(Exception):  # the cell that needs it meets the same and says so
        for name in _FOR_THE_FIRST_CELL:
            importlib.import_module(name)
        if not unloaded.is_set():
            sys.modules[_WARM].begin()
        if unloaded.is_set():
            sys.modules[_WARM].end()
