"""Which names a run may have: they become folder names on every system, and parts of commands.

A name holds letters of any language, digits, ``-``, ``_`` and ``.``; ``@`` parts a name from a
step.
"""

import re

from ftkernel.errors import FtError

LONGEST = 64
_LONGEST_BYTES = 200
_ODD = re.compile(r"[^\w.-]")
_RESERVED = frozenset(
    {"con", "prn", "aux", "nul"}
    | {f"com{number}" for number in range(1, 10)}
    | {f"lpt{number}" for number in range(1, 10)}
)
"""Devices of Windows: no folder there can be called so, with or without an ending."""


def check_name(name: str) -> str:
    """Return the name as it is when a run may be called so.

    Raises:
        FtError: with the reason and a name that would do.
    """
    if not name.strip():
        raise FtError("run.name_empty")
    if "/" in name or "\\" in name or name in {".", ".."}:
        raise FtError("run.name_path", name=name, better=_better(name))
    if odd := _ODD.search(name):
        # A text of its own, so that it is in the reader's language like the rest.
        shown = {"code": "run.a_space"} if odd.group() == " " else repr(odd.group())
        raise FtError("run.name_characters", name=name, character=shown, better=_better(name))
    if name[0] in ".-" or name[-1] == ".":
        raise FtError("run.name_edges", name=name, better=_better(name))
    if len(name) > LONGEST or len(name.encode()) > _LONGEST_BYTES:
        raise FtError("run.name_long", length=len(name), longest=LONGEST, better=_better(name))
    if name.split(".", maxsplit=1)[0].lower() in _RESERVED:
        raise FtError("run.name_reserved", name=name, better=_better(name))
    return name


def numbered(name: str, number: int) -> str:
    """``first-2`` for ``first`` and 2, cut so that it is not too long."""
    ending = f"-{number}"
    kept = name[: LONGEST - len(ending)]
    while len(kept.encode()) > _LONGEST_BYTES - len(ending):
        kept = kept[:-1]
    return kept + ending


def _better(name: str) -> str:
    """The nearest name that would do."""
    better = re.sub(r"-{2,}", "-", _ODD.sub("-", name)).strip("-.")[:LONGEST]
    while len(better.encode()) > _LONGEST_BYTES:
        better = better[:-1]
    better = better.rstrip("-.") or "run"
    return f"run-{better}" if better.split(".")[0].lower() in _RESERVED else better
