"""Which run a bare name means in this process: the newest one that was started under it here.

A name in use gets a number, so the second ``%%finetune first`` starts ``first-2``. Whoever runs a
notebook again means that one wherever the later cells say ``first``, and so it is found, for as
long as this process lives. Paths, ids and whole names mean what they say; in another process a
bare name is that of the folder.
"""

import os
from pathlib import Path

from ftkernel.api.place import runs_dir
from ftkernel.errors import FtError
from ftkernel.runs.folder import RunFolder
from ftkernel.runs.store import find_run, split_step

_started: dict[Path, Path] = {}
"""By the folder that a name asked for, the folder that the newest run of that name got."""


def started(folder: RunFolder, asked: str) -> None:
    """Note that a run was started under a name; it may have got another one."""
    path = folder.path.absolute()
    _started[path.with_name(asked)] = path


def run_meant(text: str, root: Path | None = None) -> tuple[RunFolder, int | None]:
    """The run that a person means, and the step after ``@`` if one was given.

    Args:
        text: a name, an id, or the path of a run's folder; each with ``@step`` if wanted.
        root: the folder of runs that a bare name is looked up in first; by default this process's.

    Raises:
        FtError: as :func:`ftkernel.runs.store.find_run`; ``api.newest_gone``.
    """
    name, step = split_step(text.strip())
    if not name or "/" in name or os.sep in name:
        return find_run(text, root or runs_dir())
    root = (root or runs_dir()).absolute()
    if (newest := _newest(root / name)) is not None:
        return newest, step
    found, step = find_run(text, root)
    if found.name == name and (newest := _newest(found.path.absolute())) is not None:
        return newest, step
    return found, step


def _newest(path: Path) -> RunFolder | None:
    """The newest run that asked for a folder here, ``None`` where none did.

    Raises:
        FtError: ``api.newest_gone`` if it was removed and an older one has the name: whoever
            deletes ``first`` twice must not lose that one unawares.
    """
    taken = _started.get(path)
    if taken is None:
        return None
    folder = RunFolder(taken)
    if folder.exists():
        return folder
    if taken != path and RunFolder(path).exists():
        raise FtError("api.newest_gone", name=path.name, new=taken.name, path=str(path))
    return None
