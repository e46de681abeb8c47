"""Where this process shows things: a notebook, a terminal of IPython, or a plain script.

The notebook room enters itself here, so that the API can show a run without knowing any front end.
There is one front end a process; without one, the API prints a single progress line while it waits.
"""

import os
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from ftkernel.api.preview import Preview
    from ftkernel.api.run import Run


class Frontend(Protocol):
    """What a front end does for the API."""

    def show(self, run: "Run") -> None:
        """Show the run in the current output, and keep it up to date while the run lives."""
        ...

    def shown_here(self, run: "Run") -> bool:
        """Whether the output of this very cell shows the run already."""
        ...

    def finish(self, run: "Run") -> None:
        """Bring every output that shows the run to its present state, at once."""
        ...


_current: list[Frontend] = []
_panels: list[Callable[["Preview"], Mapping[str, Any] | None]] = []


def install(frontend: Frontend | None) -> None:
    """Make ``frontend`` the one that shows the runs of this process; ``None`` takes it away."""
    _current[:] = [frontend] if frontend is not None else []


def current() -> Frontend | None:
    """The front end of this process, if it has one."""
    return _current[0] if _current else None


def show_previews(make: "Callable[[Preview], Mapping[str, Any] | None] | None") -> None:
    """Have previews shown by ``make``, where it gives a bundle; ``None`` takes it away."""
    _panels[:] = [make] if make is not None else []


def preview_panel(preview: "Preview") -> "Mapping[str, Any] | None":
    """The bundle that shows a preview to be leafed through, where there is a place for that."""
    return _panels[0](preview) if _panels else None


def _shell() -> object | None:
    module = sys.modules.get("IPython")
    get_ipython: Callable[[], object | None] | None = getattr(module, "get_ipython", None)
    return get_ipython() if get_ipython is not None else None


def is_interactive() -> bool:
    """Whether somebody sits at a notebook or an IPython prompt, so that nothing should block."""
    return _shell() is not None


def in_kernel() -> bool:
    """Whether this process is a Jupyter kernel."""
    return getattr(_shell(), "kernel", None) is not None


def say(text: str) -> None:
    """Tell a person one thing: below the cell, or beside a script's own output."""
    print(text, file=sys.stdout if is_interactive() else sys.stderr, flush=True)


def waits(wish: bool | None) -> bool:
    """Whether to wait for a run that was just started: as asked, else as the surroundings have it.

    ``FTKERNEL_WAIT=1`` makes every cell wait, for notebooks that are executed without a person.
    """
    if wish is not None:
        return wish
    return os.environ.get("FTKERNEL_WAIT", "") not in {"", "0"} or not is_interactive()
