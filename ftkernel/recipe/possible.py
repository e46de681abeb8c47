"""Whether this machine has what a recipe asks for: the GPU, the number type, the packages.

Looked at before a worker is started, so nothing here imports torch; what cannot be told without
it is left to the worker, which says the same in the same words.
"""

import importlib.util
import sys
from pathlib import Path

from ftkernel.errors import FtError
from ftkernel.machine import Machine
from ftkernel.recipe.narrow import items_of
from ftkernel.recipe.recipe import Recipe

_TRACKER_PACKAGES: dict[str, tuple[str, ...]] = {
    "tensorboard": ("tensorboard", "tensorboardX"),
    "wandb": ("wandb",),
    "mlflow": ("mlflow",),
    "trackio": ("trackio",),
}
_UNSEEN_GPUS = ("/dev/kfd", "/dev/nvidia0", "/dev/dxg")
"""Devices of GPUs that torch may use though ``nvidia-smi`` does not list them."""


def check(recipe: Recipe, machine: Machine) -> None:
    """Refuse what this machine does not have.

    Packages are looked for only where the worker runs in this same Python.

    Raises:
        FtError: naming the key, and what there is.
    """
    check_devices(recipe, machine)
    if recipe["worker_python"] is None:
        check_packages(recipe)


def check_devices(recipe: Recipe, machine: Machine) -> None:
    """Refuse a GPU that does not exist, and ``fp16`` without one.

    Raises:
        FtError: ``recipe.device_missing``, ``recipe.no_device`` or ``models.fp16_needs_gpu``.
    """
    if not machine.gpus and any(Path(path).exists() for path in _UNSEEN_GPUS):
        return
    known = [str(gpu.index) for gpu in machine.gpus]
    for item in items_of(recipe["devices"]) or []:
        if item == "cpu" or item in known:
            continue
        code = "recipe.device_missing" if known else "recipe.no_device"
        raise FtError(code, where=recipe.where("devices"), device=str(item), known=known)
    if recipe["fp16"] and not known and sys.platform != "darwin":
        raise FtError("models.fp16_needs_gpu", where=recipe.where("fp16"))


def check_packages(recipe: Recipe) -> None:
    """Refuse what cannot work for want of a package.

    Raises:
        FtError: ``training.matplotlib_missing`` or ``training.tracker_missing``.
    """
    if recipe["plot_loss"] and importlib.util.find_spec("matplotlib") is None:
        raise FtError("training.matplotlib_missing", where=recipe.where("plot_loss"))
    for name in items_of(recipe["report_to"]) or []:
        packages = _TRACKER_PACKAGES.get(str(name), ())
        if packages and not any(importlib.util.find_spec(package) for package in packages):
            raise FtError(
                "training.tracker_missing",
                where=recipe.where("report_to"),
                name=str(name),
                package=packages[0],
            )
