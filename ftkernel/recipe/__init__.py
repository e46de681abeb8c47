"""What a run is to do, as data: keys, their declarations, and the recipe that is read from them.

The names below are imported when they are first asked for: a package that imports its own modules
keeps two threads from importing them at once (one gets a deadlock error), and a notebook's kernel
gets ready in a thread.
"""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ftkernel.recipe.draft import Note
    from ftkernel.recipe.key import Key
    from ftkernel.recipe.recipe import Recipe

__all__ = ["Key", "Note", "Recipe"]

_WHERE = {"Key": "key", "Note": "draft", "Recipe": "recipe"}


def __getattr__(name: str) -> object:
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_WHERE[name]}"), name)
