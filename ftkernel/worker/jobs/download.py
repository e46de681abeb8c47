"""The download job: brings a model into the cache, so that later work finds it there.

What is fetched or converted, and how large it is, is said first; then progress; at the end a
``result`` line with the folder, its bytes and the kind of the model.
"""

from ftkernel.models.source import locate
from ftkernel.recipe.recipe import Recipe
from ftkernel.worker.context import Context


def run(context: Context) -> None:
    """Find the model that the recipe (or the field ``id``) names, fetching what is missing."""
    recipe = context.recipe
    if recipe is None:
        named = {"model_name_or_path": context.job["id"]}
        recipe = Recipe.from_mapping(named, job="infer")
    source = locate(recipe, context.secrets, context)
    size = sum(path.stat().st_size for path in source.path.rglob("*") if path.is_file())
    context.out.send(
        {
            "kind": "result",
            "model": source.name,
            "source": source.kind,
            "path": str(source.path),
            "bytes": size,
        }
    )
