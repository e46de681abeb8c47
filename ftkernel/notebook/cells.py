"""Writing a cell for the user, from an executed cell or from a button's callback.

The kernel's protocol lets an executed cell ask for a next one (``set_next_input``), and nobody
else. The extension of JupyterLab listens to a comm target, so that a callback can ask as well.
What is written is never executed.
"""

from collections.abc import Mapping
from typing import Any

from ftkernel import messages
from ftkernel.api import frontend
from ftkernel.notebook.display import shell

TARGET = "ftkernel.cells"
"""What the front end listens to."""

_waiting: dict[str, Any] = {}
"""Comms that are not answered yet, kept so that their answers are heard."""


def insert_cell(source: str) -> None:
    """Have a code cell written below: below the executing cell, or below the active one.

    Args:
        source: the text of the cell; it is not executed.

    From a callback it needs the extension of JupyterLab; where that does not listen, the text is
    printed to be copied.
    """
    here = shell()
    if here is None:
        frontend.say(source)
    elif not frontend.in_kernel() or _executes_a_cell(here):
        here.set_next_input(source, replace=False)
    else:
        _ask_front_end(source)


def _executes_a_cell(here: Any) -> bool:  # noqa: ANN401 - IPython's shell in whichever version
    parent: Any = here.get_parent()
    header = parent.get("header", {}) if isinstance(parent, Mapping) else {}
    return header.get("msg_type") == "execute_request"


def _ask_front_end(source: str) -> None:
    comm = _new_comm(source)

    def closed(message: Mapping[str, Any]) -> None:
        _waiting.pop(comm.comm_id, None)
        if message["content"]["data"].get("done") is not True:
            frontend.say(f"{messages.text('cell.copy')}\n\n{source}")

    _waiting[comm.comm_id] = comm
    comm.on_close(closed)


def _new_comm(source: str) -> Any:  # noqa: ANN401 - of either package
    data = {"source": source}
    try:
        from comm import create_comm
    except ImportError:  # older kernels have their own
        from ipykernel.comm import Comm

        return Comm(target_name=TARGET, data=data)
    return create_comm(target_name=TARGET, data=data)
