"""Who may answer in a chat panel: the weights of this moment, the result, the base, a checkpoint.

Each is a side with an id: ``now`` (only while the run trains; its own worker answers between two
steps), ``tuned`` (the result, else the newest checkpoint), ``base``, and ``step-40``. What is no
run has ``tuned`` for itself, and ``base`` where an adapter is given.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from ftkernel.api.chat_keeping import kept_session, session_for
from ftkernel.api.chat_session import Question, Session
from ftkernel.api.chat_target import Target, target_of
from ftkernel.api.control import LIVE
from ftkernel.errors import FtError
from ftkernel.recipe.recipe import Recipe
from ftkernel.runs.folder import RunFolder
from ftkernel.runs.state import state

_STEP = "step-"

Said = tuple[str, Mapping[str, object]]
"""A code and its parameters."""


@dataclass(frozen=True)
class Subject:
    """What a panel talks with: a run, or a model that is none."""

    name: str
    recipe: Recipe
    folder: RunFolder | None
    target: Target | None
    """The model, where there is no run."""

    @property
    def is_live(self) -> bool:
        """Whether it is a run that trains at this moment."""
        return self.folder is not None and state(self.folder) in LIVE


class Answering(Protocol):
    """A worker that can be asked: that of a chat, or the one that trains."""

    def ask(
        self, question: Question, side: str, on_text: Callable[[str, str], None]
    ) -> dict[str, Any]:
        """Ask, and wait for the answer line."""
        ...

    def cancel(self) -> None:
        """End the answer, from any thread."""
        ...

    def in_turn(self, given_up: Callable[[], bool] = ...) -> AbstractContextManager[None]:
        """Hold it for one question."""
        ...


@dataclass(frozen=True)
class Asked:
    """Who is asked for a side, and as which of its own sides."""

    worker: Answering
    side: str
    session: Session | None
    """The chat worker, which may have to be loaded; ``None`` for the one that trains."""


def subject_of(model: str, adapter: str | None = None) -> tuple[Subject, str | None]:
    """What a person wants to talk with, and the side that a ``name@step`` means.

    Raises:
        FtError: if there is no such model. A run without a checkpoint is fine.
    """
    from ftkernel.api.control import recipe_of
    from ftkernel.api.resolve import named_run

    if not model.strip():
        raise FtError("api.no_model_named")
    found = named_run(model) if adapter is None else None
    if found is not None:
        folder, step = found
        folder.meta()  # raises where the folder is damaged
        side = None if step is None else f"{_STEP}{step}"
        return Subject(folder.name, recipe_of(folder), folder, None), side
    target = target_of(model, adapter=adapter)
    return Subject(target.name, target.recipe, None, target), None


def sides_of(subject: Subject) -> list[str]:
    """The sides that can be asked now, the likeliest first."""
    if subject.folder is None:
        has_base = subject.target is not None and subject.target.has_adapter
        return ["tuned", "base"] if has_base else ["tuned"]
    steps = [f"{_STEP}{one.step}" for one in reversed(subject.folder.checkpoints())]
    if subject.is_live:
        return ["now", "base", *steps]
    return ["tuned", "base", *steps]


def side_label(side: str) -> Said:
    """What a side is called."""
    if side.startswith(_STEP):
        return "chat_panel.side.step", {"step": side.removeprefix(_STEP)}
    known = side if side in ("now", "tuned", "base") else "tuned"
    return f"chat_panel.side.{known}", {}


def asked_for(subject: Subject, side: str) -> Asked:
    """Who answers for a side; a chat worker is started if there is none yet.

    Raises:
        FtError: if nobody can: no such checkpoint, the run is gone, no memory.
    """
    if side == "now" and subject.is_live:
        return _training(subject)
    if trains_for(subject, side):
        return Asked(_training(subject).worker, "base", None)
    target = _target(subject, side)
    session = session_for(target)
    return Asked(session, "base" if side == "base" else "tuned", session)


def trains_for(subject: Subject, side: str) -> bool:
    """Whether the training worker answers for a side, so that training waits meanwhile."""
    if side not in ("now", "base") or not subject.is_live:
        return False
    # A run that trains the whole model holds no base; nor is it asked where a chat worker is there.
    has_base = subject.recipe["finetuning_type"] != "full" and not _has_kept(subject)
    return side == "now" or has_base


def _training(subject: Subject) -> Asked:
    from ftkernel.api.chat_live import live_session

    if subject.folder is None:
        raise FtError("api.no_model_named")
    return Asked(live_session(subject.folder), "tuned", None)


def _has_kept(subject: Subject) -> bool:
    """Whether a chat worker of this run is loaded already, which can answer as its base too."""
    try:
        return kept_session(_target(subject, "tuned")) is not None
    except FtError:  # no checkpoint yet
        return False


def _target(subject: Subject, side: str) -> Target:
    if subject.folder is None:
        if subject.target is None:
            raise FtError("api.no_model_named")
        return subject.target
    if not subject.folder.exists():
        raise FtError("run.folder_lost", path=str(subject.folder.path))
    step = int(side.removeprefix(_STEP)) if side.startswith(_STEP) else None
    from ftkernel.api.run import Run

    return target_of(Run(subject.folder), checkpoint=step)
