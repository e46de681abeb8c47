"""The user's variables: read for ``$name``, written for ``-o NAME``. Nothing is evaluated."""

import keyword
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from ftkernel.errors import FtError

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


def variables(shell: "InteractiveShell") -> Mapping[str, object]:
    """The user's variables, to be read only."""
    return MappingProxyType(shell.user_ns)


def check_name(name: str) -> None:
    """Refuse a variable name that Python would refuse.

    Raises:
        FtError: if the name is none.
    """
    if not name.isidentifier() or keyword.iskeyword(name):
        raise FtError("notebook.no_variable_name", name=name)


def store(shell: "InteractiveShell", name: str, value: object) -> None:
    """Bind ``value`` to a variable of the user."""
    shell.user_ns[name] = value
