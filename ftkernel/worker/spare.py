"""A spare worker: it imports the heavy libraries, waits for a job, and then is the worker of it.

Its first line on standard input is no job but::

    {"spare": {"modules": [...], "idle_seconds": 600, "least_memory": 0, "keep": {…} or null},
     "owner": {"pid": …, "create_time": …}}

It says ``ready`` once everything is imported. The next line is the job, with what a cold start
inherits in it: ``env`` (tokens that the job needs; nothing secret is here before), ``cwd`` and
``log``. The spare answers ``taken`` and goes on as any worker. One that leaves (nobody left, ten
idle minutes, memory short) says nothing, and whoever wanted to hand it a job sees its end: a job
is never lost in between, because taking and leaving exclude each other.

No line of this touches CUDA: which GPUs a job may use is known only with the job.
"""

import gc
import importlib
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Mapping
from typing import Any

from ftkernel.machine import read_memory
from ftkernel.runs.processes import is_running
from ftkernel.worker import collector
from ftkernel.worker.lifeline import POLL_SECONDS, LineReader
from ftkernel.worker.stream import Stream

MODULES = (
    "torch",
    "transformers",
    "transformers.models.auto.modeling_auto",
    "transformers.models.auto.tokenization_auto",
    "ftkernel.worker.jobs.train",
    "ftkernel.training.assemble",
    "ftkernel.models.load",
    "ftkernel.models.adapters",
    "ftkernel.worker.jobs.chat",
    "ftkernel.worker.jobs.plan",
    "ftkernel.worker.jobs.merge",
)
"""What a run, a chat and a merge import; whatever these import comes along."""

IDLE_SECONDS = 600.0
_LOOKS_EVERY = 1.0


def wait_for_job(first: Mapping[str, Any], lines: LineReader, out: Stream) -> dict[str, Any] | None:
    """Import, wait, and return the job, whose surroundings are in force then.

    Args:
        first: the line that made this worker a spare one.
        lines: standard input behind it.
        out: is told ``ready`` and ``taken``.

    Returns:
        The job; ``None`` when the spare is to leave.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    order = first["spare"]
    post = _Post(lines, out)
    _watch_owner(first["owner"], post)
    threading.Thread(target=post.read, name="ftkernel-spare", daemon=True).start()
    _preload(order, post)
    post.say_ready()
    end = time.monotonic() + float(order.get("idle_seconds") or IDLE_SECONDS)
    least = int(order.get("least_memory") or 0)
    while not post.arrived.wait(_LOOKS_EVERY):
        if time.monotonic() > end:
            post.leave()
        if least and read_memory()[1] < least and not _drop_kept():
            post.leave()
    if post.job is not None:
        settle(post.job)
    return post.job


def settle(job: dict[str, Any]) -> None:
    """Put in force what a process usually inherits: its folder, its log, this job's variables.

    Raises:
        OSError: if the folder or the log is gone.
    """
    os.environ.update({str(name): str(value) for name, value in job.pop("env", {}).items()})
    if cwd := job.pop("cwd", None):
        os.chdir(cwd)
    if log := job.pop("log", None):
        fd = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
        os.dup2(fd, 1)
        os.dup2(fd, 2)
        os.close(fd)


class _Post:
    """Where the job comes in. Taking one and leaving exclude each other."""

    def __init__(self, lines: LineReader, out: Stream) -> None:
        self._lines = lines
        self._out = out
        self._lock = threading.Lock()
        self.job: dict[str, Any] | None = None
        self.arrived = threading.Event()

    def read(self) -> None:
        """Read the one line that matters; in a thread, since importing takes seconds."""
        job = self._lines.read_object()
        if job is None:
            self.leave()
            return
        with self._lock:
            self.job = job
            self._out.send({"kind": "taken"})
        self.arrived.set()

    def say_ready(self) -> None:
        """Say that a job would start at once, unless one has come already."""
        with self._lock:
            if self.job is None:
                ready = {"kind": "ready", "cuda": _cuda_is_initialized(), "keeps": _keeps_model()}
                self._out.send(ready)

    def leave(self) -> None:
        """End this process, unless it has a job."""
        with self._lock:
            if self.job is None:
                os._exit(0)


def _watch_owner(owner: Mapping[str, Any], post: _Post) -> None:
    """Leave when the owner is gone, though a forked child of it may hold the life line open."""
    pid, created = int(owner["pid"]), float(owner["create_time"])

    def poll() -> None:
        while not post.arrived.wait(POLL_SECONDS):
            if not is_running(pid, created):
                post.leave()

    threading.Thread(target=poll, name="ftkernel-spare-owner", daemon=True).start()


def _preload(order: Mapping[str, Any], post: _Post) -> None:
    """Import what jobs need, until one comes. What fails here fails in the job, with a word."""
    modules = order.get("modules")
    try:
        if modules is None:
            from ftkernel.training.lean import hide_unused

            hide_unused()
        for name in MODULES if modules is None else modules:
            if post.arrived.is_set():
                return
            importlib.import_module(name)
        if keep := order.get("keep"):
            from ftkernel.models import kept

            kept.preload(keep)
    except Exception:  # a boundary: the job meets the same and says it properly
        traceback.print_exc()
    gc.collect()
    collector.as_usual()


def _drop_kept() -> bool:
    """Give the memory of a model back that is held ready; whether there was one."""
    kept = sys.modules.get("ftkernel.models.kept")
    return kept is not None and kept.drop()


def _keeps_model() -> bool:
    kept = sys.modules.get("ftkernel.models.kept")
    return kept is not None and kept.holds()


def _cuda_is_initialized() -> bool:
    torch = sys.modules.get("torch")
    return torch is not None and bool(torch.cuda.is_initialized())
