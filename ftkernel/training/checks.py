"""What a run needs beside the base installation, looked for before anything is read or loaded."""

import importlib.util
import os

from ftkernel.errors import FtError
from ftkernel.recipe.recipe import Recipe
from ftkernel.runs.folder import RunFolder

_TRACKER_PACKAGES: dict[str, tuple[str, ...]] = {
    "tensorboard": ("tensorboard", "tensorboardX"),
    "wandb": ("wandb",),
    "mlflow": ("mlflow",),
    "trackio": ("trackio",),
}


def check_packages(recipe: Recipe) -> None:
    """Refuse what cannot work for want of a package.

    Raises:
        FtError: ``training.matplotlib_missing`` or ``training.tracker_missing``.
    """
    if recipe["plot_loss"] and importlib.util.find_spec("matplotlib") is None:
        raise FtError("training.matplotlib_missing", where=recipe.where("plot_loss"))
    value = recipe["report_to"]
    for name in value if isinstance(value, list | tuple) else ():
        packages = _TRACKER_PACKAGES.get(str(name), ())
        if packages and not any(importlib.util.find_spec(package) for package in packages):
            raise FtError(
                "training.tracker_missing",
                where=recipe.where("report_to"),
                name=str(name),
                package=packages[0],
            )


def keep_trackers_in(folder: RunFolder) -> None:
    """Let trackers write into the run folder, where the user did not say where."""
    os.environ.setdefault("TENSORBOARD_LOGGING_DIR", str(folder.path / "tensorboard"))
    os.environ.setdefault("WANDB_DIR", str(folder.path))
