"""The chat panel of a cell: a conversation with a run's model, with one or several of its sides.

The panel lives in the kernel; a page only draws it, so a reload loses nothing.
"""

import importlib.util
import sys

from ftkernel.api import config, frontend


def panels_possible() -> bool:
    """Whether a panel can be shown: by the setting ``display``, else by what this kernel is.

    Hosts that save every widget into the notebook get one only where that is asked for.
    """
    wanted = config.get("display")
    if wanted in ("html", "text") or not frontend.in_kernel():
        return False
    if importlib.util.find_spec("anywidget") is None:
        return False
    return wanted == "panel" or "google.colab" not in sys.modules
