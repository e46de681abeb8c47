"""A worker from its first act to its last: pipes, job, life line, signals, the job itself, the end.

The job is one JSON line on standard input::

    {"job": "train", "run": "/abs/folder" or null, "recipe": {…}, "secrets": {…}, "attempt": 1,
     "owner": {"pid": …, "create_time": …}, "detached": false, "stop_grace_seconds": 60, …}

``recipe`` is ``Recipe.to_json()``; where it is missing, the run's ``recipe.json`` is read. What
else stands in it belongs to the job. Exit codes: 0 done or stopped, 1 failed and said so, 3 kept
from the run by another worker, 4 ended by the watchdog or a second signal. A first line that is no
job makes it a spare worker, which waits for one: :mod:`ftkernel.worker.spare`.
"""

import atexit
import faulthandler
import json
import os
import sys
import time
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any, NoReturn

from ftkernel.errors import FtError
from ftkernel.runs.event_log import EventWriter
from ftkernel.runs.events import AttemptStarted
from ftkernel.runs.failpoints import failpoint
from ftkernel.runs.folder import RunFolder
from ftkernel.runs.ownership import Ownership
from ftkernel.worker import collector, ending, forks, lifeline, quiet, signals, spare
from ftkernel.worker.context import Context
from ftkernel.worker.descriptors import redact_output, take_pipes
from ftkernel.worker.failures import explain
from ftkernel.worker.jobs import JOBS, Job
from ftkernel.worker.redaction import Redactor
from ftkernel.worker.requests import Requests
from ftkernel.worker.stop import StopSignal
from ftkernel.worker.stream import Stream
from ftkernel.worker.watchdog import Watchdog, end_children

DONE, FAILED, REFUSED = 0, 1, 3
_PACKAGES = ("ftkernel", "torch", "transformers", "trl", "peft", "datasets", "accelerate")
_SECRETS_OF_THE_ENVIRONMENT = ("TOKEN", "API_KEY", "PASSWORD", "SECRET")


@dataclass
class _Worker:
    """The parts that live as long as the process."""

    context: Context
    job: Job
    watchdog: Watchdog
    redactor: Redactor
    ownership: Ownership | None = None


def main() -> int:
    """Do one job and return the exit code."""
    pipes = take_pipes()
    faulthandler.enable(file=2)
    collector.hold_back()
    quiet.hush()
    redactor, out = Redactor(), Stream(pipes.stream)
    redact_output(redactor)  # before any library can keep hold of the plain streams
    lines = lifeline.LineReader(pipes.requests)
    job = lines.read_object()
    if job is not None and "spare" in job:
        job = spare.wait_for_job(job, lines, out)
    if job is None:  # whoever started this died before it could say what for
        return DONE
    redactor.learn([*_texts(job.get("secrets")), *_secrets_of_environment()])
    context = Context(
        job=job,
        out=out,
        requests=Requests(),
        stop=StopSignal(),
        secrets={str(name): str(value) for name, value in (job.get("secrets") or {}).items()},
    )
    worker = _Worker(
        context=context,
        job=JOBS.get(str(job.get("job"))) or Job(""),
        watchdog=Watchdog(
            context.stop,
            lambda: ending.grace_seconds(context),
            lambda: ending.last_words(context),
        ),
        redactor=redactor,
    )
    signals.heed(lambda: context.stop.set("signal"), worker.watchdog.leave_now)
    lifeline.watch(
        lines,
        context.requests,
        context.stop,
        owner=job.get("owner"),
        detached=bool(job.get("detached")),
    )
    forks.guard_forks(
        [signals.forget_in_child, context.out.close_in_child, lambda: os.close(pipes.requests)]
    )
    return _run(worker)


def leave(code: int) -> NoReturn:
    """End the process: trackers and the like get their hooks, the interpreter is not taken apart.

    Taking it apart costs a second with the heavy libraries, and their threads crash in it at times.
    """
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(code)


def _run(worker: _Worker) -> int:
    """Prepare, do the job, and leave nothing behind.

    The one boundary of the worker for any error.
    """
    context = worker.context
    code = DONE
    try:
        _prepare(worker)
        worker.job.load()(context)
        ending.check_end_was_said(context)
    except _Refused as refusal:
        context.out.send({"kind": "error", "error": refusal.error.to_json()})
        code = REFUSED
    except BaseException as error:
        _print(error)
        code = _report(worker, error)
    worker.watchdog.job_ended()
    if context.events is not None:
        context.events.close()
    if worker.ownership is not None:
        worker.ownership.release()
    end_children()
    return code


class _Refused(Exception):
    """Another worker drives the run; nothing was written into it."""

    def __init__(self, error: FtError) -> None:
        super().__init__(error.code)
        self.error = error


def _prepare(worker: _Worker) -> None:
    """Open the run, become its driver where the job drives, read the recipe."""
    context = worker.context
    name = str(context.job.get("job"))
    if not worker.job.module:
        raise FtError("worker.job_unknown", job=name)
    run = context.job.get("run")
    if run:
        context.folder = RunFolder(Path(str(run)))
        context.log = context.folder.log
    if worker.job.drives:
        if context.folder is None:
            raise FtError("worker.job_without_run", job=name)
        _take_run(worker, context.folder)
    context.recipe = _recipe(context)


def _take_run(worker: _Worker, folder: RunFolder) -> None:
    context = worker.context
    meta = folder.meta()
    try:
        worker.ownership = Ownership.take(folder, context.attempt)
    except FtError as error:
        if error.code in {"run.driven_elsewhere", "run.locked"}:
            raise _Refused(error) from error
        raise
    forks.guard_forks([worker.ownership.forget_in_child])
    failpoint("worker.owned")
    _say_in_log(context, folder)
    ending.reserve_room(folder)
    context.events = EventWriter(folder, context.attempt)
    context.events.write(
        AttemptStarted(
            run_id=str(meta.get("id", "")),
            host=os.uname().nodename
            if hasattr(os, "uname")
            else os.environ.get("COMPUTERNAME", ""),
            pid=os.getpid(),
            python=sys.version.split()[0],
            versions=_versions(),
            threads=int(os.environ.get("OMP_NUM_THREADS") or os.cpu_count() or 1),
            detached=bool(context.job.get("detached")),
        )
    )
    if not worker.ownership.locked:
        context.warned("run.no_file_locks", path=str(folder.path))


def _recipe(context: Context) -> Any:  # noqa: ANN401 - Recipe, or None
    data = context.job.get("recipe")
    if data is None and context.folder is not None and context.folder.recipe_json.exists():
        data = json.loads(context.folder.recipe_json.read_bytes())
    if data is None:
        return None
    from ftkernel.recipe.recipe import Recipe

    return Recipe.from_json(data, secrets=context.secrets)


def _report(worker: _Worker, error: BaseException) -> int:
    """Say what went wrong where it is looked for: in the run's events, else on the stream."""
    context = worker.context
    explained = explain(error, ending.circumstances(context, worker.redactor))
    if ending.say_failed(context, explained):
        return FAILED
    context.out.send({"kind": "error", "error": explained.to_json()})
    return FAILED


def _print(error: BaseException) -> None:
    """The trace for the log; what a person can mend, and nothing else led to, has none."""
    if isinstance(error, FtError) and error.__cause__ is None and error.__context__ is None:
        print(error, file=sys.stderr)
    else:
        traceback.print_exception(error)


def _say_in_log(context: Context, folder: RunFolder) -> None:
    now = time.strftime("%Y-%m-%d %H:%M:%S %z")
    print(
        f"[{now}] attempt {context.attempt} of {folder.name}, process {os.getpid()}",
        file=sys.stderr,
    )


def _versions() -> dict[str, str]:
    out: dict[str, str] = {}
    for package in _PACKAGES:
        try:
            out[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return out


def _texts(secrets: object) -> list[str]:
    return [str(value) for value in secrets.values()] if isinstance(secrets, Mapping) else []


def _secrets_of_environment() -> list[str]:
    return [
        value
        for name, value in os.environ.items()
        if any(part in name.upper() for part in _SECRETS_OF_THE_ENVIRONMENT)
        and name != "TOKENIZERS_PARALLELISM"
    ]
