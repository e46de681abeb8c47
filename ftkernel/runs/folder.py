"""The folder of a run: where everything lies, how it is made, which checkpoints are complete.

What is not in the folder did not happen. Files that more than one process reads are written under a
temporary name, synced and renamed (:func:`write_atomic`), so that nobody ever sees half of one.
"""

import getpass
import json
import os
import re
import secrets
import sys
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, cast

from ftkernel._version import __version__
from ftkernel.errors import FtError, Where
from ftkernel.runs.faults import DISK_FULL, writing
from ftkernel.runs.names import check_name, numbered

_CHECKPOINT = re.compile(r"step-(\d+)")
_MOST_OF_ONE_NAME = 10_000


class SavedRecipe(Protocol):
    """What a run folder needs of a recipe."""

    def to_yaml(self, folder: Path | None = None) -> str:
        """The recipe as a commented file, which names variables by their files in ``folder``."""
        ...

    def where(self, name: str) -> Where:
        """Where a key of it was written."""
        ...

    def to_json(self) -> dict[str, object]:
        """The recipe as JSON types, without secrets."""
        ...


@dataclass(frozen=True)
class Checkpoint:
    """A checkpoint in a run folder."""

    step: int
    path: Path


class RunFolder:
    """The paths of one run, and what may be asked about its files. Holds nothing in memory."""

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)

    @property
    def name(self) -> str:
        """The run's name, which is the folder's."""
        return self.path.name

    @property
    def meta_file(self) -> Path:
        """``run.json``, written once; a folder without it is no run."""
        return self.path / "run.json"

    @property
    def recipe_yaml(self) -> Path:
        """The resolved recipe for people."""
        return self.path / "recipe.yaml"

    @property
    def recipe_json(self) -> Path:
        """The resolved recipe for the worker."""
        return self.path / "recipe.json"

    @property
    def data(self) -> Path:
        """Variables of the notebook, written out."""
        return self.path / "data"

    @property
    def events(self) -> Path:
        """``events.jsonl``."""
        return self.path / "events.jsonl"

    @property
    def commands(self) -> Path:
        """Commands to the worker, one file each."""
        return self.path / "commands"

    @property
    def owner_file(self) -> Path:
        """Who drives the run; see :mod:`ftkernel.runs.ownership`."""
        return self.path / "owner.json"

    @property
    def lock_file(self) -> Path:
        """Locked for the life of the worker."""
        return self.path / "owner.lock"

    @property
    def launch_file(self) -> Path:
        """The last worker that was started, by whom and for which attempt."""
        return self.path / "launch.json"

    @property
    def exit_file(self) -> Path:
        """How the last worker ended, as whoever started it saw it."""
        return self.path / "exit.json"

    @property
    def log(self) -> Path:
        """What the worker's libraries printed."""
        return self.path / "worker.log"

    @property
    def checkpoints_folder(self) -> Path:
        """Where the checkpoints lie, ``step-000040`` and so on."""
        return self.path / "checkpoints"

    @property
    def result(self) -> Path:
        """The finished adapter or model, with its tokenizer."""
        return self.path / "result"

    @property
    def chat(self) -> Path:
        """Transcripts."""
        return self.path / "chat"

    @property
    def trainer_log(self) -> Path:
        """The log in LLaMA-Factory's fields."""
        return self.path / "trainer_log.jsonl"

    @property
    def loss_picture(self) -> Path:
        """The loss as a picture, with ``plot_loss``."""
        return self.path / "training_loss.png"

    @classmethod
    def create(
        cls,
        root: Path | str,
        name: str | None,
        recipe: SavedRecipe,
        *,
        notebook: str | None = None,
        cwd: Path | str | None = None,
    ) -> "RunFolder":
        """Make the folder of a new run below ``root``; a name in use gets a number.

        Args:
            root: the folder of runs; made when it is missing.
            name: what the run is called; ``None`` for ``run``.
            recipe: is written into the folder.
            notebook: the file the run was started from, when that is known.
            cwd: the folder that relative paths of the recipe start from; by default the present
                one.

        Raises:
            FtError: if the name can not be one, or the folder can not be written.
        """
        chosen = check_name(name if name is not None else "run")
        root = Path(root).expanduser().absolute()
        if root.exists() and not root.is_dir():
            raise FtError("run.root_is_file", path=str(root))
        with _making(root, recipe):
            root.mkdir(parents=True, exist_ok=True)
            folder = cls(_claim(root, chosen))
        with writing(folder.path):
            folder.commands.mkdir()
            folder.checkpoints_folder.mkdir()
        write_atomic(folder.recipe_yaml, recipe.to_yaml(folder.path).encode())
        write_json(folder.recipe_json, recipe.to_json())
        write_json(folder.meta_file, _new_meta(folder.name, notebook, Path(cwd or Path.cwd())))
        return folder

    def exists(self) -> bool:
        """Whether this is the folder of a run."""
        return self.meta_file.is_file()

    def meta(self) -> dict[str, Any]:
        """What ``run.json`` says.

        Raises:
            FtError: if the folder is gone or is not that of a run, or ``run.json`` is damaged.
        """
        meta = read_json(self.meta_file)
        if meta is not None:
            return meta
        if self.exists():
            raise FtError("run.meta_damaged", name=self.name, path=str(self.meta_file))
        raise FtError("run.folder_lost", path=str(self.path))

    def checkpoints(self) -> list[Checkpoint]:
        """The complete checkpoints, oldest first: those whose files all have their size."""
        return [found for found in self.all_checkpoints() if damage_of(found.path) is None]

    def all_checkpoints(self) -> list[Checkpoint]:
        """Every folder that is named as a checkpoint, complete or not, oldest first."""
        try:
            entries = sorted(os.listdir(self.checkpoints_folder))
        except OSError:
            return []
        matches = ((name, _CHECKPOINT.fullmatch(name)) for name in entries)
        found = [
            Checkpoint(int(match.group(1)), self.checkpoints_folder / name)
            for name, match in matches
            if match
        ]
        return sorted(found, key=lambda checkpoint: checkpoint.step)

    def latest_checkpoint(self) -> Checkpoint | None:
        """The complete checkpoint of the highest step."""
        for found in reversed(self.all_checkpoints()):
            if damage_of(found.path) is None:
                return found
        return None

    def checkpoint(self, step: int) -> Checkpoint | None:
        """The complete checkpoint of a step, if there is one."""
        found = Checkpoint(step, self.checkpoints_folder / checkpoint_name(step))
        return found if found.path.is_dir() and damage_of(found.path) is None else None

    def __repr__(self) -> str:
        return f"RunFolder({str(self.path)!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RunFolder) and other.path == self.path

    def __hash__(self) -> int:
        return hash(self.path)


def checkpoint_name(step: int) -> str:
    """The folder name of a step's checkpoint: ``step-000040``."""
    return f"step-{step:06d}"


def damage_of(checkpoint: Path) -> str | None:
    """What is wrong with a checkpoint's files by name and size, ``None`` when nothing is."""
    manifest = read_json(checkpoint / "manifest.json")
    if manifest is None:
        return "manifest.json is missing or unreadable"
    files = _files_of(manifest)
    if not files:
        return "manifest.json names no file"
    for name, size in files.items():
        try:
            actual = (checkpoint / name).stat().st_size
        except OSError:
            return f"{name} is missing"
        if actual != size:
            return f"{name} has {actual:,} bytes instead of {size:,}"
    return None


def _files_of(manifest: Mapping[str, Any]) -> dict[str, int]:
    """Names and sizes in a manifest: ``{"files": {name: {"size": …, "sha256": …}}}``."""
    files = manifest.get("files")
    if not isinstance(files, dict):
        return {}
    sizes: dict[str, int] = {}
    for name, entry in cast("dict[str, Any]", files).items():
        size = cast("dict[str, Any]", entry).get("size") if isinstance(entry, dict) else None
        sizes[name] = size if isinstance(size, int) else -1
    return sizes


@contextmanager
def _making(root: Path, recipe: SavedRecipe) -> Generator[None]:
    """Say what is in the way of a new run at the line that names the folder of runs."""
    try:
        yield
    except OSError as error:
        if error.errno in DISK_FULL:
            raise FtError("run.disk_full", path=str(root)) from error
        raise FtError(
            "recipe.runs_dir_impossible",
            where=recipe.where("runs_dir"),
            path=str(root),
            reason=error.strerror or type(error).__name__,
        ) from error


def write_atomic(path: Path, content: bytes, *, sync: bool = True) -> None:
    """Write a file so that readers see the old content or the new one, never half of it.

    Args:
        path: the file; its folder must exist.
        content: all of it.
        sync: whether it must survive a crash of the whole machine, not only of this process.

    Raises:
        FtError: if the disk is full, or the folder is gone or read-only; the old content stays.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    with writing(path.parent):
        try:
            with open(temporary, "wb") as file:
                file.write(content)
                if sync:
                    file.flush()
                    os.fsync(file.fileno())
            os.replace(temporary, path)
        except OSError:
            temporary.unlink(missing_ok=True)
            raise
        if sync:
            sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """Make the names in a folder survive a crash of the machine; Windows has no such call."""
    if sys.platform == "win32":
        return
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def write_json(path: Path, value: Mapping[str, object], *, sync: bool = True) -> None:
    """Write one JSON object atomically; see :func:`write_atomic`."""
    text = json.dumps(value, ensure_ascii=False, indent=1, default=str)
    write_atomic(path, (text + "\n").encode("utf-8", "backslashreplace"), sync=sync)


def read_json(path: Path) -> dict[str, Any] | None:
    """The JSON object in a file; ``None`` when there is no such file or it holds no object."""
    try:
        value = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    return cast("dict[str, Any]", value) if isinstance(value, dict) else None


def _claim(root: Path, name: str) -> Path:
    """Make the first folder of the name that is free; ``mkdir`` decides between two who ask."""
    for number in range(1, _MOST_OF_ONE_NAME):
        path = root / (name if number == 1 else numbered(name, number))
        try:
            path.mkdir()
        except FileExistsError:
            continue
        return path
    raise FtError("run.name_used_up", name=name, path=str(root))


def _new_meta(name: str, notebook: str | None, cwd: Path) -> dict[str, object]:
    meta: dict[str, object] = {
        "id": secrets.token_hex(6),
        "name": name,
        "created": time.time(),
        "ftkernel": __version__,
        "python": sys.version.split()[0],
        "user": _user(),
        "cwd": str(cwd),
    }
    return {**meta, "notebook": notebook} if notebook else meta


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # a container may run under a number without a name
        return ""
