"""Spare workers, as the process that keeps them sees it: one waits, the next job takes it.

A spare is started with the environment that a worker would get now, without any token. It fits a
job when everything that was read at its start would be read again: interpreter, environment,
installed packages, devices, limits. One that does not fit the job it is asked for is thrown away
where the job needs the memory. What differs from job to job (tokens of a hub, the folder, the log)
travels in the job. Whether and when to keep a spare is the affair of :mod:`ftkernel.api.warm`.
"""

import contextlib
import importlib.util
import os
import site
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from ftkernel.errors import FtError
from ftkernel.machine import Gpu
from ftkernel.runs.environment import HUB_TOKENS
from ftkernel.runs.worker_process import WorkerProcess

IDLE_SECONDS = 600.0
_TAKES_WITHIN = 8.0
"""Seconds that a spare in the middle of its imports may need to answer."""
_LEAVES_WITHIN = 2.0

_HEAVY = ("torch", "transformers", "trl", "peft", "datasets", "accelerate", "tokenizers")
_LIMITS = ("RLIMIT_AS", "RLIMIT_DATA", "RLIMIT_NOFILE", "RLIMIT_FSIZE", "RLIMIT_CPU")


@dataclass(frozen=True)
class Start:
    """Everything that a worker reads once, when it begins.

    Attributes:
        python: the interpreter.
        env: the whole environment, without tokens of hubs.
        packages: when what is installed for the interpreter changed last, and our own files.
        gpus: number and name of each.
        limits: processors, priority and limits that a process inherits.
    """

    python: str
    env: tuple[tuple[str, str], ...]
    packages: tuple[tuple[str, int], ...]
    gpus: tuple[tuple[int, str], ...]
    limits: tuple[object, ...]


def start_of(python: str, env: Mapping[str, str], gpus: Sequence[Gpu]) -> Start:
    """What a worker that is started now would read."""
    return Start(
        python=python,
        env=tuple(sorted(without_tokens(env).items())),
        packages=_packages(python, env),
        gpus=tuple((gpu.index, gpu.name) for gpu in gpus),
        limits=_limits(),
    )


def without_tokens(env: Mapping[str, str]) -> dict[str, str]:
    """An environment without the tokens that only some jobs need."""
    return {name: value for name, value in env.items() if name not in HUB_TOKENS}


class Spare:
    """One worker without a job."""

    def __init__(self, worker: WorkerProcess, start: Start) -> None:
        self.worker = worker
        self.start = start
        self.since = time.monotonic()
        self.ready = threading.Event()
        """It has imported everything."""
        self.cuda: bool | None = None
        """Whether that touched CUDA, which it must not."""
        self.keeps_model = False
        """Whether it holds the last base model."""
        self._settled = threading.Event()
        self._taken = False
        threading.Thread(target=self._listen, name="ftkernel-spare", daemon=True).start()

    def _listen(self) -> None:
        """Hear what it says until it is taken or gone; the rest is for whoever took it."""
        for line in self.worker.lines():
            if line.get("kind") == "ready":
                self.cuda, self.keeps_model = bool(line.get("cuda")), bool(line.get("keeps"))
                self.ready.set()
            elif line.get("kind") == "taken":
                self._taken = True
                break
        self._settled.set()

    @property
    def is_alive(self) -> bool:
        """Whether it could still take a job."""
        return self.worker.poll() is None and not self._settled.is_set()

    def give(self, job: Mapping[str, object]) -> bool:
        """Hand it a job; whether it took it. One that did not is at its end."""
        with contextlib.suppress(FtError):
            self.worker.send(job)
            self._settled.wait(_TAKES_WITHIN)
        if not self._taken:
            self.worker.kill_tree()
        return self._taken

    def memory(self) -> int:
        """The bytes it holds, 0 once it has ended."""
        try:
            return psutil.Process(self.worker.pid).memory_info().rss
        except psutil.NoSuchProcess:
            return 0

    def close(self) -> None:
        """End it, and wait until its memory is free."""
        self.worker.close_lifeline()
        if self.worker.wait(_LEAVES_WITHIN) is None:
            self.worker.kill_tree()


class _Shelf:
    """The one spare of this process, how many runs go on, and who is to be told of their ends."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.spare: Spare | None = None
        self.runs = 0
        self.when_wanted: Callable[[], None] | None = None
        """Called when the place is empty and the machine free again; from any thread."""
        self.last: dict[str, Any] = {}
        """Of the last run: ``python`` and ``devices``, and the model to ``keep`` ready."""


_shelf = _Shelf()


def current() -> Spare | None:
    """The spare that waits or imports now."""
    spare = _shelf.spare
    return spare if spare is not None and spare.is_alive else None


def last_run() -> dict[str, Any]:
    """What the next run is likely to want again: ``python``, ``devices``, ``keep``."""
    return dict(_shelf.last)


def runs_going_on() -> int:
    """How many runs were started here and go on."""
    return _shelf.runs


def when_wanted(call: Callable[[], None] | None) -> None:
    """Have ``call`` called whenever a spare might be started: a job took it, or a run has ended."""
    _shelf.when_wanted = call


def keep(spare: Spare) -> bool:
    """Put a new spare in its place, unless one is there or a run has begun; whether it is kept."""
    with _shelf.lock:
        if current() is None and not _shelf.runs:
            _shelf.spare = spare
            return True
    spare.close()
    return False


def close() -> None:
    """Throw the spare away; returns at once, the process ends in a moment."""
    with _shelf.lock:
        spare, _shelf.spare = _shelf.spare, None
    if spare is not None:
        spare.worker.close_lifeline()
        threading.Thread(target=spare.close, name="ftkernel-spare-end", daemon=True).start()


def take(start: Start, job: Mapping[str, object], *, detached: bool) -> WorkerProcess | None:
    """Hand a job to the spare where it fits.

    Args:
        start: what a cold worker would read.
        job: complete, with ``env``, ``cwd`` and ``log``.
        detached: whether the worker is to go on when this process ends.

    Returns:
        The worker; ``None`` where a cold one must be started.
    """
    with _shelf.lock:
        spare = _shelf.spare
        if spare is None or not spare.is_alive or spare.start != start:
            return None
        _shelf.spare = None
    if not spare.give(job):
        return None
    spare.worker.take_over(detached=detached)
    if not _shelf.runs:
        _wanted()
    return spare.worker


def run_begins(python: str | None, devices: object) -> None:
    """A run is about to be started; it needs the memory of a spare that it did not take."""
    with _shelf.lock:
        _shelf.runs += 1
        _shelf.last |= {"python": python, "devices": devices}


def run_ended(worker: WorkerProcess | None) -> None:
    """A run that began has ended; ``worker`` knows the model that it had loaded."""
    with _shelf.lock:
        _shelf.runs -= 1
        if worker is not None and worker.loaded is not None:
            _shelf.last["keep"] = worker.loaded
    if not _shelf.runs:
        _wanted()


def _wanted() -> None:
    if (call := _shelf.when_wanted) is not None:
        call()


def has_quantization_library(python: str) -> bool:
    """Whether bitsandbytes may be there, which a spare leaves out: see :mod:`~..training.lean`."""
    if python != sys.executable:
        return True
    return importlib.util.find_spec("bitsandbytes") is not None


def _packages(python: str, env: Mapping[str, str]) -> tuple[tuple[str, int], ...]:
    """Folders of packages and our own files, each with its time of change."""
    folders = _site_folders(python)
    # Of a folder that the user put into the path only the packages in it count, as he works there.
    named = [part for part in env.get("PYTHONPATH", "").split(os.pathsep) if part]
    inside = [os.path.join(folder, name) for folder in (*folders, *named) for name in _HEAVY]
    found = [(place, _changed(place)) for place in (python, *folders, *inside)]
    return (*(entry for entry in found if entry[1]), *_own_files())


def _own_files() -> list[tuple[str, int]]:
    """Each of our files, as somebody who works on them sees the next run use the new ones."""
    out: list[tuple[str, int]] = []
    waiting = [str(Path(__file__).resolve().parents[1])]
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.name.endswith(".py"):
                    out.append((entry.path, entry.stat().st_mtime_ns))
                elif entry.is_dir() and not entry.name.startswith(("_", ".")):
                    waiting.append(entry.path)
    return sorted(out)


def _site_folders(python: str) -> list[str]:
    if python == sys.executable:
        return [*site.getsitepackages(), site.getusersitepackages()]
    prefix = Path(python).absolute().parent.parent
    found = [*prefix.glob("pyvenv.cfg"), *prefix.glob("lib/python3*/*-packages")]
    return [str(place) for place in found]


def _changed(place: str) -> int:
    try:
        return os.stat(place).st_mtime_ns
    except OSError:
        return 0


def _limits() -> tuple[object, ...]:
    """What a process inherits beside its environment, as far as this system tells."""
    if sys.platform == "win32":
        return ()
    import resource

    limits = [resource.getrlimit(getattr(resource, n)) for n in _LIMITS if hasattr(resource, n)]
    cpus = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    return (*cpus, os.getpriority(os.PRIO_PROCESS, 0), os.getuid(), _umask(), *limits)


def _umask() -> str:
    """The mask of new files; reading it by setting it would be seen by other threads."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("Umask:"):
                return line.partition(":")[2].strip()
    return ""
