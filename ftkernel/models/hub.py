"""Models from a hub: only the files needed, their size said first, kept in the hub's own cache.

The Hugging Face hub or a mirror of it (``HF_ENDPOINT``), its cache (``HF_HOME``, ``cache_dir``),
and ModelScope through its own package. Every way in which a hub can fail has its own error;
without a network a model that is in the cache is used.
"""

import importlib.util
import logging
import os
import re
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ftkernel.errors import FtError
from ftkernel.models.report import SILENT, Report

if TYPE_CHECKING:
    from huggingface_hub import HfApi
    from huggingface_hub.hf_api import ModelInfo
    from tqdm.std import tqdm

_ID = re.compile(r"[A-Za-z0-9][\w.-]*(/[A-Za-z0-9][\w.-]*)?")
_WEIGHTS = re.compile(r"(adapter_)?model(-\d+-of-\d+)?\.safetensors")
_PICKLES = re.compile(r"pytorch_model(-\d+-of-\d+)?\.bin|adapter_model\.bin")
_BESIDE = re.compile(r".*\.(json|jinja|txt|model|tiktoken)|LICEN[CS]E.*|README\.md")
_TIMEOUT = 15
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class HubOptions:
    """How a hub is asked, as the recipe's keys of the same names say."""

    hub: str = "huggingface"
    revision: str = "main"
    cache_dir: str | None = None
    trust_remote_code: bool = False
    token: str | None = field(default=None, repr=False)


def looks_like_id(text: str) -> bool:
    """Whether a text could name a model on a hub: ``owner/name``, or one old-style word."""
    return _ID.fullmatch(text) is not None and ".." not in text


def download(model_id: str, options: HubOptions, report: Report = SILENT) -> Path:
    """The local folder of a model on a hub, fetched if it is not there yet.

    Raises:
        FtError: naming what is wrong with the hub, the model, the token or the disk.
    """
    if options.hub == "modelscope":
        return _from_modelscope(model_id, options, report)
    from huggingface_hub import HfApi
    from huggingface_hub import errors as hub_errors

    # A mirror is read here rather than left to the library, which reads it only when it is
    # imported.
    api = HfApi(endpoint=os.environ.get("HF_ENDPOINT"), token=options.token)
    try:
        info = api.model_info(
            model_id, revision=options.revision, files_metadata=True, timeout=_TIMEOUT
        )
        return _fetch(api, info, model_id, options, report)
    except hub_errors.GatedRepoError as error:
        raise FtError("models.hub_gated", name=model_id, host=api.endpoint) from error
    except hub_errors.RepositoryNotFoundError as error:
        raise FtError("models.hub_unknown", name=model_id, host=api.endpoint) from error
    except hub_errors.RevisionNotFoundError as error:
        raise FtError("models.hub_no_revision", name=model_id, revision=options.revision) from error
    except (hub_errors.HTTPError, ConnectionError, TimeoutError) as error:
        if cached := _from_cache(model_id, options):
            report.adjusted("models.hub_offline_cached", name=model_id)
            return cached
        _log.info("the hub did not answer", exc_info=error)
        raise FtError(
            "models.hub_unreachable", name=model_id, host=api.endpoint, reason=_reason(error)
        ) from error


def _fetch(
    api: "HfApi", info: "ModelInfo", model_id: str, options: HubOptions, report: Report
) -> Path:
    from huggingface_hub import hf_hub_download

    sizes = {sibling.rfilename: sibling.size or 0 for sibling in info.siblings or ()}
    names = needed_files(sizes, code=options.trust_remote_code)
    if not any(_WEIGHTS.fullmatch(name) or _PICKLES.fullmatch(name) for name in names):
        raise FtError("models.hub_no_weights", name=model_id, files=sorted(sizes)[:12])
    absent = [name for name in names if not _is_cached(model_id, name, info.sha, options)]
    total = sum(sizes[name] for name in absent)
    at_commit = replace(options, revision=info.sha or options.revision)
    if not absent and (folder := _from_cache(model_id, at_commit)):
        return folder
    if absent:
        _check_disk(total, options)
        size = max(1, round(total / 1e6))
        report.adjusted("models.downloading", name=model_id, megabytes=size, host=api.endpoint)
        report.progress("loading_model", 0, total, "bytes")
    bar = _bar_class(total, report)
    folder = Path()
    for name in names:
        path = hf_hub_download(
            model_id,
            name,
            revision=options.revision,
            cache_dir=options.cache_dir,
            token=options.token,
            endpoint=api.endpoint,
            tqdm_class=bar,
        )
        folder = Path(path).parent
    return folder


def _is_cached(model_id: str, name: str, revision: str | None, options: HubOptions) -> bool:
    from huggingface_hub import try_to_load_from_cache

    found = try_to_load_from_cache(model_id, name, cache_dir=options.cache_dir, revision=revision)
    return isinstance(found, str)


def needed_files(names: Iterable[str], *, code: bool = False) -> list[str]:
    """The files that loading needs: one form of the weights, and what lies beside them."""
    outer = sorted(name for name in names if "/" not in name)
    weights = [name for name in outer if _WEIGHTS.fullmatch(name)]
    if not weights:
        weights = [name for name in outer if _PICKLES.fullmatch(name)]
    beside = [name for name in outer if _BESIDE.fullmatch(name)]
    if any(name.endswith(".safetensors") for name in weights):
        beside = [name for name in beside if not name.startswith("pytorch_model")]
    programs = [name for name in outer if code and name.endswith(".py")]
    return [*beside, *programs, *weights]


def _check_disk(needed: int, options: HubOptions) -> None:
    from huggingface_hub import constants

    folder = Path(options.cache_dir or constants.HF_HUB_CACHE).expanduser()
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise FtError(
            "models.disk_full",
            path=str(folder),
            needed=round(needed / 1e6),
            free=round(free / 1e6),
        )


def _bar_class(total: int, report: Report) -> "type[tqdm]":
    """A progress bar that shows nothing and tells ``report`` how many bytes have come."""
    from tqdm.std import tqdm

    class Bytes(tqdm):
        done = 0

        def __init__(self, *args: Any, **options: Any) -> None:  # noqa: ANN401 - tqdm's own
            super().__init__(*args, **{**options, "disable": True})

        def update(self, n: float | None = 1) -> None:
            before, Bytes.done = Bytes.done, min(total, Bytes.done + int(n or 0))
            # Once a percent is enough for a person.
            if Bytes.done * 100 // max(1, total) != before * 100 // max(1, total):
                report.progress("loading_model", Bytes.done, total, "bytes")

    return Bytes


def _from_cache(model_id: str, options: HubOptions) -> Path | None:
    """The folder of a model that was fetched before, if its config and weights are there."""
    from huggingface_hub import try_to_load_from_cache

    for name in ("config.json", "adapter_config.json"):
        found = try_to_load_from_cache(
            model_id, name, cache_dir=options.cache_dir, revision=options.revision
        )
        if isinstance(found, str):
            folder = Path(found).parent
            names = [path.name for path in folder.iterdir()]
            if any(_WEIGHTS.fullmatch(name) or _PICKLES.fullmatch(name) for name in names):
                return folder
    return None


def cached_ids(cache_dir: str | None = None) -> list[str]:
    """The ids of the models in the hub's cache, for a name that nothing fits."""
    from huggingface_hub import constants

    folder = Path(cache_dir or constants.HF_HUB_CACHE).expanduser()
    if not folder.is_dir():
        return []
    found = [path.name for path in folder.glob("models--*")]
    return sorted(name.removeprefix("models--").replace("--", "/") for name in found)


def _from_modelscope(model_id: str, options: HubOptions, report: Report) -> Path:
    if importlib.util.find_spec("modelscope") is None:
        raise FtError("models.modelscope_missing")
    from modelscope import (  # pyright: ignore[reportMissingImports]
        snapshot_download,
    )

    report.adjusted("models.downloading_unsized", name=model_id, host="modelscope.cn")
    try:
        folder = snapshot_download(
            model_id,
            revision=None if options.revision == "main" else options.revision,
            cache_dir=options.cache_dir,
            token=options.token,
            ignore_file_pattern=[] if options.trust_remote_code else [r".*\.py"],
        )
    except (OSError, ValueError, RuntimeError) as error:
        raise FtError(
            "models.hub_unreachable", name=model_id, host="modelscope.cn", reason=_reason(error)
        ) from error
    return Path(folder)


def _reason(error: BaseException) -> str:
    """Why there was no answer, in a few words."""
    from huggingface_hub.errors import OfflineModeIsEnabled

    if isinstance(error, OfflineModeIsEnabled):
        return "HF_HUB_OFFLINE is set"
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0][:80]}" if lines else type(error).__name__
