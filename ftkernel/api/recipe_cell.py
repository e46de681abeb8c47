"""A run or a recipe file as the text of a cell that starts the same again.

A run's cell holds what was given, in the order and under the names in which it was written, and
besides that what would come out differently today (another default). It is read back before it is
handed out: the recipe of the cell equals that of the run. Secrets are named and left out; rows that
came from a variable are asked of a variable of that name again.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from ftkernel import messages
from ftkernel.api import control
from ftkernel.errors import FtError
from ftkernel.recipe.document import Scalar, read_document
from ftkernel.recipe.narrow import items_of, pairs_of
from ftkernel.recipe.recipe import Recipe
from ftkernel.recipe.recipe_file import ENDINGS, read_recipe_file
from ftkernel.recipe.registry import KEYS, find
from ftkernel.recipe.variables import variable_name
from ftkernel.recipe.writing import scalar, variable_file
from ftkernel.runs.folder import RunFolder
from ftkernel.runs.launch import start_folder

_LARGEST = 1_000_000
_MAGIC = "%%finetune"


def is_recipe_file(text: str) -> bool:
    """Whether a person means a file, not a run."""
    path = Path(text).expanduser()
    return path.suffix in ENDINGS or path.is_file()


def cell_of_file(text: str) -> str:
    """The cell of a recipe file: its own text, but for secrets.

    Raises:
        FtError: if the file is none, or not YAML; ``recipe.*`` as when a run is started from it.
    """
    path = Path(text).expanduser()
    body = _read(path)
    found = [
        (entry.where.line, entry.name, text)
        for entry in read_document(body, file=str(path))
        if (key := find(entry.name)) and key.secret
        # The name of a variable is no secret.
        if (text := _text(entry.raw)) and variable_name(text) is None
    ]
    secret_lines = {line: name for line, name, _ in found}
    lines = [
        _left_out(secret_lines[number]) if number in secret_lines else line
        for number, line in enumerate(body.splitlines(), start=1)
    ]
    cell = "\n".join([_MAGIC, *lines]).rstrip("\n")
    # A secret that does not stand alone on its line is nothing to cut out of a text.
    if found and (body.lstrip().startswith("{") or any(text in cell for _, _, text in found)):
        raise FtError("cell.secret_among_others", path=str(path))
    return cell


def _text(raw: object) -> str:
    return raw.text if isinstance(raw, Scalar) else "" if raw is None else str(raw)


def _read(path: Path) -> str:
    try:
        size = path.stat().st_size
    except OSError:  # reading says why
        size = 0
    if size > _LARGEST:
        raise FtError("cell.too_large", path=str(path))
    return read_recipe_file(path)


def cell_of_run(folder: RunFolder, variables: Mapping[str, object] | None) -> str:
    """The cell of a run.

    Args:
        folder: of the run.
        variables: the notebook's; ``None`` in a terminal, where nothing is said about them.

    Raises:
        FtError: if the folder has lost its recipe, or it cannot be written as a cell today.
    """
    recipe = control.recipe_of(folder)
    wanted = _placed(recipe.values, folder)
    names = [name for name in recipe.given if name in wanted]
    names.sort(key=lambda name: recipe.where(name).line or 0)
    while differs := _differing(body := _body(recipe, wanted, names), wanted):
        if set(differs) <= set(names):
            raise FtError("cell.not_exact", name=folder.name, keys=differs)
        names += [name for name in differs if name not in names]  # others may follow from these
    secrets = [key.name for key in KEYS.values() if key.secret and recipe.where(key.name).line]
    remarks = [_left_out(name) for name in secrets]
    for name in _row_variables(wanted):
        if variables is not None and name not in variables:
            params = {"variable": name, "path": str(variable_file(folder.path, name))}
            remarks.append("# " + messages.text("cell.variable_gone", params))
    return "\n".join([_MAGIC, *remarks, body])


def _left_out(name: str) -> str:
    return "# " + messages.text("cell.secret", {"name": name})


def _body(recipe: Recipe, values: Mapping[str, object], names: list[str]) -> str:
    return "\n".join(f"{_as_written(recipe, name)}: {_value(name, values[name])}" for name in names)


def _as_written(recipe: Recipe, name: str) -> str:
    """The key as the person called it: its own name, or a short one."""
    written = recipe.where(name).key or name
    return written if written in KEYS[name].aliases else name


def _value(name: str, value: object) -> str:
    parts = pairs_of(value) or {}
    if KEYS[name].kind == "source" and list(parts) == ["variable"]:
        return f"${parts['variable']}"
    return scalar(KEYS[name], value)


def _row_variables(values: Mapping[str, object]) -> list[str]:
    sources = [values[name] for name in ("dataset", "eval_dataset")]
    single = [one for value in sources for one in items_of(value) or [value]]
    found = [(pairs_of(one) or {}).get("variable") for one in single]
    return [name for name in found if isinstance(name, str)]


def _differing(body: str, values: Mapping[str, object]) -> list[str]:
    """The keys that come out otherwise, in a notebook that has the variables a cell asks for."""
    rows = {name: [{"text": "rows"}] for name in _row_variables(values)}
    again = Recipe.parse(body, namespace=rows)
    return [name for name, value in values.items() if again[name] != value]


def _placed(values: Mapping[str, object], folder: RunFolder) -> dict[str, Any]:
    """The values; relative files by whole paths where this kernel started in another folder."""
    there = start_folder(folder)
    if there == Path.cwd():
        return dict(values)
    dataset_dir = values["dataset_dir"]
    base = there / Path(str(dataset_dir or ".")).expanduser()
    out: dict[str, Any] = dict(values)
    for name, value in values.items():
        kind = KEYS[name].kind
        if kind == "source":
            out[name] = _whole_source(value, base)
        elif kind == "model" or name == "adapter_name_or_path":
            out[name] = _whole(value, there)
        elif name.endswith("_dir") and isinstance(value, str):
            out[name] = str(there / Path(value).expanduser())
    return out


def _whole_source(value: object, base: Path) -> object:
    """A source, or several, with files by whole paths; what else a source is told stays."""
    if (items := items_of(value)) is not None:
        return [_whole_source(item, base) for item in items]
    parts = pairs_of(value)
    if parts is None:
        return _whole(value, base)
    return {**parts, "file": _whole(parts["file"], base)} if "file" in parts else value


def _whole(value: object, base: Path) -> object:
    if (items := items_of(value)) is not None:
        return [_whole(item, base) for item in items]
    if (parts := pairs_of(value)) is not None:
        return {part: _whole(one, base) for part, one in cast("dict[str, object]", parts).items()}
    if not isinstance(value, str):
        return value
    path = base / Path(value).expanduser()
    try:
        return str(path) if path.exists() else value
    except (OSError, ValueError):
        return value
