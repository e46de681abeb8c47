"""Where a model comes from: an embedded name, a folder, a GGUF file, or a hub; always ends as a folder.

``locate`` is called by workers only. What it returns is a local folder with a config, safetensors and a
tokenizer; everything that must be fetched or converted happened on the way.
"""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ftkernel.errors import FtError
from ftkernel.models import embedded, gguf
from ftkernel.models.report import SILENT, Report
from ftkernel.recipe.recipe import Recipe

Kind = Literal["embedded", "folder", "gguf", "hub"]


@dataclass(frozen=True)
class ModelSource:
    """A model found: its local folder, what the user called it, and the adapter to put on it, if any."""

    kind: Kind
    path: Path
    name: str
    adapter: Path | None = None


def locate(
    recipe: Recipe, secrets: Mapping[str, str] | None = None, report: Report = SILENT
) -> ModelSource:
    """Find the model of a recipe, and convert it once where it needs that."""
    value = str(recipe["model_name_or_path"])
    adapter = recipe["adapter_name_or_path"]
    kind, path = _find(value, report)
    return ModelSource(kind, path, value, Path(str(adapter)) if adapter else None)


def _find(value: str, report: Report) -> tuple[Kind, Path]:
    if known := embedded.EMBEDDED.get(value.lower()):
        if path := embedded.find_local(known, report):
            return "embedded", path
        raise FtError("models.embedded_missing", name=known.name, package=known.distribution)
    path = Path(value).expanduser()
    if path.suffix.lower() == ".gguf" and path.is_file():
        return "gguf", gguf.convert(path, report=report)
    if path.is_dir():
        return "folder", path.resolve()
    near = difflib.get_close_matches(value, embedded.EMBEDDED)
    raise FtError("models.unknown", name=value, near=near)
