"""What the buttons of a panel do: command files for the worker, looked at before they are sent."""

from collections.abc import Mapping
from typing import Any

from ftkernel.api import control
from ftkernel.errors import FtError
from ftkernel.recipe.changing import read_change
from ftkernel.runs.commands import send_command
from ftkernel.runs.folder import RunFolder
from ftkernel.runs.state import current_attempt, state

_LONGEST_PROMPT = 10_000


def send(folder: RunFolder, what: object, params: Mapping[str, Any]) -> str:
    """Send what a button stands for; an event says what became of it.

    Returns:
        The id of the command, which that event repeats.

    Raises:
        FtError: if the run cannot obey it now, or a value is none.
    """
    if what == "stop":
        return control.stop(folder)
    if what not in {"save", "evaluate", "sample", "set"}:
        raise FtError("notebook.live_unknown", what=str(what)[:40])
    if state(folder) != "running":
        raise FtError("notebook.live_not_training", name=folder.name)
    attempt = current_attempt(folder)
    if what == "save":
        return send_command(folder, "save", attempt)
    if what == "evaluate":
        return send_command(folder, "evaluate", attempt)
    if what == "set":
        key, value = read_change(params.get("key"), params.get("value"))
        return send_command(folder, "set", attempt, key=key, value=value)
    return send_command(folder, "sample", attempt, **_sample(params))


def _sample(params: Mapping[str, Any]) -> dict[str, object]:
    prompt = params.get("prompt")
    if not isinstance(prompt, str) or not prompt.strip():
        raise FtError("notebook.live_no_prompt")
    if len(prompt) > _LONGEST_PROMPT:
        raise FtError("notebook.live_long_prompt", count=len(prompt), most=_LONGEST_PROMPT)
    out: dict[str, object] = {"prompt": prompt}
    system, sampling = params.get("system"), params.get("sampling")
    if isinstance(system, str) and system.strip():
        out["system"] = system
    if isinstance(sampling, Mapping):
        out["sampling"] = dict(sampling)
    return out
