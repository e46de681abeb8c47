"""Starting workers: a new session, the job on standard input, which stays open as the life line.

Only this module knows how a worker's process is made, on POSIX and on Windows. A kernel's
interrupt never reaches a worker. The pipe's end in this process is not inherited by programs
started later.
"""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Protocol, TypedDict

from ftkernel.errors import FtError
from ftkernel.machine import Machine, read_machine
from ftkernel.runs import spares
from ftkernel.runs.environment import HUB_TOKENS, Values, worker_environment
from ftkernel.runs.exit_watch import watch_exit
from ftkernel.runs.faults import writing
from ftkernel.runs.folder import RunFolder, read_json, write_json
from ftkernel.runs.ownership import driven_elsewhere, read_owner
from ftkernel.runs.processes import identity_of, this_process
from ftkernel.runs.state import next_attempt, state
from ftkernel.runs.worker_process import WorkerProcess

_CREATE_NEW_PROCESS_GROUP = 0x200
_CREATE_NO_WINDOW = 0x08000000
_ENDING_WITHIN = 15.0
"""Seconds that a worker which said its last word gets to leave before a new one is refused."""


class JobRecipe(Values, Protocol):
    """What is needed of a recipe to start its run."""

    @property
    def secrets(self) -> Mapping[str, str]:
        """Secret values by key; they are not in :meth:`to_json`."""
        ...

    def to_json(self) -> dict[str, object]:
        """The recipe as JSON types."""
        ...


def launch(
    job: Mapping[str, object],
    *,
    log: Path,
    python: str | None = None,
    env: Mapping[str, str] | None = None,
    cwd: Path | str | None = None,
    detached: bool = False,
    machine: Machine | None = None,
    may_be_warm: bool = False,
) -> WorkerProcess:
    """Start a worker and give it its job; a spare one that fits takes it at once.

    Args:
        job: see :mod:`ftkernel.worker.main`; ``owner`` and ``detached`` are added here.
        log: where everything that its libraries print is appended.
        python: the interpreter; by default this one.
        env: the whole environment; by default :func:`worker_environment` of this machine.
        cwd: the folder it works in; by default this process's.
        detached: whether it goes on when this process ends.
        machine: by default read now.
        may_be_warm: whether a spare worker would do the job as a fresh one does.

    Raises:
        FtError: ``worker.no_interpreter``, or a fault of the log's folder.
    """
    interpreter = python or sys.executable
    machine = machine or read_machine()
    environment = dict(worker_environment(None, machine) if env is None else env)
    environment.update(import_path(environment, interpreter))
    owner = this_process()
    full = {
        **job,
        "owner": {"pid": owner.pid, "create_time": owner.create_time},
        "detached": detached,
    }
    with writing(log.parent):
        output = open(log, "ab")  # noqa: SIM115 - closed below
    with output:
        folder = Path(cwd or Path.cwd()).absolute()
        if may_be_warm and spares.current() is not None and folder.is_dir():
            start = spares.start_of(interpreter, environment, machine.gpus)
            tokens = {name: environment[name] for name in HUB_TOKENS if name in environment}
            inherited = {"env": tokens, "cwd": str(folder), "log": str(log.absolute())}
            worker = spares.take(start, {**full, **inherited}, detached=detached)
            if worker is not None:
                return worker
        popen = _open(interpreter, environment, output, cwd)
    worker = WorkerProcess(popen, detached=detached)
    with contextlib.suppress(FtError):  # it died at once: whoever reads its stream sees the end
        worker.send(full)
    return worker


def launch_spare(
    order: Mapping[str, object],
    *,
    log: Path,
    env: Mapping[str, str],
    machine: Machine,
    python: str | None = None,
) -> spares.Spare:
    """Start a worker that has no job yet; see :mod:`ftkernel.worker.spare`.

    Args:
        order: what it imports and keeps, and when it leaves.
        log: where its libraries print until it has a job.
        env: the environment of the job that is expected; tokens are left out.
        machine: as read for ``env``.
        python: the interpreter; by default this one.

    Raises:
        FtError: ``worker.no_interpreter``, or a fault of the log's folder.
    """
    interpreter = python or sys.executable
    environment = spares.without_tokens(env)
    environment.update(import_path(environment, interpreter))
    start = spares.start_of(interpreter, environment, machine.gpus)
    with writing(log.parent):
        output = open(log, "ab")  # noqa: SIM115 - closed below
    with output:
        worker = WorkerProcess(_open(interpreter, environment, output, None))
    owner = this_process()
    with contextlib.suppress(FtError):
        worker.send({"spare": order, "owner": {"pid": owner.pid, "create_time": owner.create_time}})
    return spares.Spare(worker, start)


def _open(
    interpreter: str, env: Mapping[str, str], output: IO[bytes], cwd: Path | str | None
) -> "subprocess.Popen[bytes]":
    """The process of a worker.

    Raises:
        FtError: ``worker.no_interpreter``.
    """
    try:
        return subprocess.Popen(
            worker_command(interpreter),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=output,
            env=env,
            cwd=cwd,
            bufsize=0,
            **process_options(sys.platform),
        )
    except OSError as error:
        raise FtError(
            "worker.no_interpreter", python=interpreter, reason=error.strerror or str(error)
        ) from error


def launch_run(
    folder: RunFolder,
    recipe: JobRecipe,
    *,
    secrets: Mapping[str, str] | None = None,
    machine: Machine | None = None,
    detached: bool = False,
    resume_from: int | None = None,
    python: str | None = None,
) -> WorkerProcess:
    """Start the worker that trains a run, and watch for its end.

    Args:
        folder: the run; its next attempt begins.
        recipe: goes into the job; ``worker_python``, ``devices`` and the like shape the process.
        secrets: more of them than the recipe has, as after a resume; they travel in the job only.
        machine: by default read now.
        detached: whether the run goes on when this process ends.
        resume_from: ``None`` for a first start, else the step of the checkpoint to go on from, 0
            for the beginning.
        python: the interpreter; by default the recipe's ``worker_python``, else this one.

    Raises:
        FtError: ``run.driven_elsewhere`` when another worker drives the run; those of
            :func:`launch`.
    """
    _wait_until_free(folder)
    attempt = next_attempt(folder)
    hidden = {**recipe.secrets, **(secrets or {})}
    job = {
        "job": "train",
        "run": str(folder.path),
        "recipe": recipe.to_json(),
        "secrets": hidden,
        "attempt": attempt,
        "resume_from": resume_from,
        "stop_grace_seconds": _value(recipe, "stop_grace_seconds"),
    }
    machine = machine or read_machine()
    python = python or _text(_value(recipe, "worker_python"))
    spares.run_begins(python, _value(recipe, "devices"))
    worker = None
    try:
        worker = launch(
            job,
            log=folder.log,
            python=python,
            env=worker_environment(recipe, machine, hidden),
            cwd=start_folder(folder),
            detached=detached,
            machine=machine,
            may_be_warm=may_be_warm(recipe),
        )
        spares.close()  # one that did not fit: the run needs its memory
        _note_launch(folder, worker, attempt, python or sys.executable)
    except BaseException:
        spares.run_ended(worker)
        raise
    watch_exit(worker, folder, attempt, then=spares.run_ended)
    return worker


def may_be_warm(recipe: Values) -> bool:
    """Whether a spare worker does a recipe's job exactly as a fresh one.

    It has left out the library of quantized models. Whether a model needs that is known here only
    of what lies on this machine and is plain.
    """
    python = _text(_value(recipe, "worker_python")) or sys.executable
    if not spares.has_quantization_library(python):
        return True
    name = str(_value(recipe, "model_name_or_path") or "")
    folder = Path(name).expanduser()
    if folder.is_dir():
        config = read_json(folder / "config.json")
        return config is not None and not config.get("quantization_config")
    return folder.is_file() or "/" not in name  # a GGUF file, or a model with a short name


def start_folder(folder: RunFolder) -> Path:
    """The folder that relative paths of a run's recipe start from, wherever it is resumed.

    It is where the run was started; the present one, when that is gone.
    """
    noted = folder.meta().get("cwd")
    if isinstance(noted, str) and Path(noted).is_dir():
        return Path(noted)
    return Path.cwd()


def worker_command(interpreter: str) -> list[str]:
    """The command line; with ``-P`` no ``random.py`` beside the notebook hides the library's."""
    return [interpreter, "-P", "-m", "ftkernel.worker"]


class ProcessOptions(TypedDict, total=False):
    """The options of ``subprocess.Popen`` that differ between systems."""

    start_new_session: bool
    creationflags: int


def process_options(platform: str) -> ProcessOptions:
    """What keeps a kernel's interrupt away from a worker: options of ``subprocess.Popen``."""
    if platform == "win32":
        return {"creationflags": _CREATE_NEW_PROCESS_GROUP | _CREATE_NO_WINDOW}
    return {"start_new_session": True}


def import_path(env: Mapping[str, str], interpreter: str) -> dict[str, str]:
    """``PYTHONPATH`` by which a worker finds this package where it is not installed."""
    home = str(Path(__file__).resolve().parents[2])
    if Path(home).name in {"site-packages", "dist-packages"} or interpreter != sys.executable:
        return {}
    present = env.get("PYTHONPATH", "")
    if home in present.split(os.pathsep):
        return {}
    return {"PYTHONPATH": os.pathsep.join(part for part in (home, present) if part)}


def _wait_until_free(folder: RunFolder) -> None:
    """Refuse a run that is driven; one whose worker is just leaving is waited for."""
    end = time.monotonic() + _ENDING_WITHIN
    while (owner := read_owner(folder)) is not None and owner.liveness() == "alive":
        if state(folder) in {"created", "starting", "running"} or time.monotonic() > end:
            raise driven_elsewhere(folder, owner)
        time.sleep(0.05)


def _note_launch(folder: RunFolder, worker: WorkerProcess, attempt: int, python: str) -> None:
    """Tell other readers that a worker is on its way, before it can speak for itself."""
    identity = identity_of(os.getpid())
    note = {**identity.to_json(), "pid": worker.pid, "create_time": worker.create_time}
    note |= {"attempt": attempt, "started": time.time(), "detached": worker.detached}
    note["python"] = python
    try:
        write_json(folder.launch_file, note, sync=False)
    except FtError:
        worker.kill_tree()
        raise


def _text(value: object) -> str | None:
    return str(value) if value else None


def _value(recipe: Values, name: str) -> object:
    try:
        return recipe[name]
    except KeyError:
        return None
