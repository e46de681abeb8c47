"""Files that pages get from the kernel: the widgets' own sources, and the large scripts by hash.

A widget's source and style travel in its first message. The large scripts (Plotly, markdown) are
listed in ``static/assets.json``; a page asks for one when it has none with that hash, and gets it
as one binary buffer. They are read when they are asked for, so that a kernel does not keep them.
"""

import json
from functools import lru_cache
from pathlib import Path

_STATIC = Path(__file__).parent / "static"
_STYLE = Path(__file__).parents[1] / "views" / "static" / "ftkernel.css"


@lru_cache(maxsize=8)
def module(name: str) -> str:
    """The source of a widget: ``run`` or ``chat``."""
    # A text of one line could be taken for a path.
    return (_STATIC / f"{name}.js").read_text(encoding="utf-8") + "\n"


@lru_cache(maxsize=1)
def styles() -> str:
    """The style sheet of every widget."""
    return _STYLE.read_text(encoding="utf-8") + "\n"


@lru_cache(maxsize=1)
def _listed() -> dict[str, dict[str, str]]:
    return json.loads((_STATIC / "assets.json").read_bytes())


def sha256(name: str) -> str:
    """The hash of a large script, empty where there is none of that name."""
    return _listed().get(name, {}).get("sha256", "")


def asset(name: str) -> tuple[dict[str, str], bytes] | None:
    """A large script with its ``name`` and ``sha256``; ``None`` where there is no such one."""
    about = _listed().get(name)
    if about is None:
        return None
    return {"name": name, "sha256": about["sha256"]}, (_STATIC / about["file"]).read_bytes()
