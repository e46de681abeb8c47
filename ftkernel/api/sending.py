"""What the buttons of a view do: command files for the worker, looked at before they are sent."""

from collections.abc import Mapping
from typing import Any

from ftkernel.api import control
from ftkernel.api.chat_sampling import check_sampling
from ftkernel.api.commanding import Sent
from ftkernel.errors import FtError
from ftkernel.recipe.changing import read_change
from ftkernel.runs.folder import RunFolder

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
    if what == "save":
        return Sent(folder, "save").id
    if what == "evaluate":
        return Sent(folder, "evaluate").id
    if what == "set":
        key, value = read_change(params.get("key"), params.get("value"))
        return Sent(folder, "set", key=key, value=value).id
    if what == "sample":
        return Sent(folder, "sample", **_sample(folder, params)).id
    raise FtError("notebook.live_unknown", what=str(what)[:40])


def _sample(folder: RunFolder, params: Mapping[str, Any]) -> dict[str, object]:
    """A prompt and how to answer it, looked at as the subcommand does."""
    prompt = params.get("prompt")
    if not isinstance(prompt, str) or not prompt.strip():
        raise FtError("training.no_prompt")
    if len(prompt) > _LONGEST_PROMPT:
        raise FtError("notebook.live_long_prompt", count=len(prompt), most=_LONGEST_PROMPT)
    system, given = params.get("system"), params.get("sampling")
    sampling = dict(given) if isinstance(given, Mapping) else {}
    check_sampling(control.recipe_of(folder), sampling)
    written = isinstance(system, str) and bool(system.strip())
    return {"prompt": prompt, "system": system if written else None, "sampling": sampling}
