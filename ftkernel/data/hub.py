"""Rows from the Hugging Face hub, through ``datasets``: the one place here that uses a network.

``HF_HOME``, ``HF_ENDPOINT`` and the token are the environment's, as everywhere; ``cache_dir`` is
the recipe's.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import cast

from ftkernel.data.rows import Refused, Row
from ftkernel.errors import FtError, Where
from ftkernel.recipe.recipe import Recipe

_SPLIT = "train"


def read_hub(name: str, recipe: Recipe, where: Where) -> Iterator[Row | Refused]:
    """The rows of the ``train`` split of a hub data set; a row's number stands for its line.

    Raises:
        FtError: if the hub cannot be reached, or has no such data set or split.
    """
    if recipe["hub"] == "modelscope":
        raise FtError("data.modelscope_later", where=where, source=name)
    for number, record in enumerate(_load(name, recipe, where), start=1):
        yield Row(dict(record), name, number)


def _load(name: str, recipe: Recipe, where: Where) -> Iterable[Mapping[str, object]]:
    from datasets import load_dataset
    from datasets.exceptions import DatasetNotFoundError

    cache = recipe["cache_dir"]
    try:
        # The annotation leaves open what a single split always is: rows one after another.
        found = load_dataset(name, split=_SPLIT, cache_dir=str(cache) if cache else None)
        return cast("Iterable[Mapping[str, object]]", found)
    except DatasetNotFoundError as error:
        raise FtError("data.hub_missing", where=where, source=name) from error
    except (ConnectionError, TimeoutError) as error:
        raise FtError(
            "data.hub_unreachable", where=where, source=name, problem=_first_line(error)
        ) from error
    except (ValueError, OSError, RuntimeError) as error:
        raise FtError(
            "data.hub_failed", where=where, source=name, problem=_first_line(error)
        ) from error


def _first_line(error: BaseException) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)
