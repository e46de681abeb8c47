"""Where runs go when no recipe says so: as the setting ``runs_dir`` says, else ``ft-runs``.

Both count from the folder that this kernel or script started in.

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
    """The folder of runs: as the recipe says (relative to the present folder), else the setting."""
    from ftkernel.api import config
    from ftkernel.runs.store import default_runs_dir

    if given:
        return Path(str(given)).expanduser().absolute()
    settled = config.get("runs_dir")
    return Path(str(settled)) if settled else default_runs_dir(start_folder())
