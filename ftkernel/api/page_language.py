"""The language of the pages that a person looks at, for the texts that this kernel writes itself.

A kernel is told nothing of its page before the page's first widget says hello, which is after the
first cell. Until then counts what is known of this user: the page that spoke last, to any kernel or
to the server, and the language that Jupyter is set to; the later of the two. Terminals and scripts
have no page: theirs is the language of their process. What a person has chosen goes before all.
"""

import contextlib
import os
import re
import time
from pathlib import Path

from ftkernel import messages
from ftkernel.api import frontend
from ftkernel.errors import FtError
from ftkernel.runs.folder import read_json, write_json
from ftkernel.runs.index import state_folder

_FILE = "page.json"
_OF_JUPYTER = Path("@jupyterlab/translation-extension/plugin.jupyterlab-settings")
_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
_LOCALE = re.compile(r"""["']?locale["']?\s*:\s*["']([A-Za-z][\w-]{1,20})["']""")
_LARGEST = 64 << 10
_SERVED = ("JPY_SESSION_NAME", "JPY_PARENT_PID")
"""What Jupyter's server gives its kernels; other front ends do not go by its settings."""

_heard: list[messages.Language] = []
"""What the pages of this kernel said last."""


def hear(locale: object) -> None:
    """Take what a page says of its language, such as ``zh-CN``; what is none is left aside."""
    if not isinstance(locale, str) or not locale.strip():
        return
    spoken = _language_of(locale)
    if _heard != [spoken]:
        _heard[:] = [spoken]
        remember(spoken)
    follow()


def remember(spoken: messages.Language) -> None:
    """Keep the language of a page for this user's next kernel.

    A home that can not be written costs this, and nothing else.
    """
    folder = state_folder()
    with contextlib.suppress(OSError, FtError):
        folder.mkdir(parents=True, exist_ok=True)
        write_json(folder / _FILE, {"language": spoken, "told": time.time()}, sync=False)


def follow() -> None:
    """Let the texts of this kernel be in the language of its pages."""
    known = _heard[0] if _heard else _known()
    messages.set_page_language(known if frontend.in_kernel() else None)


def _known() -> messages.Language | None:
    """What is known of this user before a page has spoken to this kernel."""
    found = [one for one in (_remembered(), _of_jupyter()) if one is not None]
    return max(found, key=lambda one: one[0])[1] if found else None


def _remembered() -> tuple[float, messages.Language] | None:
    entry = read_json(state_folder() / _FILE) or {}
    told, spoken = entry.get("told"), entry.get("language")
    if not isinstance(told, int | float) or not isinstance(spoken, str):
        return None
    return float(told), _language_of(spoken)


def _of_jupyter() -> tuple[float, messages.Language | None] | None:
    """What JupyterLab or Notebook is set to, and when; no language: that of the system again."""
    if not any(os.environ.get(name) for name in _SERVED):
        return None
    try:
        from jupyter_core.paths import jupyter_config_dir

        folder = os.environ.get("JUPYTERLAB_SETTINGS_DIR")
        place = Path(folder) if folder else Path(jupyter_config_dir()) / "lab" / "user-settings"
        with (place / _OF_JUPYTER).open(encoding="utf-8", errors="replace") as file:
            written = file.read(_LARGEST)
            changed = os.fstat(file.fileno()).st_mtime
    except (ImportError, OSError):
        return None
    found = _LOCALE.search(_COMMENT.sub("", written))
    if found is None:
        return None
    return changed, None if found[1] == "default" else _language_of(found[1])


def _language_of(locale: str) -> messages.Language:
    return "zh" if locale.strip().lower().startswith("zh") else "en"
