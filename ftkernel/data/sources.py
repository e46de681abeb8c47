"""Where rows come from: the shipped demo, files and folders, variables of the notebook, the hub.

Rows are read one after another and never held here. What is wrong with a source as a whole raises
an error at the recipe's line; what is wrong with one row is a :class:`~ftkernel.data.rows.Refused`
in its place.
"""

import itertools
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ftkernel.data import json_rows, table_rows
from ftkernel.data.hub import read_hub
from ftkernel.data.rows import Refused, Row
from ftkernel.data.text_file import check_text
from ftkernel.errors import FtError, Where
from ftkernel.recipe.data_files import DEMO, looked_in
from ftkernel.recipe.data_files import sources as values_of
from ftkernel.recipe.recipe import Recipe
from ftkernel.runs.folder import RunFolder

Rows = Iterator[Row | Refused]

READERS: Mapping[str, Callable[[Path, str], Rows]] = {
    ".jsonl": json_rows.read_json,
    ".json": json_rows.read_json,
    ".csv": table_rows.read_csv,
    ".tsv": table_rows.read_csv,
    ".parquet": table_rows.read_parquet,
    ".txt": table_rows.read_text,
}
"""How a file is read, by its ending."""

_DEMO_FILES = {"dataset": "train.jsonl", "eval_dataset": "heldout.jsonl"}
_HUB_ID = re.compile(r"[\w.-]+/[\w.-]+")


@dataclass(frozen=True)
class Source:
    """One source of a recipe, found and not yet read: ``name`` as the user wrote it.

    ``size`` is in bytes; ``None`` where it is not known before reading. ``files`` are those that it
    is read from; none where it does not lie on this machine.
    """

    name: str
    read: Callable[[], Rows]
    size: int | None = None
    files: tuple[Path, ...] = ()


def find_sources(recipe: Recipe, folder: RunFolder | None, key: str = "dataset") -> list[Source]:
    """The sources that a recipe names under ``dataset`` or ``eval_dataset``, in its order.

    Args:
        recipe: the recipe.
        folder: the run's, where variables lie that the kernel has written out.
        key: the key that names them.

    Raises:
        FtError: if a source does not exist, or is no file of rows.
    """
    where = recipe.where(key)
    base = Path(str(recipe["dataset_dir"] or ".")).expanduser()
    return [
        _find(value, base, folder, key, where, recipe) for value in values_of(recipe[key], base)
    ]


def read_rows(recipe: Recipe, folder: RunFolder | None, key: str = "dataset") -> Rows:
    """The rows of all sources under a key, each cut to the recipe's ``max_samples``."""
    for source in find_sources(recipe, folder, key):
        yield from limited(source, recipe)


def limited(source: Source, recipe: Recipe) -> Rows:
    """The rows of a source up to ``max_samples``; no more are read than are given.

    Raises:
        FtError: if the source cannot be read, there or as a whole.
    """
    most = recipe["max_samples"]
    try:
        yield from itertools.islice(source.read(), most if isinstance(most, int) else None)
    except OSError as error:
        raise _unreadable(source.name, error) from error


def _unreadable(name: str, error: OSError) -> FtError:
    reason = error.strerror or type(error).__name__
    return FtError("recipe.data_unreadable", where=Where(file=name), file=name, reason=reason)


def _find(
    value: object, base: Path, folder: RunFolder | None, key: str, where: Where, recipe: Recipe
) -> Source:
    if isinstance(value, Mapping):
        return _variable(str(value.get("variable")), folder, where)
    name = str(value)
    if name == DEMO and not (base / name).exists():
        path = Path(__file__).parent / "demo" / _DEMO_FILES[key]
        return _file(path, f"demo/{path.name}", where)
    path = base / Path(name).expanduser()
    if path.is_dir():
        return _folder(path, name, where)
    if path.exists():
        return _file(path, name, where)
    if _HUB_ID.fullmatch(name) and Path(name).suffix.lower() not in READERS:
        return Source(name, lambda: read_hub(name, recipe, where))
    raise FtError("data.source_missing", where=where, source=name, folder=str(looked_in(path)))


def _variable(name: str, folder: RunFolder | None, where: Where) -> Source:
    path = folder.data / f"{name}.jsonl" if folder else None
    if path is None or not path.is_file():
        raise FtError("data.variable_missing", where=where, variable=name)
    shown = f"${name}"
    return Source(shown, lambda: json_rows.read_json(path, shown), path.stat().st_size, (path,))


def _file(path: Path, shown: str, where: Where) -> Source:
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise FtError("data.ending", where=where, file=shown, known=list(READERS))
    try:
        size = path.stat().st_size
        if reader is not table_rows.read_parquet:
            check_text(path, shown)
    except OSError as error:
        raise _unreadable(shown, error) from error
    if not size:
        raise FtError("data.file_empty", where=Where(file=shown), file=shown)
    return Source(shown, lambda: reader(path, shown), size, (path,))


def _folder(path: Path, shown: str, where: Where) -> Source:
    files = [
        file
        for file in sorted(path.iterdir())
        if file.suffix.lower() in READERS and file.is_file() and not file.name.startswith(".")
    ]
    if not files:
        raise FtError("data.folder_empty", where=where, folder=shown, known=list(READERS))
    parts = [_file(file, f"{shown.rstrip('/')}/{file.name}", where) for file in files]
    return Source(
        shown,
        lambda: itertools.chain.from_iterable(part.read() for part in parts),
        sum(part.size or 0 for part in parts),
        tuple(files),
    )
