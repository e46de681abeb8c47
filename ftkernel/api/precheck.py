"""What can be known before a worker is started, so that a cell fails at once.

Only what is cheap and needs no torch: devices and packages, the run's name and its folder, the
model's files, the data's files, memory that can never suffice. Everything else is found by the
worker. One fault hides no other: all of them are shown together.
"""

import os
import tempfile
from collections.abc import Callable, Collection, Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ftkernel.api.place import runs_dir
from ftkernel.api.resolve import what_runs_mean, with_model
from ftkernel.errors import FtError, RecipeError
from ftkernel.machine import Machine, read_machine
from ftkernel.recipe import data_files, model_files, possible
from ftkernel.recipe.narrow import pairs_of
from ftkernel.recipe.recipe import Recipe
from ftkernel.runs.names import check_name

_BYTES_OF_A_NUMBER = 2
"""The least that a weight takes here: sixteen bits."""


def checked(
    recipe: Recipe,
    remark: Callable[[Mapping[str, Any]], None] | None = None,
    base: Path | None = None,
    *,
    is_new: bool = True,
) -> Recipe:
    """The recipe with its earlier runs resolved, after all that it names was looked at.

    Args:
        recipe: as it was read.
        remark: as for :func:`ftkernel.api.resolve.with_model`.
        base: as for :func:`precheck`.
        is_new: whether a run would be made from it, which needs a name and a folder.

    Raises:
        FtError: as :func:`precheck`.
    """
    found: list[FtError] = []
    resolved, unread = recipe, frozenset[str]()
    try:
        resolved = with_model(recipe, remark)
    except FtError as error:
        found += error.problems if isinstance(error, RecipeError) else [error]
        unread = frozenset({"model_name_or_path"})
    found += _faults(resolved, base, unread, is_new=is_new)
    for fault in found:
        # What a run stands for was not written by anybody; the run was.
        if fault.where is not None and fault.where == resolved.where("model_name_or_path"):
            fault.where = recipe.where("model_name_or_path")
    _raise(found)
    return resolved


def precheck(recipe: Recipe, base: Path | None = None) -> None:
    """Look at what a recipe names.

    Args:
        recipe: the recipe; runs that it names are resolved already.
        base: the folder that relative paths start from; by default the present one.

    Raises:
        FtError: if a model or a data file is missing, broken or not what it should be, if this
            machine lacks a device or a package that the recipe asks for, or if there can be no run
            of that name in that place; a :class:`RecipeError` where there is more than one fault.
    """
    _raise(_faults(recipe, base))


@contextmanager
def with_all_faults() -> Generator[None]:
    """Adds to the faults of a recipe that is read inside those of what its sound keys name.

    Raises:
        RecipeError: with all of them.
    """
    try:
        yield
    except RecipeError as error:
        if error.partial is None:
            raise
        recipe, unread = error.partial
        said = {(problem.code, problem.where) for problem in error.problems}
        found = [one for one in _of_partial(recipe, unread) if (one.code, one.where) not in said]
        if not found:
            raise
        raise RecipeError([*error.problems, *found]) from None


def _of_partial(recipe: Recipe, unread: Collection[str]) -> list[FtError]:
    """The faults of a recipe that could be read in part; its runs are looked at, not resolved."""
    found: list[FtError] = []
    unread = {*unread}
    if unread.isdisjoint({"model_name_or_path", "runs_dir", "finetuning_type"}):
        try:
            if "model_name_or_path" in what_runs_mean(recipe)[0]:
                unread.add("model_name_or_path")
        except FtError as error:
            found.append(error)
            unread.add("model_name_or_path")
    return [*found, *_faults(recipe, None, unread)]


def _raise(found: list[FtError]) -> None:
    if len(found) == 1:
        raise found[0]
    if found:
        raise RecipeError(found)


def _faults(
    recipe: Recipe,
    base: Path | None,
    unread: Collection[str] = frozenset(),
    *,
    is_new: bool = True,
) -> list[FtError]:
    """Every fault of what a recipe names; nothing is said that follows from ``unread`` keys."""
    base = base or Path.cwd()
    machine = read_machine()
    found: list[FtError] = []

    def look(check: Callable[[], None], *keys: str) -> None:
        if any(key in unread for key in keys):
            return
        try:
            check()
        except FtError as error:
            found.append(error)

    look(lambda: possible.check_devices(recipe, machine), "devices", "fp16")
    if recipe["worker_python"] is None:
        look(lambda: possible.check_packages(recipe), "worker_python")
    if is_new:
        look(lambda: _check_name(recipe), "run_name")
        look(lambda: _check_runs_dir(recipe), "runs_dir")
    look(lambda: _check_model(recipe, base, machine), "model_name_or_path", "force", "devices")
    if "dataset_dir" not in unread:
        found += data_files.faults(recipe, base=base)
    return found


def _check_name(recipe: Recipe) -> None:
    """Refuse a name that no run can have; at its line, where it stands in the recipe."""
    name, where = recipe["run_name"], recipe.where("run_name")
    try:
        if name:
            check_name(str(name))
    except FtError as error:
        error.where = where if where.line is not None else None
        raise


def _check_runs_dir(recipe: Recipe) -> None:
    """Refuse a folder of runs that cannot be made or written to; it is not made here.

    Raises:
        FtError: ``run.root_is_file`` or ``recipe.runs_dir_impossible``.
    """
    root, where = runs_dir(recipe["runs_dir"]), recipe.where("runs_dir")
    try:
        if root.exists() and not root.is_dir():
            raise FtError("run.root_is_file", where=where, path=str(root))
        nearest = next(path for path in (root, *root.parents) if path.exists())
        # Whether one can write there is known by trying; a name of its own harms nobody.
        os.rmdir(tempfile.mkdtemp(prefix=".ftkernel-", dir=nearest))
    except OSError as error:
        raise FtError(
            "recipe.runs_dir_impossible",
            where=where,
            path=str(root),
            reason=error.strerror or type(error).__name__,
        ) from None


def _check_model(recipe: Recipe, base: Path, machine: Machine) -> None:
    value = recipe["model_name_or_path"]
    if value is None:
        return
    name = str((pairs_of(value) or {}).get("base", value))
    try:
        found = model_files.inspect_model(name, base=base)
        if found.shape is not None:
            _check_memory(recipe, found.shape, machine)
    except FtError as error:
        error.where = recipe.where("model_name_or_path")
        raise


def _check_memory(recipe: Recipe, shape: model_files.ModelShape, machine: Machine) -> None:
    """Refuse what can never fit: a model whose weights alone are more than all memory there is.

    Raises:
        FtError: with both numbers; not with ``force``.
    """
    needed = shape.parameters * _BYTES_OF_A_NUMBER
    on_cpu = not machine.gpus or recipe["devices"] == ["cpu"]
    there = machine.memory_total if on_cpu else sum(gpu.memory_total for gpu in machine.gpus)
    if needed > there and not recipe["force"]:
        raise FtError(
            "api.model_too_large",
            billions=f"{shape.parameters / 1e9:.1f}",
            needed=f"{needed / 1e9:.1f}",
            there=f"{there / 1e9:.1f}",
        )
