"""A question to a run that trains: when that is meant, what is shown meanwhile, who answered."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ftkernel.api.chat_live import LiveSession, live_session
from ftkernel.api.control import LIVE
from ftkernel.api.resolve import named_run
from ftkernel.errors import FtError
from ftkernel.runs.folder import RunFolder
from ftkernel.runs.state import state

if TYPE_CHECKING:
    from ftkernel.api.run import Run

_ENDED = frozenset({"commands.not_live", "commands.run_ended", "training.run_is_over"})


def training_run(model: "Run | str | Path") -> RunFolder | None:
    """The run that is meant and goes on; ``None`` for a step of it, and for any other model.

    Raises:
        FtError: if several runs are called so.
    """
    from ftkernel.api.run import Run

    if isinstance(model, Run):
        folder, step = model.files, None
    else:
        found = named_run(str(model)) if str(model).strip() else None
        if found is None:
            return None
        folder, step = found
    return folder if step is None and state(folder) in LIVE else None


def session(folder: RunFolder, on_line: Callable[[Mapping[str, Any]], None]) -> LiveSession:
    """The training worker, which tells ``on_line`` what the question waits for.

    Raises:
        FtError: ``commands.not_live`` if the run has ended meanwhile.
    """

    def waits(phase: str) -> None:
        on_line({"kind": "phase", "phase": "end_of_step" if phase == "training" else phase})

    return live_session(folder, waits)


def has_ended(error: FtError) -> bool:
    """Whether there is no answer because the run was over before it could give one."""
    return error.code in _ENDED


def who_answered(
    folder: RunFolder, said: Sequence[Mapping[str, Any]]
) -> tuple[dict[str, Any], ...]:
    """Which weights answered and what it cost, as ``code`` and ``params``.

    Args:
        folder: the run.
        said: the worker's lines of its answers; none where they were not waited for.
    """
    if not said:
        return ()
    seconds = sum(float(line.get("seconds") or 0) for line in said)
    params = {"name": folder.name, "seconds": f"{seconds:.1f}"}
    if said[0].get("side") == "base":
        return ({"code": "chat_live.base_answered", "params": params},)
    answered = {**params, "step": said[0].get("step")}
    remarks: list[dict[str, Any]] = [{"code": "chat_live.answered", "params": answered}]
    if (newest := folder.latest_checkpoint()) is not None:
        other = {"name": folder.name, "step": newest.step}
        remarks.append({"code": "chat_live.instead", "params": other})
    return tuple(remarks)
