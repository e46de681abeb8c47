"""What can be known before a worker is started, so that a cell fails at once.

Only what is cheap and needs no torch: the model's files, the data's files, memory that can never
suffice. Everything else is found by the worker.
"""

from pathlib import Path

from ftkernel.errors import FtError
from ftkernel.recipe import data_files, model_files
from ftkernel.recipe.recipe import Recipe


def precheck(recipe: Recipe) -> None:
    """Look at what a recipe names.

    Raises:
        FtError: if a model or a data file is missing, broken or not what it should be.
    """
    base = Path.cwd()
    try:
        model_files.inspect_model(str(recipe["model_name_or_path"]), base=base)
    except FtError as error:
        error.where = recipe.where("model_name_or_path")
        raise
    data_files.check(recipe, base=base)
