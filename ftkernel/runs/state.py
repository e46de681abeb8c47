"""What state a run is in and, when it ended badly, why: from its folder alone, in any process.

Three witnesses are heard: the events (what the worker said), the owner (whether it lives), and
``exit.json`` (how whoever started the worker saw it end). Cheap enough to be asked five times a
second.
"""

import re
import signal
from typing import Any, Literal

from ftkernel.errors import FtError, from_json
from ftkernel.machine import boot_id
from ftkernel.runs.event_log import read_events, read_tail
from ftkernel.runs.folder import RunFolder, read_json
from ftkernel.runs.history import ENDS, is_work, last_attempt
from ftkernel.runs.ownership import Owner, read_owner
from ftkernel.runs.processes import identity_from

State = Literal["created", "starting", "running", "finished", "stopped", "failed", "died"]

_STATE_OF_END: dict[str, State] = {
    "run_finished": "finished",
    "run_stopped": "stopped",
    "run_failed": "failed",
}
_NO_MODULE = re.compile(r"No module named '?([\w-]+)")


def state(folder: RunFolder) -> State:
    """The state of the run's last attempt.

    Raises:
        FtError: ``run.folder_lost`` if the folder is gone.
    """
    if not folder.exists():
        raise FtError("run.folder_lost", path=str(folder.path))
    owner = read_owner(folder)
    launched = read_json(folder.launch_file)
    attempt = current_attempt(folder, owner, launched)
    if attempt == 0:
        return "created"
    said = _said_in(folder, attempt)
    for event in reversed(said):
        if event["kind"] in ENDS:
            return _STATE_OF_END[event["kind"]]
    if _is_driven(folder, owner, launched, attempt):
        return "running" if any(is_work(event) for event in said) else "starting"
    return "died"


def current_attempt(
    folder: RunFolder, owner: Owner | None = None, launched: dict[str, Any] | None = None
) -> int:
    """The number of the last attempt that was started, 0 before the first."""
    owner = owner or read_owner(folder)
    launched = launched or read_json(folder.launch_file) or {}
    events, _ = read_tail(folder.events)
    numbers = [last_attempt(events), owner.attempt if owner else 0, launched.get("attempt", 0)]
    return max(number for number in numbers if isinstance(number, int))


def next_attempt(folder: RunFolder) -> int:
    """The number that a worker started now gets."""
    return current_attempt(folder) + 1


def error_of(folder: RunFolder) -> FtError | None:
    """Why the run failed or died, for a person; ``None`` when it did neither."""
    reached = state(folder)
    if reached == "failed":
        for event in reversed(read_events(folder.events)):
            if event["kind"] == "run_failed":
                return from_json(event["error"])
    return _why_died(folder) if reached == "died" else None


def _why_died(folder: RunFolder) -> FtError:
    seen = read_json(folder.exit_file)
    if seen is None or seen.get("attempt") != current_attempt(folder):
        code = "run.machine_restarted" if _machine_restarted(folder) else "run.died_unseen"
        return _died(code, folder)
    if isinstance(seen.get("error"), dict):
        return from_json(seen["error"])
    code = seen.get("returncode")
    if code == -9 and seen.get("out_of_memory"):
        return _died("run.killed_for_memory", folder)
    if isinstance(code, int) and code < 0:
        return _died("run.killed", folder, _signal_name(-code))
    if package := _missing_package(folder):
        return FtError("worker.package_missing", package=package)
    return _died("run.crashed", folder, code)


def _machine_restarted(folder: RunFolder) -> bool:
    owner = read_owner(folder)
    process = owner.process if owner else identity_from(read_json(folder.launch_file) or {})
    return process is not None and process.is_visible() and process.boot_id != boot_id()


def _missing_package(folder: RunFolder) -> str | None:
    """The package that the worker's interpreter lacks, if that is the log's last line."""
    try:
        lines = folder.log.read_bytes()[-2000:].decode(errors="replace").split("\n")
    except OSError:
        return None
    found = _NO_MODULE.search(next((line for line in reversed(lines) if line.strip()), ""))
    return found.group(1) if found else None


def _died(code: str, folder: RunFolder, how: object = "") -> FtError:
    resume = {"code": _resuming(folder), "params": {"name": folder.name}}
    return FtError(code, name=folder.name, log=str(folder.log), how=how, resume=resume)


def _resuming(folder: RunFolder) -> str:
    """The text that says what resuming does: without a checkpoint it begins anew."""
    return "run.goes_on" if folder.all_checkpoints() else "run.starts_again"


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return str(number)


def _said_in(folder: RunFolder, attempt: int) -> list[dict[str, Any]]:
    """What an attempt said last; all of it when it is not at work in that part."""
    events, whole = read_tail(folder.events)
    mine = [event for event in events if event.get("attempt") == attempt]
    decided = any(is_work(event) or event["kind"] in ENDS for event in mine)
    if whole or decided or not mine:
        return mine
    return [event for event in read_events(folder.events) if event.get("attempt") == attempt]


def _is_driven(
    folder: RunFolder, owner: Owner | None, launched: dict[str, Any] | None, attempt: int
) -> bool:
    """Whether a worker of the attempt lives, or one is on its way."""
    if owner is not None and owner.attempt >= attempt:
        return owner.liveness() == "alive"
    if not launched or launched.get("attempt") != attempt:
        return False
    seen = read_json(folder.exit_file)
    if seen is not None and seen.get("attempt") == attempt:
        return False
    process = identity_from(launched)
    return process is not None and process.is_visible() and process.is_alive()
