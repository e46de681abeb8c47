"""``%load_ext ftkernel``: what is registered in the shell, and how all of it is taken away again.

Loading imports little and prints nothing. Loading again, or ``%reload_ext`` while a run is going
on, leaves one set of registrations and the run untouched; ``%unload_ext`` leaves none.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ftkernel.notebook import display
from ftkernel.notebook.chat_magic import chat_magic
from ftkernel.notebook.empty_cell import keep_empty_body
from ftkernel.notebook.finetune_magic import finetune_magic
from ftkernel.notebook.ft_magic import ft_magic

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

_MAGICS: dict[str, tuple[str, Callable[..., None]]] = {
    "finetune": ("line_cell", finetune_magic),
    "chat": ("line_cell", chat_magic),
    "ft": ("line", ft_magic),
}


def load_ipython_extension(shell: "InteractiveShell") -> None:
    """Register the magics, the answer to an empty cell, and the live output."""
    from IPython.core.magic import no_var_expand

    unload_ipython_extension(shell)
    manager: Any = shell.magics_manager
    for name, (kind, function) in _MAGICS.items():
        manager.register_function(_bound(shell, function, no_var_expand), kind, name)
    shell.input_transformers_cleanup.append(keep_empty_body)
    display.install()


def _bound(
    shell: "InteractiveShell", function: Callable[..., None], mark: Callable[..., Any]
) -> Callable[..., None]:
    def magic(line: str, cell: str | None = None) -> None:
        return function(shell, line, cell)

    magic.__doc__ = function.__doc__
    return mark(magic)


def unload_ipython_extension(shell: "InteractiveShell") -> None:
    """Take away everything that :func:`load_ipython_extension` registered. Runs go on."""
    table: dict[str, dict[str, object]] = shell.magics_manager.magics
    for name in _MAGICS:
        for kind in ("line", "cell"):
            table[kind].pop(name, None)
    transformers = shell.input_transformers_cleanup
    transformers[:] = [one for one in transformers if one is not keep_empty_body]
    display.uninstall()
