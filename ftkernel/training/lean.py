"""Keeps libraries out of a worker that others would import for nothing.

PEFT imports bitsandbytes wherever it is installed, and that pulls in torch's compiler: 1.5 of the
6.8 CPU-seconds of all imports. Only a model that is stored in its types needs it.
"""

import json
import sys
from pathlib import Path

_UNUSED = ("bitsandbytes",)


def leave_out_unused(model: Path) -> None:
    """Make the unused libraries look absent, unless the model is quantized or they are loaded.

    Args:
        model: the model's folder.
    """
    try:
        config = json.loads((model / "config.json").read_bytes())
    except (OSError, ValueError):
        return
    if not config.get("quantization_config"):
        hide_unused()


def hide_unused() -> None:
    """Make the unused libraries look absent, unless they are loaded."""
    for name in _UNUSED:
        # `import` then fails and `find_spec` finds nothing, as if it were not installed.
        sys.modules.setdefault(name, None)  # pyright: ignore[reportArgumentType]
