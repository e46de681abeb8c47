"""``%load_ext ftkernel``: what is registered in the shell, and how all of it is taken away again.

Loading imports little and prints nothing. Loading again, or ``%reload_ext`` while a run is going
on, leaves one set of registrations and the run untouched; ``%unload_ext`` leaves none.
"""

import importlib
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ftkernel.notebook.empty_cell import keep_empty_body

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

_MAGICS = {
    "finetune": ("line_cell", "ftkernel.notebook.finetune_magic", "finetune_magic"),
    "chat": ("line_cell", "ftkernel.notebook.chat_magic", "chat_magic"),
    "ft": ("line", "ftkernel.notebook.ft_magic", "ft_magic"),
}
"""Each magic's kind, and the function that does it, which is imported when it is first used."""

_LIVE = "ftkernel.notebook.live.outputs"
"""What shows runs; imported when a magic is first used."""

_PARTS: tuple[str, ...] = (
    "ftkernel.notebook.settings",
    "ftkernel.notebook.warm_start",
    "ftkernel.notebook.completer",
    "ftkernel.notebook.live.remembered",
    "ftkernel.notebook.preview_panel.showing",
)
"""Further modules, each with ``install(shell)`` and ``uninstall(shell)``, in the order of loading.

They are imported when the extension is loaded, so they import little themselves.
"""


def load_ipython_extension(shell: "InteractiveShell") -> None:
    """Register the magics and the answer to an empty cell."""
    from IPython.core.magic import no_var_expand

    unload_ipython_extension(shell)
    manager: Any = shell.magics_manager
    for name, (kind, module, function) in _MAGICS.items():
        manager.register_function(no_var_expand(_magic(shell, module, function)), kind, name)
    shell.input_transformers_cleanup.append(keep_empty_body)
    if _LIVE in sys.modules:  # runs that went on since the extension was unloaded
        sys.modules[_LIVE].install()
    for part in _PARTS:
        importlib.import_module(part).install(shell)


def _magic(shell: "InteractiveShell", module: str, function: str) -> Callable[..., None]:
    def magic(line: str, cell: str | None = None) -> None:
        """Fine-tune models from this notebook; `%ft --help`, `%finetune --help`, `%chat --help`."""
        importlib.import_module(_LIVE).install()
        return getattr(importlib.import_module(module), function)(shell, line, cell)

    return magic


def unload_ipython_extension(shell: "InteractiveShell") -> None:
    """Take away everything that :func:`load_ipython_extension` registered. Runs go on."""
    table: dict[str, dict[str, object]] = shell.magics_manager.magics
    for name in _MAGICS:
        for kind in ("line", "cell"):
            table[kind].pop(name, None)
    transformers = shell.input_transformers_cleanup
    transformers[:] = [one for one in transformers if one is not keep_empty_body]
    for part in reversed(_PARTS):
        if part in sys.modules:
            sys.modules[part].uninstall(shell)
    if _LIVE in sys.modules:
        sys.modules[_LIVE].uninstall()
