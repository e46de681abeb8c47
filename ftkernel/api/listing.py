"""Every run this user has, in whichever folder of runs."""

from pathlib import Path

from ftkernel.api.place import runs_dir
from ftkernel.api.run import Run
from ftkernel.runs.store import list_runs, runs_in


def runs(folder: str | Path | None = None) -> list[Run]:
    """The runs in ``folder``, or in every folder where this user has started one; newest first."""
    if folder is None:
        return [Run(found) for found in list_runs(runs_dir())]
    found = [Run(one) for one in runs_in(runs_dir(folder))]
    return sorted(found, key=lambda run: run.files.meta().get("created", 0), reverse=True)
