"""Rows from the Hugging Face hub, through ``datasets``.

``HF_HOME`` and ``HF_ENDPOINT`` are the environment's, as everywhere; ``cache_dir`` and the token
are the recipe's. Images and sounds come as they are stored, path and bytes, and not decoded.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from ftkernel.data.rows import Refused, Row
from ftkernel.data.table_rows import rows_of
from ftkernel.errors import FtError, Where
from ftkernel.recipe.finding import REMOTE, Found
from ftkernel.recipe.recipe import Recipe

SPLIT = "train"
_LISTED = re.compile(r"\[(?P<names>[^\]]*)\]")
_BATCH = 256


def read_hub(found: Found, recipe: Recipe, where: Where) -> Iterator[Row | Refused]:
    """The rows of a hub data set; told by their numbers.

    Raises:
        FtError: if the hub cannot be reached, or has no such data set, subset or split.
    """
    yield from rows_of(_batches(_load(found, recipe, where)), found.shown)


def _load(found: Found, recipe: Recipe, where: Where) -> Any:  # noqa: ANN401 - of datasets
    from datasets import load_dataset
    from datasets.exceptions import DatasetNotFoundError

    cache = recipe["cache_dir"]
    try:
        return load_dataset(
            found.target,
            name=found.subset,
            split=found.split or SPLIT,
            data_dir=found.folder,
            cache_dir=str(cache) if cache else None,
            streaming=bool(recipe["streaming"]),
            token=recipe["hf_hub_token"] or None,
        )
    except DatasetNotFoundError as error:
        raise FtError("data.hub_missing", where=where, source=found.shown) from error
    except (ConnectionError, TimeoutError) as error:
        raise FtError(
            "data.hub_unreachable", where=where, source=found.shown, problem=_first_line(error)
        ) from error
    except (ValueError, OSError, RuntimeError) as error:
        raise _refusal(found, where, error) from error


def _refusal(found: Found, where: Where, error: Exception) -> FtError:
    """What ``datasets`` would not load, with what there is instead where it says so."""
    said = " ".join(str(error).split())
    listed = _LISTED.findall(said)
    names = [name.strip(" '\"") for name in listed[-1].split(",")] if listed else []
    params: dict[str, object] = {"source": found.shown}
    if names and "split" in said.lower():
        params |= {"split": found.split or SPLIT, "splits": names, "first": names[0]}
        return FtError("data.hub_split", where=where, **params)
    if names and "config" in said.lower():
        return FtError("data.hub_subset", where=where, subsets=names, first=names[0], **params)
    return FtError("data.hub_failed", where=where, problem=_first_line(error), **params)


def _batches(dataset: Any) -> Iterable[Any]:  # noqa: ANN401 - of datasets
    """Arrow batches of a data set, whether it lies here or comes as a stream."""
    for table in dataset.with_format("arrow").iter(batch_size=_BATCH):
        yield from table.to_batches()


def fetch_info(recipe: Recipe, where: Where) -> str | None:
    """The ``dataset_info.json`` of a hub data set, where ``dataset_dir`` names one, as a path here.

    Raises:
        FtError: if it cannot be fetched.
    """
    given = str(recipe["dataset_dir"])
    if not given.startswith(REMOTE):
        return None
    from huggingface_hub import hf_hub_download

    from ftkernel.recipe.dataset_info import NAME

    repository = given.removeprefix(REMOTE)
    cache, token = recipe["cache_dir"], recipe["hf_hub_token"] or None
    try:
        return hf_hub_download(
            repository, NAME, repo_type="dataset", cache_dir=cache or None, token=token
        )
    except Exception as error:  # a boundary: whatever the hub's library raises
        raise FtError(
            "data.hub_failed", where=where, source=given, problem=_first_line(error)
        ) from error


def _first_line(error: BaseException) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)
