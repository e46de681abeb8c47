"""Finding runs: by name, id, folder, ``name@step``; in this folder of runs first, then in all."""

import difflib
import os
from pathlib import Path

from ftkernel.errors import FtError
from ftkernel.runs.folder import RunFolder, SavedRecipe, damage_of
from ftkernel.runs.index import add_root, roots
from ftkernel.runs.names import LONGEST
from ftkernel.runs.state import state

_SHORTEST_ID = 6
_MOST_KNOWN = 5
_MOST_ELSEWHERE = 3
"""Names in an error; those of other folders of runs carry their paths."""


def default_runs_dir(start: Path | str | None = None) -> Path:
    """``ft-runs`` in the folder the kernel was started in (by default: the present one)."""
    return Path(start or Path.cwd()).absolute() / "ft-runs"


def create_run(
    runs_dir: Path | str | None,
    name: str | None,
    recipe: SavedRecipe,
    *,
    notebook: str | None = None,
    cwd: Path | str | None = None,
) -> RunFolder:
    """Make the folder of a new run and enter its root in the index.

    Raises:
        FtError: if the name can not be one, or the folder can not be written.
    """
    root = Path(runs_dir).expanduser().absolute() if runs_dir else default_runs_dir()
    folder = RunFolder.create(root, name, recipe, notebook=notebook, cwd=cwd)
    add_root(root)
    return folder


def runs_in(root: Path) -> list[RunFolder]:
    """The runs in one folder, by name."""
    try:
        names = sorted(os.listdir(root))
    except OSError:
        return []
    folders = (RunFolder(root / name) for name in names if not name.startswith("."))
    return [folder for folder in folders if folder.exists()]


def list_runs(runs_dir: Path | str | None = None) -> list[RunFolder]:
    """The runs of every known root and of ``runs_dir``, newest first."""
    found = [folder for root in _all_roots(runs_dir) for folder in runs_in(root)]
    return sorted(found, key=created, reverse=True)


def find_run(text: str, runs_dir: Path | str | None = None) -> tuple[RunFolder, int | None]:
    """The run that a person means, and the step after ``@`` if one was given.

    Args:
        text: a name, an id (or its first six digits), or the path of a run's folder; each with
            ``@step`` if wanted.
        runs_dir: where a bare name is looked up first.

    Raises:
        FtError: ``run.not_found`` with the nearest names; ``run.ambiguous`` with the ids to choose
            from; ``run.step_unreadable``.
    """
    wanted, step = split_step(text.strip())
    if not wanted:
        raise FtError("run.none_named", text=text)
    if (folder := _by_path(wanted)) is not None:
        return folder, step
    by_root = [runs_in(root) for root in _all_roots(runs_dir)]
    for folders in by_root[:1]:
        for folder in folders:
            if folder.name == wanted:
                return folder, step
    everything = [folder for folders in by_root for folder in folders]
    matches = [folder for folder in everything if folder.name == wanted]
    matches = matches or [folder for folder in everything if _has_id(folder, wanted)]
    if len(matches) > 1:
        choices = [f"{folder.path}{_id_in_brackets(folder)}" for folder in matches[:5]]
        raise FtError("run.ambiguous", name=wanted, choices=choices)
    if not matches:
        raise _not_found(wanted, by_root)
    return matches[0], step


def find_checkpoint(folder: RunFolder, step: int | None) -> Path:
    """Where a run's weights lie: the step's checkpoint, else the result, else the newest one.

    Raises:
        FtError: ``run.no_such_step``, or why there is none: ``run.no_checkpoint_yet``,
            ``run.no_checkpoint_ever``, ``run.folder_lost``.
    """
    if step is not None:
        found = folder.checkpoint(step)
        if found is None:
            steps = [checkpoint.step for checkpoint in folder.checkpoints()]
            if not steps:
                raise _no_checkpoint(folder)
            raise FtError("run.no_such_step", name=folder.name, step=step, steps=steps)
        return found.path
    if folder.result.is_dir():
        return folder.result
    latest = folder.latest_checkpoint()
    if latest is None:
        raise _no_checkpoint(folder)
    return latest.path


def _no_checkpoint(folder: RunFolder) -> FtError:
    """Whether one is to be waited for depends on whether the run still goes on."""
    reached = state(folder)
    if reached in ("starting", "running"):
        return FtError("run.no_checkpoint_yet", name=folder.name)
    damaged = [f"{one.path.name}: {damage_of(one.path)}" for one in folder.all_checkpoints()]
    if damaged:
        return FtError("run.checkpoints_damaged", name=folder.name, damaged=damaged[-3:])
    code = "run.never_started" if reached == "created" else "run.no_checkpoint_ever"
    return FtError(code, name=folder.name)


def _all_roots(runs_dir: Path | str | None) -> list[Path]:
    """This folder of runs first; each once."""
    first = Path(runs_dir).expanduser().absolute() if runs_dir else default_runs_dir()
    return list(dict.fromkeys([first, *roots()]))


def split_step(text: str) -> tuple[str, int | None]:
    """What stands before ``@``, and the step after it, if there is one.

    Raises:
        FtError: ``run.step_unreadable``.
    """
    name, at, step = text.rpartition("@")
    if not at:
        return text, None
    digits = step.removeprefix("step-")
    if not digits.isascii() or not digits.isdigit():
        raise FtError("run.step_unreadable", text=text, step=step)
    return name, int(digits)


def _by_path(text: str) -> RunFolder | None:
    if not text or not (os.sep in text or "/" in text or text.startswith("~")):
        return None
    folder = RunFolder(Path(text).expanduser().absolute())
    if folder.exists():
        return folder
    raise FtError("run.not_a_run", path=text)


def _has_id(folder: RunFolder, text: str) -> bool:
    if len(text) < _SHORTEST_ID:
        return False
    try:
        return str(folder.meta().get("id", "")).startswith(text.lower())
    except FtError:  # removed while we look
        return False


def _id_in_brackets(folder: RunFolder) -> str:
    """The id as a person may write it; nothing where ``run.json`` is damaged."""
    try:
        return f" ({folder.meta()['id']})"
    except (FtError, KeyError):
        return ""


def created(folder: RunFolder) -> float:
    """When the run was made; 0 where nobody can say any more."""
    try:
        return float(folder.meta().get("created", 0))
    except (FtError, TypeError, ValueError):
        return 0.0


def _not_found(name: str, by_root: list[list[RunFolder]]) -> FtError:
    """Says the nearest names, else the newest: those of this folder of runs before all others."""
    shown: dict[str, str] = {}
    for place, folders in enumerate(by_root):
        for folder in sorted(folders, key=created, reverse=True):
            where = "" if place == 0 else f" ({folder.path.parent})"
            shown.setdefault(folder.name, f"{folder.name}{where}")
    if not shown:
        return FtError("run.none_yet", name=name[:LONGEST])
    here = {folder.name for folder in by_root[0]}
    near = difflib.get_close_matches(name, shown, n=len(shown), cutoff=0.5)
    if near:
        near.sort(key=lambda one: one not in here)
        return FtError("run.not_found", name=name[:LONGEST], near=[shown[n] for n in near[:3]])
    known = list(shown.values())[: min(_MOST_KNOWN, len(here) or _MOST_ELSEWHERE)]
    return FtError("run.unknown", name=name[:LONGEST], known=known)
