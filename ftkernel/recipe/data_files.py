"""Whether the data that a recipe names can be rows at all: there, not empty, text, of a known kind.

Only the beginning of a file is read, without torch or pandas, so that a kernel can refuse at
once. The worker reads the rows; it says the same in the same words, by the codes of the data
room's messages.
"""

import difflib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, cast

from ftkernel.errors import FtError, Where

if TYPE_CHECKING:
    from ftkernel.recipe.recipe import Recipe

ENDINGS = (".jsonl", ".json", ".csv", ".tsv", ".parquet", ".txt")
DEMO = "demo"
_HUB_ID = re.compile(r"[\w.-]+/[\w.-]+")
_EMPTY_LIST = re.compile(rb"\s*\[\s*\]\s*")
_HEAD = 8192
_BOM = b"\xef\xbb\xbf"


def check(recipe: "Recipe", *, base: Path) -> None:
    """Look at every source of a recipe; raises the first of its :func:`faults`."""
    for fault in faults(recipe, base=base):
        raise fault


def faults(recipe: "Recipe", *, base: Path) -> list[FtError]:
    """What is wrong with the sources of a recipe.

    Args:
        recipe: the recipe.
        base: the folder that relative paths start from.

    Returns:
        A fault for each source that cannot be rows; ``recipe.same_rows`` when what is measured on
        is what is learned, however its files are written.
    """
    out: list[FtError] = []
    folder = base / Path(str(recipe["dataset_dir"] or ".")).expanduser()
    for key in ("dataset", "eval_dataset"):
        for value in sources(recipe[key], folder):
            if isinstance(value, Mapping):
                continue
            try:
                _check_source(str(value), folder, recipe.where(key))
            except FtError as fault:
                out.append(fault)
    if not out:
        try:
            _check_apart(recipe, folder)
        except FtError as fault:
            out.append(fault)
    return out


def _check_apart(recipe: "Recipe", folder: Path) -> None:
    """Refuse to measure on the very files that are learned.

    Equal spelling is refused by the recipe's own rules; here it is files that decide.
    """
    measured = _files_of(recipe["eval_dataset"], folder)
    if measured and measured == _files_of(recipe["dataset"], folder):
        raise FtError(
            "recipe.same_rows",
            where=recipe.where("eval_dataset"),
            name="eval_dataset",
            value=recipe["eval_dataset"],
            other="dataset",
            other_value=recipe["dataset"],
            other_line=recipe.where("dataset").line,
        )


def _files_of(value: object, folder: Path) -> frozenset[Path]:
    """The files that sources stand for, each by its one true path; none where one is no file."""
    files: set[Path] = set()
    for source in sources(value, folder):
        path = folder / Path(str(source)).expanduser()
        if isinstance(source, Mapping) or not path.exists():
            return frozenset()
        files.update(item.resolve() for item in (_rows_in(path) if path.is_dir() else [path]))
    return frozenset(files)


def _rows_in(folder: Path) -> list[Path]:
    """The files of a folder that are read as rows."""
    files = [item for item in folder.iterdir() if item.is_file() and not item.name.startswith(".")]
    return sorted(item for item in files if item.suffix.lower() in ENDINGS)


def sources(value: object, base: Path) -> list[object]:
    """The single sources of a key's value; a string with commas is several, unless it is a file."""
    if value is None:
        return []
    if isinstance(value, list):
        return list(cast("list[object]", value))
    if isinstance(value, str) and "," in value and not (base / value).exists():
        return [part.strip() for part in value.split(",") if part.strip()]
    return [value]


def _check_source(name: str, base: Path, where: Where) -> None:
    path = base / Path(name).expanduser()
    if path.is_dir():
        _check_folder(path, name, where)
    elif path.exists():
        _check_file(path, name, where)
    elif name != DEMO and not _could_be_hub_id(name):
        near = _near(path)
        if near:
            raise FtError("recipe.data_missing", where=where, source=name, near=near)
        folder = str(looked_in(path))
        raise FtError("data.source_missing", where=where, source=name, folder=folder)


def looked_in(path: Path) -> Path:
    """The folder in which a missing file was looked for: the nearest one that there is.

    What is no path at all may hold a slash too, and half of it is no folder.
    """
    return next((folder for folder in path.resolve().parents if folder.is_dir()), path.parent)


def _could_be_hub_id(name: str) -> bool:
    return bool(_HUB_ID.fullmatch(name)) and Path(name).suffix.lower() not in ENDINGS


def _near(path: Path) -> list[str]:
    """Names beside a missing one that look like it; the shipped rows are always among them."""
    beside = [DEMO]
    if path.parent.is_dir():
        files = (item for item in path.parent.iterdir() if item.suffix.lower() in ENDINGS)
        beside += sorted(item.name for item in files)
    return difflib.get_close_matches(path.name, beside, n=2, cutoff=0.6)


def _check_folder(path: Path, name: str, where: Where) -> None:
    known = _rows_in(path)
    if not known:
        raise FtError("data.folder_empty", where=where, folder=name, known=list(ENDINGS))
    for item in known:
        _check_file(item, f"{name.rstrip('/')}/{item.name}", where)


def _check_file(path: Path, name: str, where: Where) -> None:
    if path.suffix.lower() not in ENDINGS:
        raise FtError("data.ending", where=where, file=name, known=list(ENDINGS))
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
        size = path.stat().st_size
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise FtError("recipe.data_unreadable", where=where, file=name, reason=reason) from None
    if size <= _HEAD and not head.removeprefix(_BOM).strip():
        raise FtError("data.file_empty", where=where, file=name)
    if size <= _HEAD and _EMPTY_LIST.fullmatch(head.removeprefix(_BOM)):
        raise FtError("recipe.data_no_rows", where=where, file=name)
    is_table = path.suffix.lower() == ".parquet"
    if is_table != head.startswith(b"PAR1") or (not is_table and _is_binary(head)):
        kind = "parquet table" if head.startswith(b"PAR1") else "binary file"
        kind = "text" if is_table else kind
        raise FtError("data.file_binary", where=where, file=name, kind=kind)


def _is_binary(head: bytes) -> bool:
    """Whether bytes are no text; UTF-16, full of zeros too, is told apart by the worker."""
    return b"\x00" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff"))
