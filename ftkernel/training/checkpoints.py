"""Checkpoints on disk: a half one is never taken for a whole one, none is unpickled.

A checkpoint is written under a temporary name, each file synced; then its manifest with the size
and hash of every file, and only then is the folder renamed into place. Removing is the same
backwards: renamed away first. Reading checks the hashes, and states load with ``weights_only``, so
that a file that somebody tampered with is refused instead of executed.
"""

# ruff: noqa: ANN401 - models, tokenizers and the Trainer's own signatures are typed loosely

import json
import os
import pickle
import re
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from ftkernel._version import __version__
from ftkernel.errors import FtError
from ftkernel.runs.failpoints import failpoint
from ftkernel.runs.faults import writing
from ftkernel.runs.folder import (
    Checkpoint,
    RunFolder,
    checkpoint_name,
    sync_folder,
)
from ftkernel.runs.integrity import fault_of, is_resumable, sha256_of

_MANIFEST = "manifest.json"
_UNFINISHED, _DOOMED = ".writing-", ".removing-"
_SUPERSEDED = "superseded-"
_LITTLE = 16 << 20
"""Free bytes below which a failed write is taken for a full disk; some libraries hide the errno."""

_FOREIGN = re.compile(r"GLOBAL:? ([\w.]+)")
"""How PyTorch names what it did not import."""

WritePart = Callable[[Path], None]
"""Writes one or more files into the folder it is given."""


@dataclass(frozen=True)
class Written:
    """A checkpoint that was just written."""

    checkpoint: Checkpoint
    size: int
    seconds: float


def write_checkpoint(folder: RunFolder, step: int, parts: Sequence[WritePart]) -> Written:
    """Write a checkpoint of a step from its parts.

    A checkpoint of the same step that is there already (a broken one, after a resume from an
    earlier one) is replaced.

    Raises:
        FtError: if the disk is full, or the folder is gone or read-only; nothing half stays behind.
    """
    started = time.monotonic()
    root = folder.checkpoints_folder
    temporary = root / f"{_UNFINISHED}{checkpoint_name(step)}"
    target = root / checkpoint_name(step)
    try:
        with saving(folder):
            root.mkdir(exist_ok=True)
            shutil.rmtree(temporary, ignore_errors=True)
            temporary.mkdir()
            files = _write_parts(temporary, parts)
            failpoint("checkpoint.before_manifest")
            _write_manifest(temporary, step, files)
            failpoint("checkpoint.before_rename")
            if target.exists():
                _remove(target)
            os.rename(temporary, target)
            failpoint("checkpoint.after_rename")
            sync_folder(root)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    size = sum(entry["size"] for entry in files.values())
    return Written(Checkpoint(step, target), size, time.monotonic() - started)


def write_result(folder: RunFolder, parts: Sequence[WritePart]) -> None:
    """Write the run's result as :func:`write_checkpoint` does; an older result is replaced.

    Raises:
        FtError: if the disk is full, or the folder is gone or read-only.
    """
    temporary = folder.path / f"{_UNFINISHED}result"
    try:
        with saving(folder):
            shutil.rmtree(temporary, ignore_errors=True)
            temporary.mkdir()
            for write in parts:
                write(temporary)
            for path in _files(temporary):
                _sync_file(path)
            sync_folder(temporary)
            failpoint("result.before_rename")
            if folder.result.exists():
                _remove(folder.result)
            os.rename(temporary, folder.result)
            sync_folder(folder.path)
            failpoint("result.after_rename")
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise


def delete_checkpoint(folder: RunFolder, checkpoint: Checkpoint) -> None:
    """Remove a checkpoint; it is no checkpoint any more from the first moment on."""
    failpoint("checkpoint.before_delete")
    with writing(folder.path):
        _remove(checkpoint.path)


def clear_unfinished(folder: RunFolder) -> None:
    """Remove what a killed worker left half written or half removed."""
    for parent in (folder.checkpoints_folder, folder.path):
        for prefix in (_UNFINISHED, _DOOMED):
            for path in parent.glob(f"{prefix}*"):
                shutil.rmtree(path, ignore_errors=True)


def choose_checkpoint(
    folder: RunFolder, warn: Callable[[Checkpoint, str], None], *, at_most: int | None = None
) -> Checkpoint | None:
    """The newest sound checkpoint to resume from, ``None`` when there never was one.

    Args:
        folder: the run.
        warn: hears of each broken checkpoint that is passed over, and why.
        at_most: the step that is gone back to; later checkpoints are not looked at.

    Raises:
        FtError: ``training.checkpoints_broken`` when there are checkpoints and none is sound.
    """
    found = folder.all_checkpoints()
    if at_most is not None:
        found = [checkpoint for checkpoint in found if checkpoint.step <= at_most]
    reason = ""
    for checkpoint in reversed(found):
        broken = fault_of(checkpoint.path)
        if broken is None and not is_resumable(checkpoint.path):
            broken = "it holds the model alone (save_only_model)"
        if broken is None:
            return checkpoint
        reason = reason or broken
        warn(checkpoint, broken)
    if found:
        raise FtError(
            "training.checkpoints_broken",
            count=len(found),
            newest=found[-1].path.name,
            reason=reason,
            path=str(folder.checkpoints_folder),
        )
    return None


def set_aside_later(folder: RunFolder, step: int) -> list[Path]:
    """Rename the checkpoints beyond a step that a run has gone back to; returns the new places.

    They belong to steps that no longer count, and a later resume must not go on from them. They
    are kept, as ``superseded-step-000040``; only a later one of the same name takes their place.
    """
    moved: list[Path] = []
    with writing(folder.path):
        for checkpoint in folder.all_checkpoints():
            if checkpoint.step <= step:
                continue
            aside = checkpoint.path.with_name(f"{_SUPERSEDED}{checkpoint.path.name}")
            if aside.exists():
                _remove(aside)
            os.rename(checkpoint.path, aside)
            moved.append(aside)
        if moved:
            sync_folder(folder.checkpoints_folder)
    return moved


def save_state(path: Path, state: object) -> None:
    """Write tensors and plain values to a file that :func:`load_state` reads."""
    torch.save(state, path)


def load_state(path: Path) -> Any:
    """Read a state; only tensors and plain values are, nothing in the file is executed.

    Raises:
        FtError: ``training.state_refused`` for a file that holds anything else.
    """
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, RuntimeError, EOFError, ValueError, KeyError) as error:
        # PyTorch's own words tell how to run such a file all the same: they are not passed on,
        # and neither is its trace, which is kept in the log.
        raise FtError(
            "training.state_refused",
            file=path.name,
            path=str(path.parent),
            reason=_why_refused(error),
        ) from None


def _why_refused(error: Exception) -> object:
    """What a state holds that is no number, without PyTorch's advice on how to read it anyway."""
    text = str(error).strip()
    if found := _FOREIGN.search(text):
        return {"code": "training.state_names_code", "params": {"name": found.group(1)[:200]}}
    if isinstance(error, pickle.UnpicklingError) or "weights_only" in text:
        return {"code": "training.state_no_tensors"}
    return (text.splitlines() or [type(error).__name__])[0][:200]


@contextmanager
def saving(folder: RunFolder) -> Iterator[None]:
    """As :func:`ftkernel.runs.faults.writing`, for libraries that hide the errno.

    Raises:
        FtError: ``run.disk_full``, ``run.folder_lost`` or ``run.read_only``.
    """
    with writing(folder.path):
        try:
            yield
        except Exception as error:  # torch and safetensors raise types of their own for a full disk
            if isinstance(error, FtError | OSError):
                raise
            if _looks_full(error, folder.path):
                raise FtError("run.disk_full", path=str(folder.path)) from error
            if not folder.path.exists():
                raise FtError("run.folder_lost", path=str(folder.path)) from error
            raise


def _looks_full(error: Exception, path: Path) -> bool:
    if "No space left" in str(error) or "os error 28" in str(error):
        return True
    try:
        return shutil.disk_usage(path).free < _LITTLE
    except OSError:
        return False


def _write_parts(folder: Path, parts: Sequence[WritePart]) -> dict[str, dict[str, Any]]:
    """Write all parts and sync each new file; return the manifest's entries."""
    files: dict[str, dict[str, Any]] = {}
    for write in parts:
        failpoint("checkpoint.before_file")
        write(folder)
        for path in _files(folder):
            name = path.relative_to(folder).as_posix()
            if name not in files:
                _sync_file(path)
                files[name] = {"size": path.stat().st_size, "sha256": sha256_of(path)}
        failpoint("checkpoint.after_file")
    return files


def _write_manifest(folder: Path, step: int, files: dict[str, dict[str, Any]]) -> None:
    manifest = {
        "step": step,
        "created": time.time(),
        "versions": {"ftkernel": __version__, "torch": torch.__version__},
        "files": files,
    }
    path = folder / _MANIFEST
    path.write_text(json.dumps(manifest, indent=1), encoding="utf-8")
    _sync_file(path)
    sync_folder(folder)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _sync_file(path: Path) -> None:
    with open(path, "rb+") as file:
        os.fsync(file.fileno())


def _remove(path: Path) -> None:
    doomed = path.with_name(f"{_DOOMED}{path.name}-{os.getpid()}-{time.time_ns()}")
    os.rename(path, doomed)
    shutil.rmtree(doomed, ignore_errors=True)
