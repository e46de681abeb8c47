"""The text of a recipe file, and why there is none."""

from pathlib import Path

from ftkernel.errors import FtError, RecipeError

ENDINGS = (".yaml", ".yml", ".json")
"""How the name of a recipe file ends."""


def read_recipe_file(path: Path) -> str:
    """The text of a recipe file, as YAML.

    Raises:
        RecipeError: if there is no such file, it cannot be read, or it is no text.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise RecipeError([FtError("recipe.file_not_text", path=str(path))]) from None
    except FileNotFoundError:
        raise RecipeError([FtError("recipe.file_missing", path=str(path))]) from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        problem = FtError("recipe.file_unreadable", path=str(path), reason=reason)
        raise RecipeError([problem]) from None
    # YAML allows no tab where JSON writers like them.
    return text.replace("\t", "  ") if path.suffix == ".json" else text
