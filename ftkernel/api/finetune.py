"""Starting a run: the recipe is checked, a folder is made, a worker is started."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ftkernel import messages
from ftkernel.api import control, frontend, names, newest
from ftkernel.api.place import runs_dir
from ftkernel.api.precheck import checked, with_all_faults
from ftkernel.api.run import Run, begun
from ftkernel.api.variables import write_rows
from ftkernel.errors import FtError
from ftkernel.recipe.recipe import Recipe
from ftkernel.runs.folder import RunFolder
from ftkernel.runs.store import create_run


def finetune(
    recipe: "Recipe | Mapping[str, object] | str | Path | None" = None,
    /,
    *,
    wait: bool | None = None,
    detach: bool = False,
    **keys: object,
) -> Run:
    """Fine-tune a model in a process of its own.

    Args:
        recipe: a recipe, a mapping of its keys, or the path of a recipe file; ``keys`` go over it.
        wait: wait for the end; by default a script waits, showing one line, and a notebook does
            not.
        detach: let the run go on when this process ends.
        **keys: the recipe's keys, such as ``model``, ``data``, ``steps``; ``data`` may be a
            DataFrame, a list of dictionaries or a ``datasets.Dataset``.

    Raises:
        FtError: if the recipe is at fault, or the run cannot be started. After waiting also the
            error of a run that failed or died, so that a script does not go on without its model;
            the run itself is then ``error.run``, and :meth:`Run.wait` returns its state instead.

    A name in use gets a number: the run is ``first-2``, which is said in a line, and for as long as
    this process lives, ``first`` means it wherever a run is named. An exact path or id still means
    what it says.

    Example:
        >>> run = ftkernel.finetune(model="smollm2-135m", data="demo", steps=40)  # doctest: +SKIP
    """
    return begun(start(as_recipe(recipe, keys), detach=detach), wait)


def as_recipe(
    recipe: "Recipe | Mapping[str, object] | str | Path | None", keys: Mapping[str, object]
) -> Recipe:
    """A recipe from what a caller has."""
    with with_all_faults():
        if recipe is None:
            return Recipe.from_mapping(keys)
        if isinstance(recipe, Mapping):
            return Recipe.from_mapping({**recipe, **keys})
        if not isinstance(recipe, Recipe):
            return Recipe.load(recipe, overrides=keys or None)
        return recipe.with_changes(**keys) if keys else recipe


def start(recipe: Recipe, *, detach: bool = False, say: Callable[[str], None] | None = None) -> Run:
    """Check a recipe, make the run's folder and start its worker; returns at once.

    Args:
        recipe: what to do.
        detach: whether the run goes on when this process ends.
        say: is told what a person should know, a line each. Without it, only what differs from
            what was asked for is said: another name, an older checkpoint.

    Raises:
        FtError: as :func:`finetune`; no folder is left then.
    """
    from ftkernel.api.chat_keeping import make_room

    tell = say or frontend.say

    def remark(one: Mapping[str, Any]) -> None:
        tell(messages.text(one["code"], one["params"]))

    recipe = checked(recipe, remark)
    newest.note(recipe)
    make_room()
    name = recipe["run_name"]
    folder = create_run(runs_dir(recipe["runs_dir"]), str(name) if name else None, recipe)
    try:
        _write_variables(folder, recipe, say)
        control.start(folder, recipe, detach=detach)
    except FtError:
        if not folder.events.exists():
            _discard(folder)
        raise
    if name:
        names.started(folder, str(name))
    if name and folder.name != name:
        code = "api.name_in_use_here" if frontend.is_interactive() else "api.name_in_use"
        tell(messages.text(code, {"name": name, "new": folder.name}))
    return Run(folder)


def _write_variables(folder: RunFolder, recipe: Recipe, say: Callable[[str], None] | None) -> None:
    """Write the rows of variables into the run, which then needs no kernel to be resumed."""
    for name, value in recipe.variables.items():
        path = folder.data / f"{name}.jsonl"
        rows = write_rows(name, value, path)
        if say is not None:
            shown = path.relative_to(folder.path.parent)
            say(messages.text("api.variable_written", {"name": name, "rows": rows, "path": shown}))


def _discard(folder: RunFolder) -> None:
    """Remove the folder of a run that never began."""
    import shutil

    shutil.rmtree(folder.path, ignore_errors=True)
