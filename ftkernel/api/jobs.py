"""Short jobs of a worker that answer over its stream: plan, download, merge.

A job has a process of its own, tied to this one. It ends when the iteration over its lines ends,
however that comes about, so an interrupt of whoever iterates leaves nothing behind.
"""

import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ftkernel.api.control import secrets_for
from ftkernel.errors import FtError, from_json
from ftkernel.machine import read_machine
from ftkernel.recipe.recipe import Recipe
from ftkernel.runs.environment import worker_environment
from ftkernel.runs.exit_watch import memory_kills
from ftkernel.runs.folder import RunFolder
from ftkernel.runs.launch import launch, may_be_warm, start_folder
from ftkernel.runs.worker_process import WorkerProcess

_LEAVES_WITHIN = 10.0
_GAIN_BY_WARMTH = frozenset({"chat", "merge", "plan", "preview"})
"""Jobs that import what a spare worker has imported."""
_KILL = 9
_FROM_OUTSIDE = frozenset({1, 2, _KILL, 15})
"""Hangup, interrupt, kill, terminate: what somebody sends; others are a crash of its own."""


def launch_job(
    name: str, recipe: Recipe, folder: RunFolder | None, fields: Mapping[str, object]
) -> WorkerProcess:
    """Start the worker of an interactive job.

    Raises:
        FtError: if no worker can be started.
    """
    python = recipe["worker_python"]
    secrets, machine = secrets_for(recipe), read_machine()
    job = {
        "job": name,
        "run": str(folder.path) if folder else None,
        "recipe": recipe.to_json(),
        "secrets": secrets,
        **fields,
    }
    return launch(
        job,
        log=folder.log if folder else log_of_jobs(),
        python=str(python) if python else None,
        env=worker_environment(recipe, machine, secrets),
        cwd=start_folder(folder) if folder else None,
        machine=machine,
        may_be_warm=name in _GAIN_BY_WARMTH and may_be_warm(recipe),
    )


def log_of_jobs() -> Path:
    """Where the libraries of a job without a run print."""
    folder = Path(tempfile.gettempdir()) / "ftkernel"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder / "jobs.log"


def error_in(line: Mapping[str, Any], log: Path) -> FtError:
    """The error that a worker says; it does not know itself where its log is, without a run."""
    error = from_json(line["error"])
    if "log" in error.params and not error.params["log"]:
        error.params["log"] = str(log)
    return error


def died(name: str, code: int | None, log: Path, kills: int | None = None) -> FtError:
    """What a person reads of a worker that ended without a word.

    Args:
        name: the job.
        code: the exit code, minus the signal that killed it; ``None``: it has not ended yet.
        log: where its libraries printed.
        kills: :func:`ftkernel.runs.exit_watch.memory_kills` before the job; only where that rose
            is a lack of memory named as the cause.
    """
    if code is None or -code not in _FROM_OUTSIDE:
        return FtError("api.job_died", job=name, code=code, log=str(log))
    short = code == -_KILL and kills is not None and memory_kills() > kills
    known = "api.job_killed_for_memory" if short else "api.job_killed"
    return FtError(known, job=name, signal=-code, log=str(log), left="")


def lines_of(
    name: str, recipe: Recipe, folder: RunFolder | None = None, **fields: object
) -> Iterator[dict[str, Any]]:
    """Do a job; yields what it says (``phase`` and at the end ``result``).

    Raises:
        FtError: the job's own error, or :func:`died` when it ended without a word.
    """
    kills = memory_kills()
    worker = launch_job(name, recipe, folder, fields)
    log = folder.log if folder else log_of_jobs()
    try:
        for line in worker.lines():
            if line.get("kind") == "error":
                raise error_in(line, log)
            yield line
            if line.get("kind") == "result":
                return
        raise died(name, worker.wait(_LEAVES_WITHIN), log, kills)
    finally:
        worker.close_lifeline()
        if worker.wait(_LEAVES_WITHIN) is None:
            worker.kill_tree()
