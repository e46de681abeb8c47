"""Which model is meant: the embedded one, files, a hub id, or what an earlier run has learnt.

A run (``name`` or ``name@step``) becomes the base it started from and the adapter it has learnt, or
the folder of the model it has tuned whole; the worker then needs to know nothing about runs.
"""

from dataclasses import dataclass
from pathlib import Path

from ftkernel.api import control
from ftkernel.api.place import runs_dir
from ftkernel.errors import FtError
from ftkernel.recipe.recipe import Recipe
from ftkernel.runs.folder import RunFolder
from ftkernel.runs.store import find_checkpoint, find_run

EMBEDDED = "smollm2-135m"


@dataclass(frozen=True)
class Learnt:
    """What a run has learnt so far, at one of its steps or at its end."""

    folder: RunFolder
    path: Path
    """The adapter's folder, or the model's."""
    base: str | None
    """The model below the adapter; ``None`` where the whole model was tuned."""

    def as_model(self) -> object:
        """The value of ``model_name_or_path`` that loads it."""
        if self.base is None:
            return str(self.path)
        return {"base": self.base, "adapter": str(self.path)}


def learnt(folder: RunFolder, step: int | None = None) -> Learnt:
    """What a run has learnt: at a step, else at its end, else at its newest checkpoint.

    Raises:
        FtError: if it has no checkpoint yet, or none of that step.
    """
    path = find_checkpoint(folder, step)
    recipe = control.recipe_of(folder)
    if recipe["finetuning_type"] == "full":
        return Learnt(folder, path, None)
    return Learnt(folder, path, _base(folder, recipe))


def _base(folder: RunFolder, recipe: Recipe) -> str:
    """The model below a run's adapter; a relative path starts where the run was started."""
    value = recipe["model_name_or_path"]
    text = str(value["base"] if isinstance(value, dict) else value)
    beside = Path(str(folder.meta().get("cwd", "."))) / Path(text).expanduser()
    return str(beside) if beside.exists() else text


def named_run(text: str, root: Path | None = None) -> tuple[RunFolder, int | None] | None:
    """The run that a model's name means, or ``None`` where it means something else.

    Raises:
        FtError: if several runs are called so, or a step is asked for that is none.
    """
    path = Path(text).expanduser()
    if text == EMBEDDED or text.endswith(".gguf"):
        return None
    if path.is_dir() and not (path / "run.json").is_file():
        return None
    try:
        return find_run(text, root or runs_dir())
    except FtError as error:
        if "@" in text and error.code != "run.not_a_run":
            raise
        if error.code == "run.ambiguous":
            raise
        return None


def with_model(recipe: Recipe) -> Recipe:
    """The recipe with an earlier run, where its model is one, replaced by what that has learnt."""
    value = recipe["model_name_or_path"]
    if not isinstance(value, str):
        return recipe
    found = named_run(value, runs_dir(recipe["runs_dir"]))
    if found is None:
        return recipe
    return recipe.with_changes(model_name_or_path=learnt(*found).as_model())
