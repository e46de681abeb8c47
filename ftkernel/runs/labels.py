"""What a person writes on a run: another name, a note, tags. Kept in ``meta.json`` in its folder.

The folder's name, the id and the events stay as they are. The file is replaced as a whole, so of
two who write at once the later one is kept. What stands in it may have been written by anybody:
what is not of the right kind counts as absent, what is too long is cut.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from ftkernel.runs.folder import RunFolder, read_json, write_json

LONGEST_NAME = 120
LONGEST_NOTE = 10_000
LONGEST_TAG = 40
MOST_TAGS = 20
_LARGEST = 1 << 20


@dataclass(frozen=True)
class Labels:
    """What is written on a run; empty where nothing is."""

    name: str = ""
    """What it is called on the screen, in place of its own name."""
    note: str = ""
    tags: tuple[str, ...] = ()


def labels_file(folder: RunFolder) -> Path:
    """``meta.json``."""
    return folder.path / "meta.json"


def read_labels(folder: RunFolder) -> Labels:
    """What is written on a run."""
    path = labels_file(folder)
    try:
        if path.stat().st_size > _LARGEST:
            return Labels()
    except OSError:
        return Labels()
    data = read_json(path) or {}
    tags: object = data.get("tags")
    return Labels(
        name=one_line(data.get("name"), LONGEST_NAME),
        note=_text(data.get("note"))[:LONGEST_NOTE],
        tags=clean_tags(cast("list[object]", tags) if isinstance(tags, list) else []),
    )


def write_labels(
    folder: RunFolder,
    *,
    name: str | None = None,
    note: str | None = None,
    tags: Sequence[str] | None = None,
) -> Labels:
    """Change what is given, and leave the rest.

    Raises:
        FtError: if the folder is gone or read-only, or the disk is full; the old ones then stay.
    """
    labels = read_labels(folder)
    if name is not None:
        labels = replace(labels, name=one_line(name, LONGEST_NAME))
    if note is not None:
        labels = replace(labels, note=_text(note)[:LONGEST_NOTE])
    if tags is not None:
        labels = replace(labels, tags=clean_tags(tags))
    known: dict[str, Any] = read_json(labels_file(folder)) or {}  # keys of a later version stay
    fields = {"name": labels.name, "note": labels.note, "tags": list(labels.tags)}
    write_json(labels_file(folder), {**known, **fields})
    return labels


def clean_tags(tags: Sequence[object]) -> tuple[str, ...]:
    """Tags on one line each, every one once, without empty ones."""
    cleaned = (one_line(tag, LONGEST_TAG) for tag in tags[: 10 * MOST_TAGS])
    return tuple(dict.fromkeys(tag for tag in cleaned if tag))[:MOST_TAGS]


def one_line(value: object, longest: int) -> str:
    """A text on one line, cut; empty for what is no text."""
    return " ".join(_text(value)[: 10 * longest].split())[:longest]


def _text(value: object) -> str:
    """A text that can be written as UTF-8; empty for what is none."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""
