"""What may be refused about a question before a worker is started: its sampling settings.

The worker checks them again; here they are only looked at, so that a slip costs no loading.
"""

from collections.abc import Mapping

from ftkernel.errors import FtError
from ftkernel.recipe.recipe import Recipe
from ftkernel.recipe.registry import KEYS

_KEYS = tuple(
    key.name for key in KEYS.values() if key.group == "generation" and "infer" in key.jobs
)
_OWN = frozenset({*_KEYS, "seed", "stop", "system"})
_LARGEST_SEED = 2**53 - 1
"""Pages write numbers up to here as they are."""


def check_sampling(recipe: Recipe, settings: Mapping[str, object]) -> None:
    """Look at the settings of a question.

    Raises:
        RecipeError: for values that a recipe would refuse.
        FtError: for a setting that there is none of, or a seed that is none.
    """
    if unknown := sorted(set(settings) - _OWN):
        raise FtError("inference.unknown_setting", name=unknown[0], known=", ".join(sorted(_OWN)))
    seed = settings.get("seed", 0)
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed <= _LARGEST_SEED:
        raise FtError("inference.bad_seed", value=str(seed), most=_LARGEST_SEED)
    stop = settings.get("stop", ())
    if not isinstance(stop, str | list | tuple) or not all(isinstance(one, str) for one in stop):
        raise FtError("inference.bad_stop", value=str(stop))
    changes = {name: settings[name] for name in _KEYS if name in settings}
    if changes:
        recipe.with_changes(**changes)
