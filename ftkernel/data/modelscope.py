"""Rows from ModelScope, through its own client, which is an extra (``ftkernel[modelscope]``)."""

import importlib.util
from collections.abc import Iterator, Mapping
from typing import Any

from ftkernel.data.hub import SPLIT
from ftkernel.data.rows import Refused, Row, RowNumber
from ftkernel.errors import FtError, Where
from ftkernel.recipe.finding import Found
from ftkernel.recipe.recipe import Recipe


def read_modelscope(found: Found, recipe: Recipe, where: Where) -> Iterator[Row | Refused]:
    """The rows of a data set; told by their numbers.

    Raises:
        FtError: if the client is not installed, or cannot load the data set.
    """
    if importlib.util.find_spec("modelscope") is None:
        raise FtError("data.modelscope_missing", where=where, source=found.shown)
    for number, record in enumerate(_load(found, recipe, where), start=1):
        yield Row(dict(record), found.shown, RowNumber(number))


def _load(found: Found, recipe: Recipe, where: Where) -> Any:  # noqa: ANN401 - rows of its own kind
    from modelscope import MsDataset  # pyright: ignore

    options: Mapping[str, object] = {
        "subset_name": found.subset,
        "data_dir": found.folder,
        "cache_dir": recipe["cache_dir"],
        "token": recipe["ms_hub_token"],
    }
    try:
        loaded = MsDataset.load(
            found.target,
            split=found.split or SPLIT,
            use_streaming=bool(recipe["streaming"]),
            **{name: value for name, value in options.items() if value is not None},
        )
        return loaded.to_hf_dataset() if isinstance(loaded, MsDataset) else loaded
    except Exception as error:  # a boundary: whatever the client raises
        problem = next(iter(str(error).splitlines()), type(error).__name__)
        raise FtError(
            "data.hub_failed", where=where, source=found.shown, problem=problem
        ) from error
