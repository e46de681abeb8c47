"""A recipe as YAML again: every settled value with a comment, in the order of the groups.

What is written is read back to an equal recipe, so a run is made again from its folder alone: rows
of a variable are named by the file that holds them there, files and folders by their whole paths,
and what the worker decided stands as a value. Settings that are still open stand as comments,
secrets not at all.
"""

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import cast

from ftkernel.recipe.data_files import sources
from ftkernel.recipe.key import Key
from ftkernel.recipe.model_files import EMBEDDED
from ftkernel.recipe.narrow import items_of, pairs_of
from ftkernel.recipe.registry import GROUPS, implemented
from ftkernel.recipe.showing import as_yaml
from ftkernel.recipe.source_values import PLACES
from ftkernel.recipe.variables import variable_name

_SOURCES = ("dataset", "eval_dataset")
_MODELS = ("model_name_or_path", "adapter_name_or_path")
_FOLDERS = ("dataset_dir", "cache_dir", "runs_dir")
_PLAIN = re.compile(r"[A-Za-z0-9_./~-]([\w./ -]*[\w./-])?")


def to_yaml(
    values: Mapping[str, object], secrets: Mapping[str, str], folder: Path | None = None
) -> str:
    """Write the values of a recipe.

    Args:
        values: every settled value.
        secrets: are named and not written.
        folder: of the run that holds the rows of variables; they are named as its files, and
            relative paths, which start from the present folder, as whole ones.
    """
    if folder is not None:
        values = {**values, **_placed(values, folder)}
    blocks: list[str] = []
    for group, (title, _) in GROUPS.items():
        lines = [
            line
            for key in implemented()
            if key.group == group and (line := _line(key, values, secrets))
        ]
        if lines:
            blocks.append("\n".join([f"# {title}", *lines]))
    return "\n\n".join(blocks) + "\n"


def variable_file(folder: Path, name: str) -> Path:
    """The file in a run folder that holds the rows of a variable."""
    return folder.absolute() / "data" / f"{name}.jsonl"


def _placed(values: Mapping[str, object], folder: Path) -> dict[str, object]:
    """What is a file or a folder here, by a name that means the same from everywhere."""
    given = values["dataset_dir"]
    base = Path.cwd() / Path(str(given or ".")).expanduser()
    placed: dict[str, object] = {name: _stored(values[name], base, folder) for name in _SOURCES}
    for name in _MODELS:
        value, parts = values[name], pairs_of(values[name])
        if isinstance(value, str):
            placed[name] = _model(value)
        elif parts is not None:  # base and adapter
            placed[name] = {part: _model(str(text)) for part, text in parts.items()}
    for name in _FOLDERS:
        value = values[name]
        # A folder that is not there yet is made where it was meant.
        placed[name] = os.path.abspath(Path(value).expanduser()) if isinstance(value, str) else None
    python = values["worker_python"]
    if isinstance(python, str) and os.path.basename(python) != python:
        placed["worker_python"] = _whole(python, Path.cwd())
    return placed


def _stored(value: object, base: Path, folder: Path) -> object:
    """A source with the file of a variable in the place of its name, and files by whole paths."""
    if isinstance(value, str):
        whole = [_whole(str(part), base) for part in sources(value, base)]
        return whole[0] if len(whole) == 1 else whole
    if (items := items_of(value)) is not None:
        return [_stored(item, base, folder) for item in items]
    pairs = pairs_of(value) or {}
    options = {part: item for part, item in pairs.items() if part not in PLACES}
    name, file = pairs.get("variable"), pairs.get("file")
    if isinstance(name, str):
        file = str(variable_file(folder, name))
    elif isinstance(file, str):
        file = _whole(file, base)
    else:
        return value
    return {"file": file, **options} if options else file


def _model(text: str) -> str:
    """A model by its folder or file; an embedded one and a hub id as they are."""
    text = text.strip()
    return text if text.lower() in EMBEDDED else _whole(text, Path.cwd())


def _whole(text: str, base: Path) -> str:
    """The whole path of what is there; a hub id or a name of ours as it is."""
    path = base / Path(text).expanduser()
    try:
        return os.path.abspath(path) if path.exists() else text
    except (OSError, ValueError):  # too long, or no path at all
        return text


def _line(key: Key, values: Mapping[str, object], secrets: Mapping[str, str]) -> str | None:
    if key.secret:
        return f"# {key.name}: was given, and is never saved" if key.name in secrets else None
    if key.methods and values["finetuning_type"] not in key.methods:
        return None
    value = values[key.name]
    if value is None:
        return f"# {key.name}: {key.auto_en}" if key.auto_en else None
    return f"{key.name}: {scalar(key, value)}  # {key.en}"


def scalar(key: Key, value: object) -> str:
    """A value on one line, so that reading it as this key gives the same value."""
    if isinstance(value, Mapping):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list):
        items = cast("list[object]", value)
        return "[" + ", ".join(_item(key, item) for item in items) + "]"
    if isinstance(value, str):
        named = value.startswith("$") or variable_name(value) is not None
        return _quoted(f"${value}" if named else value)  # items of other lists name none
    return as_yaml(value)


def _item(key: Key, item: object) -> str:
    """One of several: a source with options stays a mapping, and everything else is text."""
    if isinstance(item, Mapping):
        return json.dumps(item, ensure_ascii=False)
    text = str(item)
    return _quoted(f"${text}" if key.kind == "source" and text.startswith("$") else text)


def _quoted(text: str) -> str:
    """Text as YAML that is text to every reader, quoted unless it is harmless."""
    risky = text.lower() in ("true", "false", "yes", "no", "on", "off", "null", "y", "n", "~")
    if _PLAIN.fullmatch(text) and not risky and not re.match(r"[-.\d~]", text):
        return text
    return json.dumps(text, ensure_ascii=False)
