"""Whether and when a spare worker is kept, so that a run begins to learn at once.

A spare imports what a run needs and waits: 0.5 GB for the five seconds that a cold start costs. By
default there is one where memory allows, and none on a server that many share or that is small by
contract; the settings ``warm``, ``keep_model`` and ``warm_memory`` say otherwise. It is started a
moment after the extension was loaded, again when the last run has ended or a chat has taken it,
and leaves by itself when nobody wants it, when memory gets short, and with this process.

Everything here runs in background threads: nothing is printed, and nothing raises.
"""

import os
import threading
from typing import Any, cast

from ftkernel.api import config
from ftkernel.api.jobs import log_of_jobs
from ftkernel.machine import read_machine, read_memory
from ftkernel.runs import spares
from ftkernel.runs.environment import worker_environment
from ftkernel.runs.launch import launch_spare

_GB = 1 << 30
_TAKES = 600 << 20
"""Bytes that a spare holds with all libraries, and a little more."""
_LEAST_TOTAL = 4 * _GB
_LEAST_FREE = 2 * _GB
_STAYS_FREE = 512 << 20
_SHARE_OF_FREE = 0.25
"""Of free memory, what a spare may hold at most with a model, unless ``warm_memory`` says it."""
_ROOM_FOR_KEEPING = 4
"""Times the model must fit into free memory for it to be kept unasked: training takes three."""
_PAUSE = 1.0
_SHARED = (
    "JUPYTERHUB_API_TOKEN", "JUPYTERHUB_USER", "BINDER_SERVICE_HOST", "BINDER_LAUNCH_HOST",
    "COLAB_RELEASE_TAG", "KAGGLE_KERNEL_RUN_TYPE",
)  # fmt: skip

_begun = threading.Event()
_filling = threading.Lock()
_state: dict[str, Any] = {"code": "warm.not_begun"}
_last_wish: list[object] = []
"""The setting ``warm`` as it was looked at last."""


def begin() -> None:
    """Keep a spare from now on; blocks while one is started, so call it from a thread."""
    _begun.set()
    _last_wish[:] = [config.get("warm")]
    config.when_applied(_follow)
    spares.when_wanted(_soon)
    _fill()


def end() -> None:
    """Keep none any more."""
    _begun.clear()
    config.when_applied(_follow, wanted=False)
    spares.when_wanted(None)
    spares.close()


def _follow() -> None:
    """Let a spare go at once where none is wanted any more, and start one where one is again."""
    wanted = config.get("warm")
    if _last_wish == [wanted]:
        return
    _last_wish[:] = [wanted]
    if wanted == "off":
        _state.clear()
        _state.update({"code": "warm.off"})
        spares.close()
    else:
        _soon()


def state() -> dict[str, Any]:
    """What a person may know of it: ``code`` and ``params`` of a text."""
    spare = spares.current()
    if spare is None:
        if _state["code"] == "warm.waits":  # it took a job, or left
            code = "warm.in_use" if spares.runs_going_on() else "warm.left"
            return {"code": code, "params": {}}
        return {"params": {}, **_state}
    code = "warm.waits" if spare.ready.is_set() else "warm.imports"
    if spare.keeps_model:
        code = "warm.waits_with_model"
    return {"code": code, "params": {"pid": spare.worker.pid, "bytes": spare.memory()}}


def _soon() -> None:
    threading.Thread(target=_after_a_pause, name="ftkernel-warm", daemon=True).start()


def _after_a_pause() -> None:
    """The end of one run is often the start of the next: nothing is begun under its feet."""
    threading.Event().wait(_PAUSE)
    _fill()


def _fill() -> None:
    if not _filling.acquire(blocking=False):
        return
    try:
        if _begun.is_set() and spares.current() is None and not spares.runs_going_on():
            _state.clear()
            _state.update(_start())
    except Exception as error:  # a boundary: a thread has nobody to tell but the doctor
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        _state.clear()
        _state.update({"code": "warm.failed", "params": {"reason": reason}})
    finally:
        _filling.release()


def _start() -> dict[str, Any]:
    """Start a spare, or say why not."""
    wanted = config.get("warm")
    if wanted == "off":
        return {"code": "warm.off"}
    total, free = read_memory()
    if wanted == "auto":
        if any(os.environ.get(name) for name in _SHARED):
            return {"code": "warm.shared"}
        if total < _LEAST_TOTAL or free < _LEAST_FREE:
            return {"code": "warm.no_memory", "params": {"free": free, "bytes": _LEAST_FREE}}
    budget = _budget(free)
    if budget < _TAKES or free < _TAKES + _STAYS_FREE:
        return {"code": "warm.no_memory", "params": {"free": min(free, budget), "bytes": _TAKES}}
    last, machine = spares.last_run(), read_machine()
    environment = worker_environment({"devices": last.get("devices")}, machine)
    order = {
        "idle_seconds": spares.IDLE_SECONDS,
        "least_memory": max(_STAYS_FREE, total // 20),
        "keep": model_to_keep(last.get("keep"), free, budget),
    }
    spare = launch_spare(
        order, log=log_of_jobs(), env=environment, machine=machine, python=last.get("python")
    )
    if not _begun.is_set() or config.get("warm") == "off":  # said while it was being started
        spare.close()
        return {"code": "warm.off" if _begun.is_set() else "warm.not_begun"}
    return {"code": "warm.waits" if spares.keep(spare) else "warm.in_use"}


def model_to_keep(loaded: dict[str, Any] | None, free: int, budget: int) -> dict[str, Any] | None:
    """The last base model, where the spare is to hold it ready.

    Args:
        loaded: what the last run said of its model; ``bytes`` among it.
        free: bytes of memory that are free.
        budget: the most that a spare may hold.
    """
    wanted = config.get("keep_model")
    if loaded is None or wanted == "off":
        return None
    size = int(loaded["bytes"])
    times = _ROOM_FOR_KEEPING if wanted == "auto" else 2
    fits = size + _TAKES <= budget and _TAKES + times * size <= free
    return loaded if fits else None


def _budget(free: int) -> int:
    """The most bytes that a spare may hold."""
    asked = cast("int | None", config.get("warm_memory"))
    return int(max(_TAKES, _SHARE_OF_FREE * free)) if asked is None else asked
