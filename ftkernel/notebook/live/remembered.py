"""Which panels a notebook has shown, remembered over kernels: a small file each.

A saved notebook names a panel by the id of its widget, which only the kernel that made it knows.
The next kernel of the same notebook makes it again under the same id when the extension is loaded:
a page that is loaded then finds it, and one that has it on the screen goes on with it. Until the
extension is loaded a page that is loaded anew says "model not found", which no kernel can help.
"""

import contextlib
import hashlib
import importlib
import os
import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ftkernel.errors import FtError
from ftkernel.notebook.display import shell
from ftkernel.notebook.live.mode import in_kernel, widgets_here
from ftkernel.runs.folder import read_json, write_json
from ftkernel.runs.index import state_folder
from ftkernel.subcommands.boundary import write_trace

_MOST = 8
"""Panels of one notebook: making each again takes a few milliseconds and 60 kB for the page."""

_DAYS = 30

_made_here: set[str] = set()
"""The panels that this kernel has; they are not made again."""


def remember(id_: str, what: str, folder: Path, **more: object) -> None:
    """Remember a panel.

    A home that can not be written costs this, and nothing else.

    Args:
        id_: of its widget.
        what: ``run`` or ``chat``.
        folder: of the run.
        more: what else is needed to make it again; ``cell`` is the id of the cell that shows it,
            which takes the place of what the cell showed when it was executed before.
    """
    _made_here.add(id_)
    entry = {"what": what, "folder": str(folder), "shown": time.time(), **more}
    entry["execution"] = f"{os.getpid()}-{shell().execution_count}"
    place = _place()
    try:
        place.mkdir(parents=True, exist_ok=True)
        for index, (file, other) in enumerate(_entries(place)):
            is_replaced = bool(more.get("cell")) and other.get("cell") == more["cell"]
            is_replaced = is_replaced and other.get("execution") != entry["execution"]
            if is_replaced or index >= _MOST - 1:
                file.unlink(missing_ok=True)
        write_json(place / f"{id_}.json", entry, sync=False)
        _forget_old(place.parent)
    except (OSError, FtError):
        return


def forget(id_: str) -> None:
    """Forget a panel that is not shown any more."""
    with contextlib.suppress(OSError):
        (_place() / f"{id_}.json").unlink(missing_ok=True)


def install(shell: Any) -> None:  # noqa: ANN401 - IPython's, in whichever version
    """Make again what the kernels before this one have shown in this notebook.

    A named boundary: a panel that cannot be made again is not, and the extension is loaded.
    """
    if not in_kernel(shell) or not widgets_here():
        return
    for file, entry in _entries(_place()):
        if file.stem in _made_here:
            continue
        try:
            _make_again(file, entry)
        except (FtError, OSError):  # a run that is being deleted, a disk that is away
            continue
        except Exception as exc:
            write_trace(exc)


def _make_again(file: Path, entry: Mapping[str, Any]) -> None:
    if not (Path(entry["folder"]) / "run.json").is_file():
        file.unlink(missing_ok=True)
        return
    _made_here.add(file.stem)
    importlib.import_module(_MAKERS[entry["what"]]).make_again(file.stem, entry)


def uninstall(shell: Any) -> None:  # noqa: ANN401
    """Nothing is registered."""
    del shell


_MAKERS = {
    "run": "ftkernel.notebook.live.outputs",
    "chat": "ftkernel.notebook.chat_panel.widget",
}
"""The modules whose ``make_again`` makes each; imported only where there is something to make."""


def _entries(place: Path) -> list[tuple[Path, dict[str, Any]]]:
    """What is remembered of a notebook, the newest first."""
    found: list[tuple[Path, dict[str, Any]]] = []
    for file in place.glob("*.json"):
        entry = read_json(file)
        if entry is not None and _is_whole(entry):
            found.append((file, entry))
    return sorted(found, key=lambda one: -float(one[1]["shown"]))


def _is_whole(entry: Mapping[str, Any]) -> bool:
    return (
        entry.get("what") in _MAKERS
        and isinstance(entry.get("folder"), str)
        and isinstance(entry.get("shown"), int | float)
    )


def _place() -> Path:
    """The folder of this notebook: servers tell its path, and keep a kernel's id over restarts."""
    name = os.environ.get("JPY_SESSION_NAME") or _connection()
    digest = hashlib.sha256(name.encode("utf-8", "surrogateescape")).hexdigest()[:24]
    return state_folder() / "panels" / digest


def _connection() -> str:
    try:
        from ipykernel.connect import get_connection_file

        return Path(get_connection_file()).name
    except (ImportError, RuntimeError):
        return ""


def _forget_old(places: Path) -> None:
    """Forget notebooks that have shown nothing for a month."""
    for place in places.iterdir():
        if time.time() - place.stat().st_mtime > _DAYS * 86_400:
            shutil.rmtree(place, ignore_errors=True)
