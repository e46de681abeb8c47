"""In which order files reach the disk and get their names: the real calls, listened to."""

import os
from pathlib import Path

import pytest


class Disk:
    """Listens to ``os.fsync`` and ``os.rename`` from now on; both still do what they do."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._said: list[tuple[str, int]] = []
        fsync, rename = os.fsync, os.rename

        def listen_to_fsync(fd: int) -> None:
            fsync(fd)
            self._said.append(("synced", os.fstat(fd).st_ino))

        def listen_to_rename(source: str | Path, target: str | Path) -> None:
            rename(source, target)
            self._said.append(("named", os.stat(target).st_ino))

        monkeypatch.setattr(os, "fsync", listen_to_fsync)
        monkeypatch.setattr(os, "rename", listen_to_rename)

    def has_synced(self, path: Path) -> bool:
        """Whether a file or folder was synced since the last question."""
        said, self._said = self._said, []
        return ("synced", path.stat().st_ino) in said

    def not_synced_before_named(self, folder: Path) -> list[str]:
        """What lies in a folder, and itself, and was not on the disk when it got its name."""
        before = self._said[: self._named(folder)]
        everything = [folder, *sorted(folder.rglob("*"))]
        return [one.name for one in everything if ("synced", one.stat().st_ino) not in before]

    def has_synced_name(self, folder: Path) -> bool:
        """Whether the name that a folder got was synced in the folder above it."""
        return ("synced", folder.parent.stat().st_ino) in self._said[self._named(folder) :]

    def _named(self, folder: Path) -> int:
        return self._said.index(("named", folder.stat().st_ino))
