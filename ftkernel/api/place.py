"""Where runs go when nobody says so: ``ft-runs`` in the folder this kernel or script started in.

A later ``%cd`` must not scatter runs over the disk, so the folder is remembered when ftkernel is
first used.
"""

from functools import lru_cache
from pathlib import Path


@lru_cache(maxsize=1)
def start_folder() -> Path:
    """The folder in which this process was when ftkernel was first used."""
    return Path.cwd()


def runs_dir(given: object = None) -> Path:
    """The folder of runs: as the recipe says (relative to the present folder), else the default."""
    from ftkernel.runs.store import default_runs_dir

    if given:
        return Path(str(given)).expanduser().absolute()
    return default_runs_dir(start_folder())
