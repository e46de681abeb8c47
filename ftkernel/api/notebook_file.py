"""Repairing a saved notebook whose widget state others refuse, without touching anything else.

Some front ends save ``metadata.widgets`` as the models themselves, without the object that should
hold them under ``state``. GitHub, nbviewer and nbconvert then refuse the whole notebook. The text
of the file is changed at that one place: what is not there keeps every byte, its indentation, the
order of its keys, its line ends.
"""

import json
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

from ftkernel.errors import FtError

_MIME = "application/vnd.jupyter.widget-state+json"
_LARGEST = 500_000_000
_SPACE = re.compile(r"[ \t\r\n]*")
_BOM = b"\xef\xbb\xbf"

Done = Literal["fine", "repaired", "stripped"]


@dataclass(frozen=True)
class Cleaned:
    """What was found in a notebook, and what became of it."""

    path: Path
    done: Done
    models: int = 0
    """How many widgets' models were wrapped or removed."""
    saved: int = 0
    """How many bytes the file is smaller now; negative where it grew."""


@dataclass(frozen=True)
class _Member:
    """One member of a JSON object in a text: where its key begins and its value is."""

    key: str
    start: int
    value: int
    end: int


def clean(path: Path, *, strip: bool = False, dry_run: bool = False) -> Cleaned:
    """Repair the widget state of a notebook, or with ``strip`` remove it.

    The file is replaced as a whole, or not at all; a link stays a link.

    Raises:
        FtError: ``clean.*``: if it is no notebook, can not be read or written, is too large, or its
            widget state is of a kind that is not known.
    """
    content, stamp = _read(path)
    mark = _BOM if content.startswith(_BOM) else b""
    try:
        text = content[len(mark) :].decode("utf-8")
        notebook: object = json.loads(text)
    except UnicodeDecodeError:
        raise FtError("clean.not_text", path=str(path)) from None
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        raise FtError("clean.not_json", path=str(path), line=line) from None
    widgets = _widgets(notebook, path)
    if widgets is None or (not strip and not _is_faulty(widgets)):
        return Cleaned(path, "fine")
    if strip:
        changed, count, done = _without_widgets(text), _count(widgets), cast("Done", "stripped")
    else:
        count = _count_bare(widgets, path)
        changed, done = _wrapped(text), cast("Done", "repaired")
    _prove(notebook, changed, strip=strip)
    new = mark + changed.encode("utf-8")
    if not dry_run:
        _replace(path, new, stamp)
    return Cleaned(path, done, count, len(content) - len(new))


def _read(path: Path) -> tuple[bytes, tuple[int, int]]:
    try:
        if path.is_dir():
            raise FtError("clean.folder", path=str(path))
        status = path.stat()
        if status.st_size > _LARGEST:
            raise FtError("clean.too_large", path=str(path), size=status.st_size // 1_000_000)
        return path.read_bytes(), (status.st_mtime_ns, status.st_size)
    except FileNotFoundError:
        raise FtError("clean.missing", path=str(path)) from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise FtError("clean.unreadable", path=str(path), reason=reason) from None


def _widgets(notebook: object, path: Path) -> object:
    """``metadata.widgets``, or ``None`` where there is none."""
    if not isinstance(notebook, dict) or "nbformat" not in notebook:
        raise FtError("clean.no_notebook", path=str(path))
    parts = cast("dict[str, Any]", notebook)
    if not isinstance(parts.get("cells", parts.get("worksheets")), list):
        raise FtError("clean.no_notebook", path=str(path))
    metadata = parts.get("metadata")
    return metadata.get("widgets") if isinstance(metadata, dict) else None


def _is_faulty(widgets: object) -> bool:
    if not isinstance(widgets, dict):
        return True
    return any(not (isinstance(one, dict) and "state" in one) for one in widgets.values())


def _count(widgets: object) -> int:
    entry = widgets.get(_MIME) if isinstance(widgets, dict) else None
    models = entry.get("state", entry) if isinstance(entry, dict) else None
    return len(models) if isinstance(models, dict) else 0


def _count_bare(widgets: object, path: Path) -> int:
    """How many models stand where their holder should be.

    Raises:
        FtError: if it is anything else, which nobody could wrap.
    """
    entry = widgets.get(_MIME) if isinstance(widgets, dict) and len(widgets) == 1 else None
    if isinstance(entry, dict) and all(
        isinstance(one, dict) and ("model_name" in one or "state" in one) for one in entry.values()
    ):
        return len(entry)
    raise FtError("clean.unknown_state", path=str(path))


def _wrapped(text: str) -> str:
    """The text with the bare models below ``state``, indented as the rest is."""
    widgets = _member(text, _root(text), "metadata", "widgets")
    entry = _member(text, widgets.value, _MIME)
    models = text[entry.value : entry.end]
    line = text.rfind("\n", 0, entry.start) + 1
    if "\n" not in text[_root(text) : entry.start] or text[line : entry.start].strip():
        holder = '{"state": ' + models + ', "version_major": 2, "version_minor": 0}'
        return text[: entry.value] + holder + text[entry.end :]
    step = _indent_of_members(text)
    here = text[line : entry.start]
    end = "\r\n" if text[:line].endswith("\r\n") else "\n"
    inner = models.replace("\n", "\n" + step)
    members = (f'"state": {inner}', '"version_major": 2', '"version_minor": 0')
    body = f",{end}".join(here + step + member for member in members)
    return f"{text[: entry.value]}{{{end}{body}{end}{here}}}{text[entry.end :]}"


def _indent_of_members(text: str) -> str:
    """What the members of the outermost object are indented by."""
    first = next(_members(text, _root(text)))
    return text[text.rfind("\n", 0, first.start) + 1 : first.start]


def _without_widgets(text: str) -> str:
    """The text without the member ``widgets`` and the comma that belongs to it."""
    metadata = _member(text, _root(text), "metadata")
    members = list(_members(text, metadata.value))
    index = max(i for i, member in enumerate(members) if member.key == "widgets")
    if index + 1 < len(members):
        return text[: members[index].start] + text[members[index + 1].start :]
    if index > 0:
        return text[: members[index - 1].end] + text[members[index].end :]
    return text[: metadata.value] + "{}" + text[metadata.end :]


def _root(text: str) -> int:
    return _skip(text, 0)


def _member(text: str, start: int, *path: str) -> _Member:
    """The member at the end of a path; of members of one name the last counts, as JSON has it."""
    found = [member for member in _members(text, start) if member.key == path[0]][-1]
    return _member(text, found.value, *path[1:]) if len(path) > 1 else found


def _members(text: str, start: int) -> Iterator[_Member]:
    """The members of the JSON object that begins at ``start``."""
    decoder = json.JSONDecoder()
    index = _skip(text, start + 1)
    while text[index] != "}":
        key, after = decoder.raw_decode(text, index)
        value = _skip(text, _skip(text, after) + 1)
        _, end = decoder.raw_decode(text, value)
        yield _Member(str(key), index, value, end)
        index = _skip(text, end)
        if text[index] == ",":
            index = _skip(text, index + 1)


def _skip(text: str, index: int) -> int:
    match = _SPACE.match(text, index)
    return match.end() if match else index


def _prove(before: object, changed: str, *, strip: bool) -> None:
    """That nothing but the widget state differs; what is not so is never written."""
    after = json.loads(changed)
    metadata = cast("dict[str, Any]", before)["metadata"]
    widgets = metadata.pop("widgets")
    wanted = None
    if not strip:
        wanted = {_MIME: {"state": widgets[_MIME], "version_major": 2, "version_minor": 0}}
    if after["metadata"].pop("widgets", None) != wanted or after != before:
        raise AssertionError("the change of the notebook's text is not the one that was meant")


def _replace(path: Path, content: bytes, stamp: tuple[int, int]) -> None:
    real = path.resolve()
    temporary = real.with_name(f".{real.name}.{secrets.token_hex(4)}.tmp")
    try:
        if not os.access(real, os.W_OK):
            raise FtError("clean.read_only", path=str(path))
        with open(temporary, "xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        shutil.copymode(real, temporary)
        status = real.stat()
        if (status.st_mtime_ns, status.st_size) != stamp:
            raise FtError("clean.changed_meanwhile", path=str(path))
        os.replace(temporary, real)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise FtError("clean.not_written", path=str(path), reason=reason) from None
    finally:
        temporary.unlink(missing_ok=True)
