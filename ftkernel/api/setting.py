"""The settings, declared once: what each may be, how it is read, and what it then means.

A value is kept as it was written (``"2GB"``), in JSON types; :func:`used` says what it comes to.
"""

import difflib
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from ftkernel import messages
from ftkernel.errors import FtError, Where

Kind = Literal["choice", "switch", "flag", "folder", "memory", "seconds"]
"""``switch``: one of auto, on, off. ``flag``: true or false. ``memory``: bytes, ``2GB``, auto."""

_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([kmgt]?)(i?)b?", re.IGNORECASE)
_POWERS = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4}
_TRUE = frozenset({"1", "true", "yes", "on", "y", "t"})
_FALSE = frozenset({"0", "false", "no", "off", "n", "f"})
_SWITCH = ("auto", "on", "off")


@dataclass(frozen=True)
class Setting:
    """One setting; its help is the text ``config.help.<name>``."""

    name: str
    kind: Kind
    default: object
    choices: tuple[str, ...] = ()
    least: float = 0.0
    most: float = math.inf

    @property
    def about(self) -> str:
        """What it settles, in a sentence."""
        return messages.text(f"config.help.{self.name}")


SETTINGS: Mapping[str, Setting] = MappingProxyType(
    {
        setting.name: setting
        for setting in (
            Setting("display", "choice", "auto", ("auto", "panel", "html", "text")),
            Setting("language", "choice", "auto", ("auto", "en", "zh")),
            Setting("runs_dir", "folder", ""),
            Setting("warm", "switch", "auto", _SWITCH),
            Setting("keep_model", "switch", "auto", _SWITCH),
            Setting("warm_memory", "memory", "auto", ("auto",)),
            Setting("chat_memory", "memory", "auto", ("auto",)),
            Setting("refresh_seconds", "seconds", 0.25, least=0.25, most=60),
            Setting("debug", "flag", False, ("true", "false")),
        )
    }
)
"""Every setting by its name, in the order in which they are shown."""


def read(setting: Setting, value: object, where: Where | None = None) -> object:
    """What somebody wrote, as it is kept.

    Raises:
        FtError: if the setting cannot have this value; says what it can have.
    """
    found = _READERS[setting.kind](setting, value)
    if found is None:
        raise _refused(setting, value, where)
    if setting.kind == "folder" and Path(str(found)).expanduser().is_file():
        raise FtError("config.folder_is_file", where=where, name=setting.name, value=found)
    return found


def used(setting: Setting, value: object) -> object:
    """What a kept value comes to; see :func:`ftkernel.api.config.get`."""
    if setting.kind == "memory":
        return _size(value)
    if setting.kind == "folder":
        from ftkernel.api.place import start_folder

        return start_folder() / Path(str(value)).expanduser() if value else None
    return value


def shown(value: object) -> str:
    """A kept value as a person would write it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _choice(setting: Setting, value: object) -> object | None:
    word = value.strip().lower() if isinstance(value, str) else None
    return word if word in setting.choices else None


def _switch(setting: Setting, value: object) -> object | None:
    if (flag := _flag(setting, value)) is not None:
        return "on" if flag else "off"
    return _choice(setting, value)


def _flag(setting: Setting, value: object) -> object | None:
    del setting
    word = str(value).strip().lower() if isinstance(value, bool | int | str) else ""
    return True if word in _TRUE else False if word in _FALSE else None


def _seconds(setting: Setting, value: object) -> object | None:
    if isinstance(value, bool):
        return None
    try:
        number = float(str(value).strip().removesuffix("s"))
    except ValueError:
        return None
    return number if setting.least <= number <= setting.most else None


def _folder(setting: Setting, value: object) -> object | None:
    del setting
    text = str(value).strip() if isinstance(value, str | Path) else ""
    return text if text and "\0" not in text else None


def _memory(setting: Setting, value: object) -> object | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, str) and value.strip().lower() in setting.choices:
        return value.strip().lower()
    if isinstance(value, int | float):
        return int(value) if 0 <= value < math.inf else None
    return value.strip() if isinstance(value, str) and _size(value) is not None else None


def _size(value: object) -> int | None:
    """A number of bytes, or ``None`` for ``auto`` and for what is none."""
    if isinstance(value, int):
        return value
    match = _SIZE.fullmatch(str(value).strip())
    if match is None:
        return None
    number, unit, binary = match.groups()
    return int(float(number) * (1024 if binary else 1000) ** _POWERS[unit.lower()])


_READERS = {
    "choice": _choice,
    "switch": _switch,
    "flag": _flag,
    "folder": _folder,
    "memory": _memory,
    "seconds": _seconds,
}


def _refused(setting: Setting, value: object, where: Where | None) -> FtError:
    params: dict[str, object] = {"name": setting.name, "value": shown(value)}
    if setting.kind == "seconds":
        params |= {"least": shown(setting.least), "most": shown(setting.most)}
        return FtError("config.bad_seconds", where=where, **params)
    if setting.kind in ("memory", "folder"):
        return FtError(f"config.bad_{setting.kind}", where=where, **params)
    near = difflib.get_close_matches(str(value).strip().lower(), setting.choices, n=1, cutoff=0.5)
    code = "config.bad_choice_near" if near else "config.bad_choice"
    params |= {"choices": ", ".join(setting.choices), "near": "".join(near)}
    return FtError(code, where=where, **params)
