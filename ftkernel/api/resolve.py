"""Which model is meant: the embedded one, files, a hub id, or what an earlier run has learnt.

A run (``name`` or ``name@step``) becomes the base it started from and the adapter it has learnt, or
the folder of the model it has tuned whole; the worker then needs to know nothing about runs.
"""

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ftkernel.api import control
from ftkernel.api.names import run_meant
from ftkernel.api.place import runs_dir
from ftkernel.errors import FtError
from ftkernel.recipe.model_files import EMBEDDED
from ftkernel.recipe.recipe import Recipe
from ftkernel.runs.folder import RunFolder, damage_of
from ftkernel.runs.launch import start_folder
from ftkernel.runs.store import find_checkpoint


@dataclass(frozen=True)
class Learnt:
    """What a run has learnt so far, at one of its steps or at its end."""

    folder: RunFolder
    path: Path
    """The adapter's folder, or that of the model that was tuned whole."""
    base: str
    whole: bool
    remarks: tuple[Mapping[str, Any], ...] = ()
    """What a person should know about the choice, as ``code`` and ``params``."""

    def as_keys(self) -> dict[str, object]:
        """The keys of a recipe that trains on from it."""
        if self.whole:
            return {"model_name_or_path": str(self.path)}
        return {"model_name_or_path": self.base, "adapter_name_or_path": str(self.path)}


def learnt(folder: RunFolder, step: int | None = None) -> Learnt:
    """What a run has learnt: at a step, else at its end, else at its newest checkpoint.

    Raises:
        FtError: if it has no checkpoint yet, or none of that step.
    """
    path = find_checkpoint(folder, step)
    recipe = control.recipe_of(folder)
    whole = recipe["finetuning_type"] == "full"
    remarks = () if step is not None or path == folder.result else _fallen_back(folder, path)
    return Learnt(folder, path, _base(folder, recipe), whole, remarks)


def _fallen_back(folder: RunFolder, used: Path) -> tuple[Mapping[str, Any], ...]:
    """Say that the newest checkpoint is damaged, where an older one had to be taken."""
    newest = folder.all_checkpoints()[-1].path
    if newest == used:
        return ()
    params = {
        "name": folder.name,
        "newest": newest.name,
        "damage": damage_of(newest),
        "used": used.name,
    }
    return ({"code": "run.newest_damaged", "params": params},)


def _base(folder: RunFolder, recipe: Recipe) -> str:
    """The model below a run's adapter; a relative path starts where the run was started."""
    value = recipe["model_name_or_path"]
    text = str(value["base"] if isinstance(value, dict) else value)
    beside = start_folder(folder) / Path(text).expanduser()
    if not beside.exists():
        return text
    # `..` is not shown; other paths stay as they were written, links and all.
    return str(beside.resolve() if ".." in beside.parts else beside)


def named_run(text: str, root: Path | None = None) -> tuple[RunFolder, int | None] | None:
    """The run that a model's name means, or ``None`` where it means something else.

    Raises:
        FtError: if several runs are called so, or a step is asked for that is none.
    """
    path = Path(text).expanduser()
    if text.lower() in EMBEDDED or text.endswith(".gguf"):
        return None
    if path.is_dir() and not (path / "run.json").is_file():
        return None
    try:
        return run_meant(text, root)
    except FtError as error:
        if "@" in text and error.code != "run.not_a_run":
            raise
        if error.code == "run.ambiguous":
            raise
        return None


def with_model(recipe: Recipe, remark: Callable[[Mapping[str, Any]], None] | None = None) -> Recipe:
    """The recipe with an earlier run, as its model or adapter, replaced by what that learnt.

    ``remark`` is told, as ``code`` and ``params``, when the run's newest checkpoint is damaged and
    an older one is taken.

    Raises:
        FtError: as :func:`what_runs_mean`.
    """
    changes, remarks = what_runs_mean(recipe)
    if remark is not None:
        for one in remarks:
            remark(one)
    return recipe.with_changes(**changes) if changes else recipe


def what_runs_mean(recipe: Recipe) -> tuple[dict[str, object], list[Mapping[str, Any]]]:
    """What keys that name earlier runs stand for; and what a person should know about the choice.

    Raises:
        FtError: at the recipe's line, if a run has not what is asked of it, or what it has cannot
            be trained on as the recipe wants.
    """
    root = runs_dir(recipe["runs_dir"])
    changes: dict[str, object] = {}
    remarks: list[Mapping[str, Any]] = []
    value = recipe["model_name_or_path"]
    if isinstance(value, str):
        with _placed(recipe, "model_name_or_path"):
            found = named_run(value, root)
            taken = learnt(*found) if found is not None else None
            if taken is not None and not taken.whole and recipe["finetuning_type"] == "full":
                raise FtError("recipe.run_is_adapter", run=value, base=taken.base)
        if taken is not None:
            changes.update(taken.as_keys())
            remarks += taken.remarks
    adapter = recipe["adapter_name_or_path"]
    if "adapter_name_or_path" in changes and adapter is not None:
        raise FtError("api.two_adapters", where=recipe.where("adapter_name_or_path"), run=value)
    if isinstance(adapter, str):
        with _placed(recipe, "adapter_name_or_path"):
            path, said = adapter_path(adapter, root)
        remarks += said
        if path != adapter:
            changes["adapter_name_or_path"] = path
    return changes, remarks


@contextmanager
def _placed(recipe: Recipe, key: str) -> Generator[None]:
    """A fault of what a key names is shown at that key."""
    try:
        yield
    except FtError as error:
        error.where = error.where or recipe.where(key)
        raise


def adapter_path(text: str, root: Path | None = None) -> tuple[str, tuple[Mapping[str, Any], ...]]:
    """The folder of an adapter that is given by a run's name; any other text as it is.

    The second is what a person should know about the choice, as ``code`` and ``params``.
    """
    found = named_run(text, root)
    if found is None:
        return text, ()
    taken = learnt(*found)
    return str(taken.path), taken.remarks
