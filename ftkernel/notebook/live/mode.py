"""How runs are shown here: as a panel, as HTML that is replaced, or as text.

The setting ``display`` decides; ``auto`` looks at what the place can do. A panel needs widgets in
the kernel and a front end that has cells and talks to widgets: JupyterLab, Notebook 7, VS Code.
Colab and Kaggle save a widget's state into the notebook, in a form that other places refuse, so
they get HTML; so does whatever executes a notebook with nobody there, and whatever is not known.
"""

import importlib.util
import os
import sys
from collections.abc import Mapping
from typing import Any, Literal, cast

from ftkernel.api import config

Mode = Literal["panel", "html", "text"]

_SAVE_WIDGETS = ("google.colab", "kaggle_secrets")
_SAVE_WIDGETS_VARIABLES = ("COLAB_RELEASE_TAG", "KAGGLE_KERNEL_RUN_TYPE")
_CELL = ("cellId", "cell_id")
"""What JupyterLab, Notebook 7 and VS Code say of the cell with each request."""

_VS_CODE = "__vsc_ipynb_file__"
"""A variable that VS Code sets in the notebooks it opens."""


def mode(shell: Any) -> Mode:  # noqa: ANN401 - IPython's shell in whichever version
    """How a run is shown in the executing cell."""
    if not in_kernel(shell):
        return "text"
    wanted = str(config.get("display"))
    if wanted in {"html", "text"}:
        return cast("Mode", wanted)
    if not widgets_here():
        return "html"
    return "panel" if wanted == "panel" or _front_end_has_cells(shell) else "html"


def in_kernel(shell: Any) -> bool:  # noqa: ANN401
    """Whether there is a kernel, which can replace what it has shown; a terminal cannot."""
    publisher = getattr(shell, "display_pub", None)
    return all(hasattr(publisher, name) for name in ("session", "pub_socket", "topic"))


def widgets_here() -> bool:
    """Whether the kernel has what widgets need."""
    return all(importlib.util.find_spec(name) for name in ("ipywidgets", "anywidget"))


def _front_end_has_cells(shell: Any) -> bool:  # noqa: ANN401
    if any(name in sys.modules for name in _SAVE_WIDGETS):
        return False
    if any(name in os.environ for name in _SAVE_WIDGETS_VARIABLES):
        return False
    return bool(cell_of(shell)) or _VS_CODE in getattr(shell, "user_ns", {})


def cell_of(shell: Any) -> str:  # noqa: ANN401
    """Which cell is executing, empty where the front end does not say."""
    request = _request(shell)
    return next((str(request[name]) for name in _CELL if request.get(name)), "")


def _request(shell: Any) -> Mapping[str, object]:  # noqa: ANN401
    """The metadata of the request that is being executed."""
    ask = getattr(getattr(shell, "kernel", None), "get_parent", None)
    parent = ask() if callable(ask) else None
    found = cast("Mapping[str, object]", parent or {}).get("metadata")
    return cast("Mapping[str, object]", found) if isinstance(found, Mapping) else {}
