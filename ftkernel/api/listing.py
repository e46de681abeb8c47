"""Every run this user has, in whichever folder of runs."""

from pathlib import Path

from ftkernel.api.place import runs_dir
from ftkernel.api.run import Run
from ftkernel.errors import FtError
from ftkernel.runs.store import created, list_runs, runs_in


def runs(folder: str | Path | None = None) -> list[Run]:
    """The runs in ``folder``, or in every folder where this user has started one; newest first.

    Raises:
        FtError: if there is no such folder.
    """
    if folder is None:
        return [Run(found) for found in list_runs(runs_dir())]
    root = runs_dir(folder)
    if not root.is_dir():
        raise FtError("api.no_such_folder", path=str(root))
    return [Run(one) for one in sorted(runs_in(root), key=created, reverse=True)]
