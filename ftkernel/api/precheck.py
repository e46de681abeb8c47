"""What can be known before a worker is started, so that a cell fails at once.

Only what is cheap and needs no torch: devices and packages, the model's files, the data's files,
memory that can never suffice. Everything else is found by the worker.
"""

from pathlib import Path

from ftkernel.errors import FtError
from ftkernel.machine import Machine, read_machine
from ftkernel.recipe import data_files, model_files, possible
from ftkernel.recipe.recipe import Recipe

_BYTES_OF_A_NUMBER = 2
"""The least that a weight takes here: sixteen bits."""


def precheck(recipe: Recipe, base: Path | None = None) -> None:
    """Look at what a recipe names.

    Args:
        recipe: the recipe.
        base: the folder that relative paths start from; by default the present one.

    Raises:
        FtError: if a model or a data file is missing, broken or not what it should be, or if this
            machine lacks a device or a package that the recipe asks for.
    """
    base = base or Path.cwd()
    machine = read_machine()
    possible.check(recipe, machine)
    try:
        found = model_files.inspect_model(str(recipe["model_name_or_path"]), base=base)
        if found.shape is not None:
            _check_memory(recipe, found.shape, machine)
    except FtError as error:
        error.where = recipe.where("model_name_or_path")
        raise
    data_files.check(recipe, base=base)


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
