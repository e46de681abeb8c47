"""The answer of a run that trains, piece by piece: ``chat/<id>.stream.jsonl``, one object a line.

The worker writes the file of one ``ask``; whoever asked reads along and removes it. The lines are
those of a chat worker: ``token`` with a piece of text, and at the end ``answer`` or ``error``. They
never go into the events of the run. Transcripts lie in the same folder and end otherwise.
"""

import json
import os
import re
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

from ftkernel.runs.faults import writing
from ftkernel.runs.folder import RunFolder

ENDING = ".stream.jsonl"

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_LARGEST = 4 << 20
_LEFT_SECONDS = 3600.0
"""So old is a stream that nobody reads any more: whoever asked has died."""


def is_stream_id(value: object) -> bool:
    """Whether a value can name a stream: it becomes part of a file's name."""
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def stream_path(folder: RunFolder, id_: str) -> Path:
    """The file of an answer."""
    return folder.chat / f"{id_}{ENDING}"


class StreamWriter:
    """Writes the lines of one answer.

    Raises:
        FileExistsError: if there was an answer of this id.
        FtError: if the folder is gone or read-only, or the disk is full.
    """

    def __init__(self, folder: RunFolder, id_: str) -> None:
        self._folder = folder.path
        with writing(self._folder):
            folder.chat.mkdir(exist_ok=True)
            _remove_left(folder)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | getattr(os, "O_BINARY", 0)
            self._fd = os.open(stream_path(folder, id_), flags, 0o644)

    def send(self, line: Mapping[str, object]) -> None:
        """Write one line.

        Raises:
            FtError: if the folder is gone or read-only, or the disk is full.
        """
        text = json.dumps(line, ensure_ascii=True, default=str, separators=(",", ":"))
        view = memoryview(text.encode() + b"\n")
        with writing(self._folder):
            while view:
                view = view[os.write(self._fd, view) :]

    def close(self) -> None:
        """Close the file."""
        fd, self._fd = self._fd, -1
        if fd >= 0:
            os.close(fd)


class StreamReader:
    """Reads what was added since the last look; nothing as long as there is no file."""

    def __init__(self, folder: RunFolder, id_: str) -> None:
        self._path = stream_path(folder, id_)
        self._offset = 0

    def poll(self) -> list[dict[str, Any]]:
        """The whole lines since the last poll that hold an object with a ``kind``."""
        try:
            with open(self._path, "rb") as file:
                file.seek(self._offset)
                content = file.read(_LARGEST)
        except OSError:
            return []
        whole = content[: content.rfind(b"\n") + 1]
        self._offset += len(whole)
        return [line for text in whole.splitlines() if (line := _line(text)) is not None]

    def remove(self) -> None:
        """Remove the file; it is no part of the run."""
        with suppress(OSError):
            self._path.unlink(missing_ok=True)


def _remove_left(folder: RunFolder) -> None:
    for path in folder.chat.glob(f"*{ENDING}"):
        with suppress(OSError):
            if time.time() - path.stat().st_mtime > _LEFT_SECONDS:
                path.unlink()


def _line(text: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict):
        return None
    line = cast("dict[str, Any]", value)
    return line if isinstance(line.get("kind"), str) else None
