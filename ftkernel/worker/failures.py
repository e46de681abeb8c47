"""From what was raised in a worker to what a person reads: the cause and what to change.

Knows the heavy libraries' exceptions by their names and words only; imports none of them.
"""

import errno
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from ftkernel.errors import FtError, Where, from_json
from ftkernel.machine import read_machine
from ftkernel.runs.faults import DISK_FULL, fault_of
from ftkernel.runs.folder import RunFolder
from ftkernel.worker.redaction import Redactor

_NO_SPACE = re.compile(r"no space left on device|disk quota exceeded|os error 28\b", re.IGNORECASE)
_NO_MEMORY = re.compile(
    r"out of memory|can't allocate memory|not enough memory|cannot allocate memory"
    r"|CUBLAS_STATUS_ALLOC_FAILED|bad_alloc"
    r"|could not create a (primitive|memory object)(?! desc)",  # oneDNN: no room for its code
    re.IGNORECASE,
)
_TRIED = re.compile(r"tried to allocate ([\d.]+) ?(bytes|[KMGT]iB)", re.IGNORECASE)
_CAPACITY = re.compile(
    r"total capacity of ([\d.]+) ?([KMGT]iB) of which ([\d.]+) ?([KMGT]iB|bytes) is free"
)
_UNITS = {"bytes": 1, "kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30, "tib": 1 << 40}
_LONGEST_MESSAGE = 300


@dataclass(frozen=True)
class Circumstances:
    """What was going on, as far as it changes the advice."""

    recipe: Any = None
    """Values by key, or ``None``."""
    folder: RunFolder | None = None
    log: Path | None = None
    micro_batch: int | None = None
    job: str = "train"
    """What the worker does; only a run has a batch that could be made smaller."""
    redactor: Redactor | None = None


def explain(error: BaseException, around: Circumstances | None = None) -> FtError:
    """The error for a person.

    An :class:`FtError` stays as it is; no secret is left in any of it.
    """
    around = around or Circumstances()
    found = _explain(error, around)
    if around.redactor is None:
        return found
    cleaned = around.redactor.clean_json(found.to_json())
    return found if cleaned == found.to_json() else from_json(cleaned)


def _explain(error: BaseException, around: Circumstances) -> FtError:
    if isinstance(error, FtError):
        return error
    for cause in _chain(error):
        if isinstance(cause, FtError):
            return cause
    folder = around.folder
    if folder is not None and not folder.exists():
        return FtError("run.folder_lost", path=str(folder.path))
    for cause in _chain(error):
        if (known := _known(cause, around)) is not None:
            return known
    return _unexpected(error, around)


def _known(error: BaseException, around: Circumstances) -> FtError | None:
    text = str(error)
    if _is_disk_full(error, text):
        filename = getattr(error, "filename", None)
        path = around.folder.path if around.folder else filename or "?"
        return FtError("run.disk_full", path=str(path))
    if _is_out_of_memory(error, text):
        return _out_of_memory(text, around)
    if isinstance(error, OSError) and around.folder is not None and error.filename:
        inside = str(error.filename).startswith(str(around.folder.path))
        return fault_of(error, around.folder.path) if inside else None
    if isinstance(error, ModuleNotFoundError) and error.name:
        return FtError("worker.package_missing", package=error.name.split(".")[0])
    return None


def _is_disk_full(error: BaseException, text: str) -> bool:
    if isinstance(error, OSError) and error.errno in DISK_FULL:
        return True
    return _NO_SPACE.search(text) is not None


def _is_out_of_memory(error: BaseException, text: str) -> bool:
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return True
    if isinstance(error, OSError):
        return error.errno == errno.ENOMEM
    return isinstance(error, RuntimeError) and _NO_MEMORY.search(text) is not None


def _out_of_memory(text: str, around: Circumstances) -> FtError:
    """Name the setting that saves most for least: batch, recomputing, length, model."""
    params: dict[str, object] = {"wanted": "", "free": "", "total": ""}
    if tried := _TRIED.search(text):
        params["wanted"] = _size(_bytes(tried.group(1), tried.group(2)))
    if capacity := _CAPACITY.search(text):
        total, free = _bytes(*capacity.group(1, 2)), _bytes(*capacity.group(3, 4))
    else:
        total, free = _memory_here()
    params |= {"free": _size(free), "total": _size(total)}
    if around.job != "train":
        known = "worker.out_of_memory_chat" if around.job == "chat" else "worker.out_of_memory_job"
        return FtError(known, free=params["free"], total=params["total"], job=around.job)
    known = "worker.out_of_memory" if params["wanted"] else "worker.out_of_memory_plain"
    key, value, better = _to_lower(around)
    where = Where(key=key) if key else None
    return FtError(known, where=where, **params, key=key or "", value=value, better=better)


def _memory_here() -> tuple[int, int]:
    """All memory that this process may have, and what is free of it; ``ulimit`` may limit it."""
    machine = read_machine()
    total, free = machine.memory_total, machine.memory_available
    try:
        import resource  # POSIX only
    except ImportError:
        return total, free
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    if limit == resource.RLIM_INFINITY:
        return total, free
    held = psutil.Process().memory_info().vms
    return min(total, limit), max(0, min(free, limit - held))


def _to_lower(around: Circumstances) -> tuple[str | None, object, object]:
    recipe = around.recipe
    micro = around.micro_batch or _value(recipe, "per_device_train_batch_size")
    if isinstance(micro, int) and micro > 1:
        return "per_device_train_batch_size", micro, micro // 2
    if recipe is not None and not _value(recipe, "activation_checkpointing"):
        return "activation_checkpointing", "false", "true"
    cutoff = _value(recipe, "cutoff_len")
    if isinstance(cutoff, int) and cutoff > 256:
        return "cutoff_len", cutoff, cutoff // 2
    return "model_name_or_path", _value(recipe, "model_name_or_path") or "", "a smaller model"


def _unexpected(error: BaseException, around: Circumstances) -> FtError:
    lines = [line for line in str(error).strip().splitlines() if line.strip()]
    message = (lines[0] if lines else "")[:_LONGEST_MESSAGE]
    kind = type(error).__name__
    if not message:
        return FtError("worker.unexpected_bare", type=kind, log=str(around.log or ""))
    return FtError("worker.unexpected", type=kind, message=message, log=str(around.log or ""))


def _chain(error: BaseException) -> list[BaseException]:
    """The error and those that it was raised from or while handling, nearest first."""
    out: list[BaseException] = []
    current: BaseException | None = error
    while current is not None and current not in out:
        out.append(current)
        current = current.__cause__ or (
            None if current.__suppress_context__ else current.__context__
        )
    return out


def _bytes(number: str, unit: str) -> int:
    return int(float(number) * _UNITS[unit.lower()])


def _size(count: int) -> str:
    for unit, size in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= size:
            return f"{count / size:.1f} {unit}"
    return f"{count} bytes"


def _value(recipe: Mapping[str, Any] | None, name: str) -> Any:  # noqa: ANN401 - values of a recipe
    if recipe is None:
        return None
    try:
        return recipe[name]
    except KeyError:
        return None
