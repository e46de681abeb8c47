"""How a run's attempt ends in its events: every attempt says one end, whatever happened.

Where the disk is full, room that was kept for it at the start lets even that be said.
"""

import contextlib
import os
from pathlib import Path
from typing import Any

from ftkernel.errors import FtError
from ftkernel.runs.event_log import read_tail
from ftkernel.runs.events import Event, RunFailed, RunStopped
from ftkernel.runs.faults import writing
from ftkernel.runs.folder import RunFolder
from ftkernel.runs.history import ENDS, is_work
from ftkernel.worker.context import Context
from ftkernel.worker.failures import Circumstances
from ftkernel.worker.redaction import Redactor

_RESERVE_BYTES = 64 << 10
_WAIT_FOR_WRITER = 2.0
_GRACE_SECONDS = 60.0
_GRACE_BEFORE_WORK = 5.0


def grace_seconds(context: Context) -> float:
    """How long the job may take to end; not long while there is nothing to save yet."""
    wanted = context.job.get("stop_grace_seconds")
    seconds = float(wanted) if wanted is not None else _GRACE_SECONDS
    if context.events is not None and not any(is_work(event) for event in _said(context)):
        return min(seconds, _GRACE_BEFORE_WORK)
    return seconds


def reserve_room(folder: RunFolder) -> None:
    """Keep some room on the disk for the last event of a run that fills it.

    Raises:
        FtError: if there is not even that much.
    """
    with writing(folder.path), open(_reserve(folder), "wb") as file:
        file.write(os.urandom(_RESERVE_BYTES))  # zeros would take no room on some file systems


def check_end_was_said(context: Context) -> None:
    """After a job that drives a run returned: an attempt without an end gets one.

    Raises:
        FtError: ``worker.ended_without_a_word``, where nobody asked it to stop.
    """
    if context.events is None:
        return
    if not _has_ended(context):
        if not context.stop.reason:
            raise FtError("worker.ended_without_a_word", log=str(context.log or ""))
        context.events.write(_stopped(context))
    _free_room(context)


def say_failed(context: Context, error: FtError) -> bool:
    """Write the failure as the attempt's end; whether an end stands in the events now."""
    if context.events is None:
        return False
    if _has_ended(context):  # what broke then was no part of the run's work; the log has it
        return True
    _free_room(context)
    event = RunFailed(error=error.to_json(), step=_last_step(context))
    return _say_last(context, event)


def last_words(context: Context) -> None:
    """Before a forced end: say why it stops and where to go on from, unless an end was said."""
    if context.events is None or _has_ended(context):
        return
    _free_room(context)
    _say_last(context, _stopped(context))


def circumstances(context: Context, redactor: Redactor) -> Circumstances:
    """What was going on when an error came up."""
    micro = None
    if context.folder is not None:
        for event in reversed(read_tail(context.folder.events)[0]):
            if event["kind"] == "plan_made":
                micro = event.get("micro_batch")
                break
    return Circumstances(
        recipe=context.recipe,
        folder=context.folder,
        log=context.log,
        job=str(context.job.get("job") or "train"),
        micro_batch=micro if isinstance(micro, int) else None,
        redactor=redactor,
    )


def _say_last(context: Context, event: Event) -> bool:
    return context.events is not None and context.events.try_write(event, _WAIT_FOR_WRITER)


def _stopped(context: Context) -> RunStopped:
    assert context.folder is not None  # noqa: S101 - events are in a folder
    latest = context.folder.latest_checkpoint()
    return RunStopped(
        step=_last_step(context) or (latest.step if latest else 0),
        reason=context.stop.reason or "signal",
        checkpoint=latest.path.relative_to(context.folder.path).as_posix() if latest else None,
    )


def _said(context: Context) -> list[dict[str, Any]]:
    """The last events of this attempt."""
    if context.folder is None:
        return []
    events, _ = read_tail(context.folder.events)
    return [event for event in events if event.get("attempt") == context.attempt]


def _has_ended(context: Context) -> bool:
    return any(event["kind"] in ENDS for event in _said(context))


def _last_step(context: Context) -> int | None:
    steps = [step for event in _said(context) if isinstance(step := event.get("step"), int)]
    return steps[-1] if steps else None


def _free_room(context: Context) -> None:
    if context.folder is not None:
        with contextlib.suppress(OSError):
            _reserve(context.folder).unlink()


def _reserve(folder: RunFolder) -> Path:
    return folder.path / ".reserve"
