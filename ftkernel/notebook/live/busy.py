"""How long the kernel has been running a cell: for that time it hears no page."""

import time
from collections.abc import Callable
from typing import Any


class CellClock:
    """Started and stopped by the shell's events.

    Args:
        on_end: called when a cell has ended.
    """

    def __init__(self, on_end: Callable[[], None]) -> None:
        self._on_end = on_end
        self._begun: float | None = None
        self._shell: Any = None

    def install(self, shell: Any) -> None:  # noqa: ANN401 - IPython's, in whichever version
        """Listen to the cells of a shell, the one that is executing among them."""
        self.uninstall()
        self._shell = shell
        self._begin()
        shell.events.register("pre_run_cell", self._begin)
        shell.events.register("post_run_cell", self._end)

    def uninstall(self) -> None:
        """Listen no more."""
        if self._shell is not None:
            self._shell.events.unregister("pre_run_cell", self._begin)
            self._shell.events.unregister("post_run_cell", self._end)
            self._shell = None
        self._begun = None

    @property
    def seconds(self) -> float:
        """How long the present cell has run; 0 between cells."""
        begun = self._begun
        return 0.0 if begun is None else time.monotonic() - begun

    def _begin(self, *_: object) -> None:
        self._begun = time.monotonic()

    def _end(self, *_: object) -> None:
        self._begun = None
        self._on_end()
