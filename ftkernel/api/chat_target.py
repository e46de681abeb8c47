"""Which model a chat is with: what a run has learnt, or any model, with an adapter if wanted."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ftkernel.api import resolve
from ftkernel.api.control import recipe_of
from ftkernel.api.names import run_meant
from ftkernel.errors import FtError
from ftkernel.recipe.key import Job
from ftkernel.recipe.recipe import Recipe
from ftkernel.runs.folder import RunFolder

if TYPE_CHECKING:
    from ftkernel.api.run import Run

_HUB_ID = re.compile(r"[\w-][\w.-]*/[\w-][\w.-]*")


@dataclass(frozen=True)
class Target:
    """A model to talk to, or to merge."""

    key: str
    """The same for the same model only; a result that was written anew is another one."""
    name: str
    recipe: Recipe
    folder: RunFolder | None
    model: Mapping[str, object]
    """The job's ``model``: ``base``, and ``adapter`` for what was learnt (or was tuned whole)."""
    has_adapter: bool
    remarks: tuple[Mapping[str, Any], ...] = ()
    """What a person should know about the choice, as ``code`` and ``params``."""


def target_of(
    model: "Run | str | Path",
    *,
    checkpoint: int | None = None,
    adapter: str | None = None,
    job: Job = "infer",
) -> Target:
    """The model that is meant: a run, ``name@step``, a folder, a GGUF or a hub id.

    Raises:
        FtError: if there is no such model or adapter, the run has no checkpoint yet, or an adapter
            is wanted on top of the run's own.
    """
    from ftkernel.api.run import Run

    if isinstance(model, str) and not model.strip():
        raise FtError("api.no_model_named")
    found: tuple[RunFolder, int | None] | None
    found = (model.files, None) if isinstance(model, Run) else resolve.named_run(str(model))
    if found is None:
        return _plain_target(str(model), adapter, job)
    folder, step = found
    target = _run_target(folder, checkpoint if checkpoint is not None else step)
    return target if adapter is None else _with_adapter(target, adapter, job)


def _run_target(folder: RunFolder, step: int | None) -> Target:
    learnt = resolve.learnt(folder, step)
    return Target(
        key=f"{learnt.path}:{learnt.path.stat().st_mtime_ns}",
        name=folder.name,
        recipe=recipe_of(folder),
        folder=folder,
        model={
            "base": learnt.base,
            "adapter": str(learnt.path),
            "checkpoint": learnt.path.name,
        },
        has_adapter=not learnt.whole,
        remarks=learnt.remarks,
    )


def _with_adapter(target: Target, adapter: str, job: Job) -> Target:
    """An adapter on top of a run, which can only be one that tuned the whole model."""
    if target.has_adapter:
        base = target.model["base"]
        raise FtError("api.adapter_on_run", run=target.name, adapter=adapter, base=base)
    made = _plain_target(str(target.model["adapter"]), adapter, job)
    return replace(made, name=target.name, remarks=(*target.remarks, *made.remarks))


def _plain_target(model: str, adapter: str | None, job: Job) -> Target:
    from ftkernel.recipe.model_files import inspect_model

    files = inspect_model(model, base=Path.cwd())
    if files.kind == "hub" and "/" not in model and adapter is None:
        run_meant(model)  # raises: a bare name means a run, and there is none
    path, remarks = resolve.adapter_path(adapter) if adapter is not None else (None, ())
    if path is not None and path == adapter:  # what a run has learnt is checked where it is read
        _check_adapter(path)
    keys = {"model_name_or_path": model, "adapter_name_or_path": path}
    recipe = Recipe.from_mapping({k: v for k, v in keys.items() if v is not None}, job=job)
    return Target(
        key=f"{model}+{path}",
        name=model,
        recipe=recipe,
        folder=None,
        model={"base": model, "adapter": path},
        has_adapter=path is not None,
        remarks=remarks,
    )


def _check_adapter(text: str) -> None:
    """Refuse at once what the worker would refuse: nothing here, and no id of a hub."""
    path = Path(text).expanduser()
    if (path / "adapter_config.json").is_file():
        return
    if path.exists() or not _HUB_ID.fullmatch(text):
        raise FtError("models.not_an_adapter", path=str(path))
