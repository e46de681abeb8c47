"""Whether a recipe's rows come from a hub or from storage: what logins fetching them may need.

Nothing is fetched, and nothing is refused: what cannot be told is left to the worker.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ftkernel.errors import FtError
from ftkernel.recipe import addresses, data_files
from ftkernel.recipe.catalogue import known_set
from ftkernel.recipe.dataset_info import Entry, find_info, read_info
from ftkernel.recipe.finding import ONLINE, REMOTE, base_of, could_be_hub_id
from ftkernel.recipe.narrow import pairs_of
from ftkernel.recipe.source_values import place_of

HUB = "hub"


def places_elsewhere(values: Mapping[str, Any], base: Path) -> frozenset[str]:
    """:data:`HUB` and the schemes of addresses (``s3``) that the rows of a recipe come from."""
    out: set[str] = set()
    given = values["dataset_dir"]
    for key in ("dataset", "eval_dataset"):
        for source in data_files.sources(values[key], base_of(values, base)):
            out |= _of(source, given, base_of(values, base))
    if str(given).startswith((ONLINE, REMOTE)) and (values["dataset"] or values["eval_dataset"]):
        out.add(HUB)
    return frozenset(out)


def _of(source: object, given: object, folder: Path) -> set[str]:
    options = pairs_of(source) or {}
    text = place_of(source)
    if "hub" in options:
        return {HUB}
    if "variable" in options:
        return set()
    if addresses.is_address(text):
        return {addresses.scheme_of(text)}
    if (entry := _entry(text, given, folder)) is not None:
        cloud = entry.places.get("cloud_file_name", "")
        if any(name.endswith("hub_url") for name in entry.places):
            return {HUB}
        return {addresses.scheme_of(cloud)} if cloud else set()
    if (folder / text).exists():
        return set()
    return {HUB} if known_set(text) is not None or could_be_hub_id(text) else set()


def _entry(text: str, given: object, folder: Path) -> Entry | None:
    try:
        path = find_info(folder, is_given=given is not None)
        return read_info(path).entry(text) if path is not None else None
    except FtError:
        return None
