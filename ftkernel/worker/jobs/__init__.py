"""The jobs a worker can do, by name. A job's module is imported only in the worker that does it.

Each module has ``run(context: Context) -> None``.
"""

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ftkernel.worker.context import Context


@dataclass(frozen=True)
class Job:
    """One job: where its code lies, and whether it drives its run (lock, events)."""

    module: str
    drives: bool = False

    def load(self) -> "Callable[[Context], None]":
        """Import the module and return its ``run``."""
        return importlib.import_module(self.module).run


JOBS: dict[str, Job] = {
    "train": Job("ftkernel.worker.jobs.train", drives=True),
    "plan": Job("ftkernel.worker.jobs.plan"),
    "preview": Job("ftkernel.worker.jobs.preview"),
    "chat": Job("ftkernel.worker.jobs.chat"),
    "merge": Job("ftkernel.worker.jobs.merge"),
    "download": Job("ftkernel.worker.jobs.download"),
}
