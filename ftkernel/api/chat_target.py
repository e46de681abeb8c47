"""Which model a chat is with: what a run has learnt, or any model, with an adapter if wanted."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ftkernel.api import resolve
from ftkernel.api.control import recipe_of
from ftkernel.recipe.key import Job
from ftkernel.recipe.recipe import Recipe
from ftkernel.runs.folder import RunFolder

if TYPE_CHECKING:
    from ftkernel.api.run import Run


@dataclass(frozen=True)
class Target:
    """A model to talk to."""

    key: str
    recipe: Recipe
    folder: RunFolder | None
    fields: Mapping[str, object]
    has_adapter: bool


def target_of(
    model: "Run | str | Path",
    *,
    checkpoint: int | None = None,
    adapter: str | None = None,
    job: Job = "infer",
) -> Target:
    """The model that is meant: a run, ``name@step``, a folder, a GGUF or a hub id.

    Raises:
        FtError: if there is no such model, or the run has no checkpoint yet.
    """
    from ftkernel.api.run import Run

    found: tuple[RunFolder, int | None] | None
    if isinstance(model, Run):
        found = (model.files, None)
    else:
        found = resolve.named_run(str(model)) if adapter is None else None
    if found is None:
        return _plain_target(str(model), adapter, job)
    folder, step = found
    learnt = resolve.learnt(folder, checkpoint if checkpoint is not None else step)
    recipe = recipe_of(folder).with_changes(model_name_or_path=learnt.as_model())
    return Target(
        key=f"{learnt.path}:{_age(learnt.path)}",
        recipe=recipe,
        folder=folder,
        fields={},
        has_adapter=learnt.base is not None,
    )


def _plain_target(model: str, adapter: str | None, job: Job) -> Target:
    from ftkernel.recipe.model_files import inspect_model

    value: object = model if adapter is None else {"base": model, "adapter": adapter}
    inspect_model(model, base=Path.cwd())
    recipe = Recipe.from_mapping({"model_name_or_path": value}, job=job)
    return Target(f"{model}+{adapter}", recipe, None, {}, has_adapter=adapter is not None)


def _age(path: Path) -> int:
    """A result that was written anew under the same name is another model."""
    return path.stat().st_mtime_ns
