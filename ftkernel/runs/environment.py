"""The environment of a worker, complete before it starts, since torch reads it at import.

Whatever looks like a secret is taken out, save the tokens that this job needs. What the user set
himself (thread counts, trackers named in the recipe, allocator settings) stays.
"""

import os
import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Protocol, cast

from ftkernel.machine import Machine
from ftkernel.recipe.elsewhere import HUB, places_elsewhere
from ftkernel.runs.secret_looks import looks_secret

_KERNEL_ONLY = frozenset(
    {"JPY_PARENT_PID", "JPY_SESSION_NAME", "MPLBACKEND", "PYTHONSTARTUP", "PYTHONINSPECT"}
)

_TRACKER_KEYS = {
    "wandb": ("WANDB_API_KEY",),
    "swanlab": ("SWANLAB_API_KEY",),
    "comet_ml": ("COMET_API_KEY",),
    "neptune": ("NEPTUNE_API_TOKEN",),
    "mlflow": ("MLFLOW_TRACKING_TOKEN", "MLFLOW_TRACKING_PASSWORD", "MLFLOW_TRACKING_URI"),
    "clearml": ("CLEARML_API_SECRET_KEY", "CLEARML_API_ACCESS_KEY"),
    "trackio": ("HF_TOKEN",),
}
_HUB_KEYS = {
    "huggingface": ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"),
    "modelscope": ("MODELSCOPE_API_TOKEN",),
}
_AWS = (
    "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN", "FSSPEC_S3_KEY", "FSSPEC_S3_SECRET", "FSSPEC_S3_TOKEN",
)  # fmt: skip
_GOOGLE = ("GOOGLE_APPLICATION_CREDENTIALS", "FSSPEC_GS_TOKEN", "FSSPEC_GCS_TOKEN")
_AZURE = (
    "AZURE_STORAGE_ACCOUNT_KEY", "AZURE_STORAGE_CONNECTION_STRING", "AZURE_STORAGE_SAS_TOKEN",
    "AZURE_STORAGE_CLIENT_SECRET",
)  # fmt: skip
_STORAGE_KEYS = {
    "s3": _AWS, "s3a": _AWS, "gs": _GOOGLE, "gcs": _GOOGLE, "az": _AZURE, "abfs": _AZURE,
    "abfss": _AZURE, "hf": _HUB_KEYS["huggingface"],
    "oss": ("OSS_ACCESS_KEY_ID", "OSS_ACCESS_KEY_SECRET", "OSS_SECURITY_TOKEN"),
}  # fmt: skip
"""The variables that the clients of storage read, by the scheme of the address."""

HUB_TOKENS = frozenset(name for names in _HUB_KEYS.values() for name in names)
"""The variables that hold a hub's token; libraries read them when they ask the hub, not before."""
_HUB_ID = re.compile(r"[\w.-]+/[\w.-]+")

_ROOM_FOR_A_GREEDY_ALLOCATOR = 4 << 30
"""Bytes of memory from which glibc may keep freed blocks: faster, for 5 to 30% more memory."""


class Values(Protocol):
    """What is needed of a recipe: its values by canonical name."""

    def __getitem__(self, name: str, /) -> object:
        """The value of a key.

        Raises:
            KeyError: if there is no such key.
        """
        ...


def worker_environment(
    recipe: Values | None,
    machine: Machine,
    secrets: Mapping[str, str] | None = None,
    base: Mapping[str, str] | None = None,
    *,
    platform: str = sys.platform,
) -> dict[str, str]:
    """The whole environment of a worker.

    Args:
        recipe: what the job is to do; ``None`` for jobs without one.
        machine: its processors and memory decide threads and allocator.
        secrets: those given in the recipe. They travel in the job; none of them gets in here.
        base: the environment to start from; by default this process's.
        platform: as ``sys.platform``.
    """
    base = os.environ if base is None else base
    hidden = frozenset((secrets or {}).values())
    env = without_secrets(base, needed_tokens(recipe), hidden)
    threads = str(machine.threads())
    defaults = {
        "OMP_WAIT_POLICY": "PASSIVE",  # threads that spin on few cores cost a factor of 20
        "OMP_NUM_THREADS": threads,
        "MKL_NUM_THREADS": threads,
        "OPENBLAS_NUM_THREADS": threads,
        "RAYON_NUM_THREADS": threads,
        "CUDA_DEVICE_ORDER": "PCI_BUS_ID",  # the numbers of nvidia-smi, which ``devices`` means
        "TRANSFORMERS_VERBOSITY": "warning",
    }
    if platform == "linux" and machine.memory_total >= _ROOM_FOR_A_GREEDY_ALLOCATOR:
        defaults |= {"MALLOC_MMAP_MAX_": "0", "MALLOC_TRIM_THRESHOLD_": str(64 << 30)}
    for name, value in defaults.items():
        env.setdefault(name, value)
    env |= {
        "TQDM_DISABLE": "1",
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
        "HF_DATASETS_DISABLE_PROGRESS_BARS": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "TOKENIZERS_PARALLELISM": "false",
        "MPLBACKEND": "Agg",
        "PYTHONIOENCODING": "utf-8:backslashreplace",
        "PYTHONUNBUFFERED": "1",
    }
    if "wandb" not in _trackers(recipe):
        env["WANDB_MODE"] = "disabled"
    if (visible := _visible_gpus(recipe, env.get("CUDA_VISIBLE_DEVICES"))) is not None:
        env["CUDA_VISIBLE_DEVICES"] = visible
    return env


def without_secrets(
    base: Mapping[str, str], needed: Iterable[str] = (), hidden: Iterable[str] = ()
) -> dict[str, str]:
    """``base`` without what looks like a secret or holds a hidden value, save the needed names."""
    kept, values = frozenset(needed), frozenset(value for value in hidden if value)
    return {
        name: value
        for name, value in base.items()
        if name in kept
        or not (
            name.upper() in _KERNEL_ONLY
            or looks_secret(name, value)
            or any(v in value for v in values)
        )
    }


def needed_tokens(recipe: Values | None) -> frozenset[str]:
    """The names of the tokens this job may use: of its hub, its storage, the trackers it names."""
    names: set[str] = set()
    if _uses_hub(recipe):
        names.update(_HUB_KEYS.get(str(_value(recipe, "hub") or "huggingface"), ()))
    for place in _rows_elsewhere(recipe):
        names.update(_STORAGE_KEYS.get(place, ()))
    for tracker in _trackers(recipe):
        names.update(_TRACKER_KEYS.get(tracker, ()))
    return frozenset(names)


def _uses_hub(recipe: Values | None) -> bool:
    """Whether model or rows seem to come from a hub: ``owner/name`` that is no path here."""
    names = [_value(recipe, name) for name in ("model_name_or_path", "adapter_name_or_path")]
    if bool(_value(recipe, "push_to_hub")) or any(_is_hub_id(name) for name in names):
        return True
    return HUB in _rows_elsewhere(recipe)


def _rows_elsewhere(recipe: Values | None) -> frozenset[str]:
    """The hub, and schemes of addresses, that the recipe's rows come from."""
    names = ("dataset", "eval_dataset", "dataset_dir")
    return places_elsewhere({name: _value(recipe, name) for name in names}, Path())


def _is_hub_id(source: object) -> bool:
    if isinstance(source, list | tuple):
        return any(_is_hub_id(entry) for entry in cast("list[object]", source))
    if isinstance(source, dict):
        entries = cast("dict[str, object]", source)
        return any(_is_hub_id(entry) for entry in entries.values())
    if not isinstance(source, str):
        return False
    parts = [part.strip() for part in source.split(",")]
    return any(_HUB_ID.fullmatch(part) is not None and not Path(part).exists() for part in parts)


def _trackers(recipe: Values | None) -> frozenset[str]:
    value = _value(recipe, "report_to")
    if isinstance(value, str):
        return frozenset(part.strip() for part in value.split(","))
    if isinstance(value, list | tuple):
        return frozenset(str(entry) for entry in cast("list[object]", value))
    return frozenset()


def _visible_gpus(recipe: Values | None, present: str | None) -> str | None:
    """``CUDA_VISIBLE_DEVICES`` for ``devices``, counted within what is visible already."""
    value = _value(recipe, "devices")
    if value is None or value == "auto":
        return None
    entries = (
        cast("list[object]", value) if isinstance(value, list | tuple) else str(value).split(",")
    )
    wanted = [str(entry).strip() for entry in entries if str(entry).strip()]
    if wanted == ["cpu"]:
        return ""
    before = [entry.strip() for entry in present.split(",")] if present else []
    chosen = [entry.removeprefix("cuda:") for entry in wanted]
    return ",".join(
        before[int(entry)] if entry.isdigit() and int(entry) < len(before) else entry
        for entry in chosen
    )


def _value(recipe: Values | None, name: str) -> Any:  # noqa: ANN401 - values of a recipe
    if recipe is None:
        return None
    try:
        return recipe[name]
    except KeyError:
        return None
