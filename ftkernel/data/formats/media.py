"""Images, videos and sounds of a row: marks in the text on one side, files on the other, counted.

A mark (``<image>``) stands where a file belongs; OpenAI's parts become marks. The files are named
in a column or in the parts themselves. Whether a model can see them is not known here.
"""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from ftkernel.data.content import Media, Message
from ftkernel.data.formats.cells import is_missing, parsed
from ftkernel.data.formats.options import Reading
from ftkernel.data.rows import RowFault

MARKS = {"images": "<image>", "videos": "<video>", "audios": "<audio>"}
KINDS = {
    "image": "images", "image_url": "images", "input_image": "images",
    "video": "videos", "video_url": "videos", "input_video": "videos",
    "audio": "audios", "audio_url": "audios", "input_audio": "audios",
}  # fmt: skip
"""The types of OpenAI's and others' parts that stand for a file."""

_FIELDS = ("url", "path", "data", "bytes", "file")
_REMOTE = ("http://", "https://", "data:", "s3://", "gs://", "hf://")


def mark_of(part: Mapping[str, object], reading: Reading) -> str:
    """The mark of a part that stands for a file; a file that it names is kept."""
    kind = str(part.get("type"))
    of = KINDS[kind]
    files = reading.files.setdefault(of, [])
    for name in (kind, of[:-1], f"{of[:-1]}_url", *_FIELDS):
        value = part.get(name)
        if isinstance(value, Mapping) and set(value) <= {"url", "detail"}:
            value = value.get("url")
        if not is_missing(value) and value != "":
            files.append(value)
            break
    return MARKS[of]


def media_of(messages: Iterable[Message | str], reading: Reading) -> Media | None:
    """The files of a row, counted against the marks in what it says; ``None`` if it has neither.

    Raises:
        RowFault: if their numbers differ, or a file is not there.
    """
    form = reading.form
    if not form.media and not reading.files:
        return None
    texts = [m if isinstance(m, str) else str(m["content"]) for m in messages]
    found: dict[str, tuple[object, ...]] = {}
    for part, mark in MARKS.items():
        named = reading.files.get(part, [])
        column = reading.column(part)
        listed = [] if column is None else _files(reading.data.get(column))
        if part not in form.media and part not in reading.files:
            continue
        key = column or form.columns.get("messages")
        if named and listed and named != listed:
            raise RowFault(
                "data.media_twice", key=key, mark=mark, parts=len(named), files=len(listed)
            )
        files = listed or named
        marks = sum(text.count(mark) for text in texts)
        if marks != len(files):
            raise RowFault("data.media_count", key=key, mark=mark, marks=marks, files=len(files))
        found[part] = tuple(_found(file, reading, key) for file in files)
    if not any(found.values()):
        return None
    reading.note("data.media_unread")
    return Media(**found)


def _files(value: object) -> list[object]:
    if is_missing(value) or value == "":
        return []
    value = parsed(value)
    return value if isinstance(value, list) else [value]


def _found(file: object, reading: Reading, key: str | None) -> object:
    """A file by the path that leads to it; what is held in the row or lies elsewhere as it is."""
    if isinstance(file, list | tuple):  # the frames of a video
        return tuple(_found(frame, reading, key) for frame in file)
    if isinstance(file, Mapping):
        path = file.get("path")
        if not isinstance(path, str) or any(not is_missing(file.get(k)) for k in ("bytes", "data")):
            return file
        file = path
    if not isinstance(file, str) or file.startswith(_REMOTE):
        return file
    name = file.removeprefix("file://")
    folders = [reading.options.media_dir, Path(reading.row.file).parent, Path()]
    for folder in folders:
        if folder is not None and (path := folder / Path(name).expanduser()).is_file():
            return os.fspath(path)
    place = str(reading.options.media_dir or folders[1])
    raise RowFault("data.media_missing", key=key, file=file, folder=place)
