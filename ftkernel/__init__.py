"""Fine-tune language models from inside a notebook: the public names, each loaded when first used.

Importing this module, or ``%load_ext ftkernel``, costs next to nothing: no torch, no transformers,
nothing that a kernel does not need yet. :func:`ftkernel.runs` is the room of that name made
callable, so that ``ftkernel.runs()`` lists runs while ``ftkernel.runs.events`` stays a module.
"""

import importlib
from types import ModuleType
from typing import TYPE_CHECKING

from ftkernel import runs
from ftkernel._version import __version__

if TYPE_CHECKING:
    from ftkernel.api.finetune import finetune
    from ftkernel.api.preview import Preview, preview
    from ftkernel.api.run import Run
    from ftkernel.errors import FtError
    from ftkernel.notebook.cells import insert_cell
    from ftkernel.notebook.extension import load_ipython_extension, unload_ipython_extension
    from ftkernel.recipe.recipe import Recipe

_WHERE = {
    "FtError": "ftkernel.errors",
    "Preview": "ftkernel.api.preview",
    "Recipe": "ftkernel.recipe.recipe",
    "Run": "ftkernel.api.run",
    "finetune": "ftkernel.api.finetune",
    "insert_cell": "ftkernel.notebook.cells",
    "load_ipython_extension": "ftkernel.notebook.extension",
    "preview": "ftkernel.api.preview",
    "unload_ipython_extension": "ftkernel.notebook.extension",
}

__all__ = [
    "FtError",
    "Preview",
    "Recipe",
    "Run",
    "__version__",
    "finetune",
    "insert_cell",
    "load_ipython_extension",
    "preview",
    "runs",
    "unload_ipython_extension",
]


class _CallableRoom(ModuleType):
    """The room :mod:`ftkernel.runs`, which lists the runs when it is called."""

    def __call__(self, **options: object) -> object:
        from ftkernel.api.listing import runs as list_runs

        _notice_surroundings()
        return list_runs(**options)  # pyright: ignore[reportArgumentType]


runs.__class__ = _CallableRoom  # pyright: ignore[reportAttributeAccessIssue]


def _notice_surroundings() -> None:
    """Follow the settings; in a kernel let runs show themselves, even without the extension."""
    from ftkernel.api import config, frontend

    config.apply()

    if frontend.in_kernel():
        importlib.import_module("ftkernel.notebook.live.outputs").install()


def __getattr__(name: str) -> object:
    if name not in _WHERE:
        raise AttributeError(f"module 'ftkernel' has no attribute {name!r}")
    if name in {"Run", "finetune"}:
        _notice_surroundings()
    value = getattr(importlib.import_module(_WHERE[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
