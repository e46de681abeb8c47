"""The recipe that this process looked at last, which a preview without a name means."""

from ftkernel.recipe.recipe import Recipe

_newest: list[Recipe] = []


def note(recipe: Recipe) -> None:
    """Remember a recipe: a run is started with it, or a cell was written with it."""
    _newest[:] = [recipe]


def newest() -> Recipe | None:
    """The recipe that was noted last; ``None`` where there was none yet."""
    return _newest[0] if _newest else None
