"""All declared keys by name, and the way from what somebody wrote to the key they meant."""

import difflib
from collections.abc import Mapping
from types import MappingProxyType

from ftkernel.recipe.key import Key, Status
from ftkernel.recipe.keys import (
    answering,
    data,
    later_factory,
    later_methods,
    later_transformers,
    method,
    model,
    ours,
    run,
    training,
    translated,
    watching,
)

_TABLES = (
    model, data, method, training, watching, run, answering,
    translated, ours, later_transformers, later_factory, later_methods,
)  # fmt: skip

GROUPS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "model": ("Model", "模型"),
        "data": ("Data", "数据"),
        "method": ("Method", "方法"),
        "schedule": ("Schedule", "训练计划"),
        "optimizer": ("Optimizer", "优化器"),
        "memory": ("Precision and memory", "精度与内存"),
        "evaluation": ("Measuring", "评估"),
        "saving": ("Checkpoints", "检查点"),
        "logging": ("Logging", "日志"),
        "run": ("The run", "运行"),
        "generation": ("Answers", "回答"),
        "export": ("Merging", "合并"),
        "translated": ("Moved", "已转换"),
        "ours": ("Decided by ftkernel", "由 ftkernel 决定"),
        "later": ("Not available yet", "尚未提供"),
    }
)
"""Titles of the groups in the order in which keys are shown, in English and Chinese."""

_MEANT: Mapping[str, str] = MappingProxyType(
    {
        "alpha": "lora_alpha",
        "base_model": "model_name_or_path",
        "dropout": "lora_dropout",
        "gpu": "devices",
        "gpus": "devices",
        "max_seq_len": "cutoff_len",
        "max_seq_length": "cutoff_len",
        "micro_batch_size": "per_device_train_batch_size",
        "modules_to_save": "additional_target",
        "packing_strategy": "packing",
        "r": "lora_rank",
        "rank": "lora_rank",
        "scheduler": "lr_scheduler_type",
        "sequence_len": "cutoff_len",
        "system": "default_system",
        "system_prompt": "default_system",
        "target_modules": "lora_target",
        "train_batch_size": "per_device_train_batch_size",
        "warmup": "warmup_steps",
    }
)
"""What people of other tools write, and no spelling distance would find."""


def _all_keys() -> Mapping[str, Key]:
    out: dict[str, Key] = {}
    for table in _TABLES:
        for key in table.KEYS:
            if key.name in out:
                raise ValueError(f"key {key.name!r} is declared twice")
            out[key.name] = key
    return MappingProxyType(out)


KEYS: Mapping[str, Key] = _all_keys()
"""Every declared key by its canonical name, of every status, in the order of the tables."""

ALIASES: Mapping[str, str] = MappingProxyType(
    {alias: key.name for key in KEYS.values() for alias in key.aliases}
)
"""Canonical name by alias."""


def find(name: str) -> Key | None:
    """The key of a name or alias; hyphens count as underscores."""
    plain = name.strip().replace("-", "_")
    return KEYS.get(ALIASES.get(plain, plain))


def nearest(name: str, *, limit: int = 3) -> list[str]:
    """The names that somebody may have meant, the likeliest first, usable ones before others."""
    plain = name.strip().lower().replace("-", "_").lstrip("$-")
    if plain in _MEANT:
        return [_MEANT[plain]]
    usable = [
        *ALIASES,
        *(k.name for k in KEYS.values() if k.status in ("implemented", "translated")),
    ]
    found = difflib.get_close_matches(plain, usable, n=limit, cutoff=0.7)
    return found or difflib.get_close_matches(plain, list(KEYS), n=1, cutoff=0.8)


def classified() -> dict[str, Status]:
    """The status of every known name."""
    return {key.name: key.status for key in KEYS.values()}


def implemented() -> tuple[Key, ...]:
    """The keys that do something here, in the order of the tables."""
    return tuple(key for key in KEYS.values() if key.status == "implemented")
