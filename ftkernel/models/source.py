"""Where a model comes from: an embedded name, a folder, a GGUF file or a hub; it ends as a folder.

Workers call :func:`locate`. What it returns is a local folder with a config, safetensors and a
tokenizer; whatever had to be fetched or converted has been. Code that comes with a model is
refused here unless the recipe allows it.
"""

import difflib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ftkernel.errors import FtError, Where
from ftkernel.models import embedded, gguf, hub, pickle_weights
from ftkernel.models.hub import HubOptions
from ftkernel.models.report import SILENT, Report
from ftkernel.recipe.model_files import ModelShape, inspect_model
from ftkernel.recipe.recipe import Recipe

Kind = Literal["embedded", "folder", "gguf", "hub"]


@dataclass(frozen=True)
class ModelSource:
    """A model found: its local folder, what the user called it, and the adapter to put on it."""

    kind: Kind
    path: Path
    name: str
    adapter: Path | None = None
    shape: ModelShape | None = None
    """Its figures; ``None`` for a kind of model that names them in its own way."""


def locate(
    recipe: Recipe, secrets: Mapping[str, str] | None = None, report: Report = SILENT
) -> ModelSource:
    """Find the model of a recipe and its adapter; fetch and convert what needs it.

    Raises:
        FtError: with the key ``model_name_or_path`` or ``adapter_name_or_path`` as its place.
    """
    options = options_of(recipe, secrets or {})
    value = str(recipe["model_name_or_path"])
    kind, path = find_model(value, options, report, recipe.where("model_name_or_path"))
    shape = inspect_model(str(path), base=path).shape
    folder = None
    if adapter := recipe["adapter_name_or_path"]:
        place = recipe.where("adapter_name_or_path")
        folder = find_adapter(str(adapter), options, report, place)
    return ModelSource(kind, path, value, folder, shape)


def options_of(recipe: Recipe, secrets: Mapping[str, str]) -> HubOptions:
    """How the recipe wants a hub to be asked."""
    name = str(recipe["hub"])
    cache_dir = recipe["cache_dir"]
    return HubOptions(
        hub=name,
        revision=str(recipe["model_revision"]),
        cache_dir=str(Path(str(cache_dir)).expanduser()) if cache_dir else None,
        trust_remote_code=bool(recipe["trust_remote_code"]),
        token=secrets.get("ms_hub_token" if name == "modelscope" else "hf_hub_token"),
    )


def find_model(
    value: str, options: HubOptions, report: Report = SILENT, where: Where | None = None
) -> tuple[Kind, Path]:
    """The kind and the local folder of a model, fetched and converted where it needs that.

    Args:
        value: an embedded name, a folder, a ``.gguf`` file or a hub id.
        options: how a hub is asked.
        report: hears sizes, progress, and what was decided.
        where: the place that an error names.
    """
    try:
        kind, path = _find(value, options, report)
        if files := pickle_weights.pickle_files(path):
            path = pickle_weights.convert(path, files, report)
        _check_code(value, path, options, report)
    except FtError as error:
        _place(error, where)
        raise
    return kind, path


def _place(error: FtError, where: Where | None) -> None:
    """Say where in the recipe it stands, unless the error knows the line already."""
    if where is not None and (error.where is None or error.where.line is None):
        error.where = where


def _find(value: str, options: HubOptions, report: Report) -> tuple[Kind, Path]:
    found = inspect_model(value, base=Path.cwd())
    if found.kind == "embedded":
        known = embedded.EMBEDDED[value.strip().lower()]
        return "embedded", embedded.find(known, options, report)
    if found.kind == "gguf" and found.path:
        return "gguf", gguf.convert(found.path.resolve(), report=report)
    if found.kind == "folder" and found.path:
        return "folder", found.path.resolve()
    if found.kind == "run" or not hub.looks_like_id(value):
        raise FtError("models.unknown", name=value, near=nearest(value, options))
    try:
        return "hub", hub.download(value, options, report)
    except FtError as error:
        if "/" not in value and error.code in ("models.hub_unknown", "models.hub_unreachable"):
            raise FtError("models.unknown", name=value, near=nearest(value, options)) from error
        raise


def nearest(value: str, options: HubOptions) -> str:
    """The known names that look most like a wrong one: embedded, fetched before, folders beside."""
    known = [*embedded.EMBEDDED, *hub.cached_ids(options.cache_dir)]
    parent = Path(value).expanduser().parent
    if parent.is_dir():
        known += [str(path) for path in parent.iterdir() if _is_model(path)]
    near = difflib.get_close_matches(value, known, n=3, cutoff=0.5)
    return ", ".join(near or list(embedded.EMBEDDED))


def _is_model(path: Path) -> bool:
    return path.suffix.lower() == ".gguf" or (path / "config.json").is_file()


def find_adapter(
    value: str, options: HubOptions, report: Report = SILENT, where: Where | None = None
) -> Path:
    """The local folder of an adapter, fetched from a hub where it is an id.

    Raises:
        FtError: ``models.not_an_adapter``, or what :func:`ftkernel.models.hub.download` raises.
    """
    path = Path(value).expanduser()
    try:
        if not path.is_dir() and hub.looks_like_id(value) and "/" in value:
            path = hub.download(value, options, report)
        if not (path / "adapter_config.json").is_file():
            raise FtError("models.not_an_adapter", path=str(path))
    except FtError as error:
        _place(error, where)
        raise
    return path.resolve()


def _check_code(value: str, path: Path, options: HubOptions, report: Report) -> None:
    """Refuse a model that needs a program of its own, unless the recipe lets it run."""
    try:
        config = json.loads((path / "config.json").read_text(encoding="utf-8"))
        kind, own = str(config.get("model_type", "")), config.get("auto_map")
    except (OSError, ValueError, AttributeError) as error:
        raise FtError("models.no_config", path=str(path)) from error
    if not own:
        return
    from transformers.models.auto.configuration_auto import CONFIG_MAPPING

    if options.trust_remote_code:
        report.warned("models.remote_code_runs", name=value)
    elif kind not in CONFIG_MAPPING:
        raise FtError("models.remote_code", name=value, kind=kind)
