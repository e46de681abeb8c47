"""Which model a chat or a merge is about: the base, and what was learnt on top of it.

The recipe says it (``model_name_or_path`` may be ``{base, adapter}``, what an earlier run stands
for), or the job does in ``model``, which wins. What was learnt is an adapter or, after full tuning,
a model of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ftkernel.errors import FtError

if TYPE_CHECKING:
    from ftkernel.recipe.recipe import Recipe


@dataclass(frozen=True)
class Choice:
    """A model to talk to or to merge.

    ``recipe`` names the base, and the adapter where there is one; ``whole`` is the folder of a
    model that was tuned whole, whose base the recipe then names.
    """

    recipe: "Recipe"
    whole: Path | None = None

    @property
    def has_adapter(self) -> bool:
        """Whether there is an adapter on the base."""
        return bool(self.recipe["adapter_name_or_path"])


def chosen_model(recipe: "Recipe", asked: Mapping[str, object] | None = None) -> Choice:
    """What a job is about.

    Args:
        recipe: the run's, or one that names only the model.
        asked: ``{"base": …, "adapter": …}`` of the job.

    Raises:
        FtError: ``inference.no_model`` or ``inference.no_tuned``.
    """
    value = recipe["model_name_or_path"]
    if asked is None:
        asked = (
            value
            if isinstance(value, Mapping)
            else {"base": value, "adapter": recipe["adapter_name_or_path"]}
        )
    base, learnt = asked.get("base"), asked.get("adapter")
    if not base:
        raise FtError("inference.no_model")
    kind = "adapter" if learnt is None else _kind(str(learnt))
    adapter = learnt if kind == "adapter" else None
    changed = recipe.with_changes(model_name_or_path=base, adapter_name_or_path=adapter)
    return Choice(changed, Path(str(learnt)) if kind == "whole" else None)


def _kind(learnt: str) -> Literal["adapter", "whole"]:
    """Whether a folder holds an adapter or a model; what is no folder may be a hub id."""
    folder = Path(learnt).expanduser()
    if not folder.is_dir() and not folder.is_absolute():
        return "adapter"
    if (folder / "adapter_config.json").is_file():
        return "adapter"
    if (folder / "config.json").is_file():
        return "whole"
    raise FtError("inference.no_tuned", path=learnt)
