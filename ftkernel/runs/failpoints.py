"""Named places where a test may end this process, to prove that nothing is lost there.

Off in normal use: without ``FTKERNEL_FAILPOINT`` a call costs one look at the environment. The
variable names one place of :data:`FAILPOINTS` and, after a colon, at which pass
(``checkpoint.before_rename:2``; the first by default). ``FTKERNEL_FAILPOINT_ACTION`` says what
happens: ``kill`` (the default), or ``raise:ENOSPC`` and the like for a failing system call.
"""

import errno
import os
import signal
import sys
from collections import Counter

FAILPOINTS: dict[str, str] = {
    "worker.owned": "the worker holds the run, before its first event",
    "model.loaded": "the model stands ready",
    "data.tokenizing": "in the middle of tokenization",
    "step.after": "after an optimizer step, before its event",
    "evaluate.middle": "in the middle of an evaluation",
    "checkpoint.before_file": "before each file of a checkpoint",
    "checkpoint.after_file": "after each file of a checkpoint",
    "checkpoint.before_manifest": "all files of a checkpoint are written, its manifest is not",
    "checkpoint.before_rename": "a checkpoint is complete under its temporary name",
    "checkpoint.after_rename": "between the rename of a checkpoint and the sync of its folder",
    "checkpoint.before_delete": "before an old checkpoint is removed",
    "stop.before_checkpoint": "at a stop, before its checkpoint",
    "stop.after_checkpoint": "at a stop, after its checkpoint, before the last event",
    "resume.before_load": "at a resume, before the checkpoint is read",
    "resume.after_load": "at a resume, after the checkpoint was read, before its event",
    "result.before_rename": "the result is complete under its temporary name",
    "result.after_rename": "the result stands, before the last event",
    "merge.middle": "in the middle of writing a merged model",
    "merge.before_rename": "a merged model is complete under its temporary name",
    "merge.after_rename": "between the rename of a merged model and the sync of its folder",
}
"""Every place there is, and what it means; the tests go over this table."""

VARIABLE = "FTKERNEL_FAILPOINT"
ACTION_VARIABLE = "FTKERNEL_FAILPOINT_ACTION"

_passes: Counter[str] = Counter()


def failpoint(name: str) -> None:
    """Do here what the environment asks for, which is nothing in normal use.

    Raises:
        ValueError: if the name is not in :data:`FAILPOINTS`.
        OSError: if the action says so.
    """
    if name not in FAILPOINTS:
        raise ValueError(f"no failpoint is called {name!r}")
    wanted = os.environ.get(VARIABLE)
    if not wanted:
        return
    place, _, nth = wanted.partition(":")
    if place != name:
        return
    _passes[name] += 1
    if _passes[name] == int(nth or 1):
        _act(name, os.environ.get(ACTION_VARIABLE) or "kill")


def _act(name: str, action: str) -> None:
    kind, _, detail = action.partition(":")
    if kind == "raise":
        number = getattr(errno, detail)
        raise OSError(number, os.strerror(number), name)
    if sys.platform == "win32":
        os._exit(9)
    os.kill(os.getpid(), signal.SIGKILL)
