"""What a run is to do, as data: keys, their declarations, and the recipe that is read from them."""

from ftkernel.recipe.draft import Note
from ftkernel.recipe.key import Key
from ftkernel.recipe.recipe import Recipe

__all__ = ["Key", "Note", "Recipe"]
