"""The per-user index of folders that hold runs: a file for each, so that no two writers meet."""

import hashlib
import os
import time
from pathlib import Path

from ftkernel.errors import FtError
from ftkernel.runs.folder import read_json, write_json


def state_folder() -> Path:
    """Where this user's index lies; ``FTKERNEL_STATE_DIR`` overrides the system's place."""
    override = os.environ.get("FTKERNEL_STATE_DIR")
    if override:
        return Path(override)
    import platformdirs

    return platformdirs.user_state_path("ftkernel", appauthor=False)


def add_root(root: Path) -> None:
    """Remember that runs lie in ``root``.

    A home that can not be written costs the index, not the run.
    """
    root = root.expanduser().absolute()
    file = _file_of(root)
    if file.exists():
        return
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write_json(file, {"path": str(root), "added": time.time()})
    except (OSError, FtError):
        return


def roots() -> list[Path]:
    """The folders known to hold runs, in the order they were added, without those that are gone."""
    known: list[tuple[float, Path]] = []
    try:
        files = sorted((state_folder() / "roots").glob("*.json"))
    except OSError:
        return []
    for file in files:
        entry = read_json(file)
        if entry is None or not isinstance(entry.get("path"), str):
            continue
        path = Path(entry["path"])
        if path.is_dir():
            known.append((float(entry.get("added", 0)), path))
    return [path for _, path in sorted(known)]


def _file_of(root: Path) -> Path:
    digest = hashlib.sha256(str(root).encode("utf-8", "surrogateescape")).hexdigest()[:24]
    return state_folder() / "roots" / f"{digest}.json"
