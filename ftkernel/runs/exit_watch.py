"""Seeing a run's worker end: daemon threads that write ``exit.json`` and clear what it left behind.

The worker says in its events how it ended. When it can not, because it was killed, this is the
only witness: it has the exit code, and knows whether the system ran out of memory in the meantime.
"""

import contextlib
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from ftkernel.errors import FtError
from ftkernel.runs.folder import RunFolder, write_json
from ftkernel.runs.processes import processes_of_session
from ftkernel.runs.worker_process import WorkerProcess

REFUSED = 3
"""The exit code of a worker that another one kept from the run; its end is none of the run's."""
_LAST_WORDS_WITHIN = 2.0


def watch_exit(
    worker: WorkerProcess,
    folder: RunFolder,
    attempt: int,
    then: Callable[[WorkerProcess], None] = lambda _: None,
) -> threading.Thread:
    """Watch a worker until it ends and call ``then`` with it; returns at once."""

    def watch() -> None:
        try:
            _watch(worker, folder, attempt)
        finally:
            then(worker)

    thread = threading.Thread(target=watch, name=f"ftkernel-{folder.name}", daemon=True)
    thread.start()
    return thread


def _watch(worker: WorkerProcess, folder: RunFolder, attempt: int) -> None:
    kills = memory_kills()
    reader = threading.Thread(target=_drain, args=(worker,), name="ftkernel-drain", daemon=True)
    reader.start()
    code = worker.wait()
    worker.close_lifeline()
    for process in processes_of_session(worker.pid):
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    reader.join(timeout=_LAST_WORDS_WITHIN)
    if code == REFUSED:
        return
    note: dict[str, object] = {
        "attempt": attempt,
        "pid": worker.pid,
        "returncode": code,
        "out_of_memory": code == -9 and memory_kills() > kills,
        "time": time.time(),
        "error": worker.error,
    }
    with contextlib.suppress(FtError):  # the folder is gone: whoever reads the run says so
        write_json(folder.exit_file, note)


def _drain(worker: WorkerProcess) -> None:
    """Read all there is, so that the worker never waits for a full pipe; keep what matters."""
    for line in worker.lines():
        if line.get("kind") == "loaded":
            worker.loaded = line
        if line.get("kind") == "error" and isinstance(line.get("error"), dict):
            worker.error = line["error"]


def memory_kills(root: Path = Path("/")) -> int:
    """How many processes the system has killed for memory so far, where it tells; else 0.

    Args:
        root: of the file system that ``proc`` and ``sys`` are read from.
    """
    return sum(_counter(file) for file in _counters(root))


def _counters(root: Path) -> list[Path]:
    files = [root / "proc/vmstat"]
    try:
        lines = (root / "proc/self/cgroup").read_text().splitlines()
    except OSError:
        return files
    base = root / "sys/fs/cgroup"
    for line in lines:
        _, controllers, path = line.split(":", 2)
        inside = path.lstrip("/")
        if not controllers:
            files += [base / inside / "memory.events", base / "memory.events"]
        elif "memory" in controllers.split(","):
            files += [base / "memory" / inside / "memory.oom_control"]
            files += [base / "memory" / "memory.oom_control"]
    return list(dict.fromkeys(files))


def _counter(file: Path) -> int:
    try:
        lines = file.read_text().splitlines()
    except OSError:
        return 0
    for line in lines:
        name, _, value = line.partition(" ")
        if name == "oom_kill" and value.strip().isdigit():
            return int(value)
    return 0
