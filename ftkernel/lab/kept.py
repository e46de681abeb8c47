"""What was read of runs, kept from one server to the next: a cache, with which nothing is lost.

One file in this user's own state folder. It is taken only from the same version, and an entry
counts only while its folder looks as it did; what cannot be read or written is done without.
"""

import contextlib
import os
from collections.abc import Mapping
from typing import Any, cast

from pydantic import ValidationError

from ftkernel._version import __version__
from ftkernel.errors import FtError
from ftkernel.lab.bodies import RunItem
from ftkernel.lab.sound import Signature
from ftkernel.runs.folder import read_json, write_json
from ftkernel.runs.index import state_folder

_LARGEST = 32 << 20
Entry = tuple[Signature, RunItem]


def load() -> dict[str, Entry]:
    """What is known of folders, by their paths."""
    path = state_folder() / "lab.json"
    try:
        if os.stat(path).st_size > _LARGEST:
            return {}
    except OSError:
        return {}
    data = read_json(path) or {}
    if data.get("version") != __version__ or not isinstance(data.get("runs"), dict):
        return {}
    out: dict[str, Entry] = {}
    for name, entry in cast("dict[str, Any]", data["runs"]).items():
        with contextlib.suppress(ValidationError, KeyError, TypeError, ValueError):
            seen = tuple(None if one is None else _stamp(one) for one in entry["seen"])
            out[name] = (seen, RunItem.model_validate(entry["item"]))
    return out


def save(entries: Mapping[str, Entry]) -> None:
    """Keep what is known."""
    runs = {
        path: {"seen": seen, "item": item.model_dump()} for path, (seen, item) in entries.items()
    }
    folder = state_folder()
    with contextlib.suppress(OSError, FtError):
        folder.mkdir(parents=True, exist_ok=True)
        write_json(folder / "lab.json", {"version": __version__, "runs": runs}, sync=False)


def _stamp(value: Any) -> tuple[int, int, int]:  # noqa: ANN401 - JSON
    moment, size, inode = value
    return int(moment), int(size), int(inode)
