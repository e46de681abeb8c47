"""LoRA adapters: put on a model for training, or loaded from a folder; PEFT does the work.

What PEFT would leave to chance is decided here: ``all`` means every linear layer but the head,
counted; a name that fits nothing is an error that lists what there is; adapters of a
half-precision model keep float32 masters (:mod:`ftkernel.models.compute_copies`).
"""

import json
import pickle
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, cast

from ftkernel.errors import FtError, Where
from ftkernel.models.compute_copies import compute_in_model_type
from ftkernel.models.report import SILENT, Report
from ftkernel.models.source import ModelSource
from ftkernel.recipe.recipe import Recipe

if TYPE_CHECKING:
    import torch
    from peft import PeftModel
    from transformers import PreTrainedModel


def attach(
    model: "PreTrainedModel",
    recipe: Recipe,
    report: Report = SILENT,
    *,
    adapter: Path | None = None,
) -> "PeftModel":
    """Put a trainable adapter on a model, as the recipe says, or go on with a given one.

    Args:
        model: a ``PreTrainedModel``.
        recipe: ``finetuning_type`` is ``lora``.
        report: hears what was decided.
        adapter: the folder of an adapter to start from.

    Returns:
        The ``PeftModel``; only the adapter trains.
    """
    from peft import LoraConfig, get_peft_model

    if adapter is not None:
        report.adjusted("models.adapter_continued", path=str(adapter))
        return load_adapter(model, adapter, trainable=True)
    targets = lora_targets(model, _names(recipe["lora_target"]), recipe.where("lora_target"))
    saved = _extra_targets(model, _names(recipe["additional_target"]), recipe)
    config = LoraConfig(
        task_type="CAUSAL_LM",
        r=recipe["lora_rank"],
        lora_alpha=recipe["lora_alpha"],
        lora_dropout=recipe["lora_dropout"],
        use_rslora=recipe["use_rslora"],
        target_modules=targets,
        modules_to_save=saved or None,
        ensure_weight_tying=bool(saved) and _ties(model, saved),
    )
    dtype = model.dtype
    wrapped = get_peft_model(model, config)
    if _is_half(dtype):
        compute_in_model_type(wrapped, dtype)
    return wrapped


def check_targets(source: ModelSource, recipe: Recipe) -> None:
    """Refuse module names that the model does not have, told from its config without a weight.

    Raises:
        FtError: ``models.target_unknown``, listing the names there are; ``models.unloadable``.
    """
    names = _names(recipe["lora_target"])
    extra = _names(recipe["additional_target"])
    if recipe["finetuning_type"] != "lora" or source.adapter is not None:
        return
    if "all" in names and not extra:
        return
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    trust = bool(recipe["trust_remote_code"])
    try:
        config = AutoConfig.from_pretrained(
            source.path, local_files_only=True, trust_remote_code=trust
        )
        with torch.device("meta"):
            model = AutoModelForCausalLM.from_config(config, trust_remote_code=trust)
    except (OSError, ValueError, KeyError, ImportError, RuntimeError) as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise FtError("models.unloadable", model=source.name, reason=reason) from error
    lora_targets(model, names, recipe.where("lora_target"))
    _extra_targets(model, extra, recipe)


def load_adapter(model: "PreTrainedModel", path: Path, *, trainable: bool = False) -> "PeftModel":
    """Put the adapter from a folder on a model.

    Raises:
        FtError: ``models.not_an_adapter``, ``models.adapter_kind``, ``models.adapter_misfit`` or
            ``models.pickle_unsafe``.
    """
    from peft import PeftModel

    _check_kind(path)
    dtype = model.dtype
    try:
        wrapped = PeftModel.from_pretrained(model, path, is_trainable=trainable)
    except pickle.UnpicklingError:
        # Without PyTorch's own words, which tell how to run such a file all the same.
        raise FtError("models.pickle_unsafe", path=str(path)) from None
    except (OSError, ValueError, RuntimeError, KeyError, TypeError) as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise FtError("models.adapter_misfit", path=str(path), reason=reason) from error
    _check_fit(wrapped, path)
    if _is_half(dtype):
        compute_in_model_type(wrapped, dtype)
    return wrapped


def _check_kind(path: Path) -> None:
    file = path / "adapter_config.json"
    if not file.is_file():
        raise FtError("models.not_an_adapter", path=str(path))
    try:
        kind = json.loads(file.read_text(encoding="utf-8"))["peft_type"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise FtError("models.adapter_misfit", path=str(path), reason=file.name) from error
    if kind != "LORA":
        raise FtError("models.adapter_kind", path=str(path), kind=str(kind))


def _check_fit(wrapped: "PeftModel", path: Path) -> None:
    """Refuse an adapter whose weights do not all have a place; PEFT would leave them out."""
    from peft import get_peft_model_state_dict
    from safetensors import safe_open

    file = path / "adapter_model.safetensors"
    if not file.is_file():
        return
    with safe_open(file, framework="pt") as opened:
        stored = {name for name in opened.keys() if "lora_" in name}  # noqa: SIM118 - no mapping
    placed = {name for name in get_peft_model_state_dict(wrapped) if "lora_" in name}
    if odd := stored ^ placed:
        reason = f"{len(odd)} of its {len(stored)} weights have no counterpart, such as {min(odd)}"
        raise FtError("models.adapter_misfit", path=str(path), reason=reason)


def lora_targets(
    model: "PreTrainedModel", names: list[str], where: Where | None = None
) -> list[str]:
    """The names of the modules that get an adapter; ``all`` for every linear layer but the head.

    Raises:
        FtError: ``models.target_unknown``, listing the names there are.
    """
    linear = _linear_names(model)
    if "all" not in names:
        leaves = sorted({name.rsplit(".", 1)[-1] for name in linear})
        for name in names:
            if not any(_matches(full, name) for full in linear):
                raise FtError(
                    "models.target_unknown", where=where, name=name, known=", ".join(leaves)
                )
        return names
    leaves = sorted({name.rsplit(".", 1)[-1] for name in linear})
    everything = {name for name, _ in model.named_modules()}
    hit = {name for name in everything if any(_matches(name, leaf) for leaf in leaves)}
    return leaves if hit == set(linear) else linear


def _linear_names(model: "PreTrainedModel") -> list[str]:
    """The full names of all linear layers but the head."""
    from torch import nn
    from transformers.pytorch_utils import Conv1D

    head = model.get_output_embeddings()
    return [
        name
        for name, module in model.named_modules()
        if isinstance(module, nn.Linear | Conv1D) and module is not head
    ]


def _extra_targets(model: "PreTrainedModel", names: list[str], recipe: Recipe) -> list[str]:
    """The modules that train in full beside the adapter; each must hold weights of its own."""
    holders = {
        full
        for full, module in model.named_modules()
        if full and any(True for _ in module.parameters(recurse=False))
    }
    for name in names:
        if not any(_matches(full, name) for full in holders):
            raise FtError(
                "models.target_unknown",
                where=recipe.where("additional_target"),
                name=name,
                known=", ".join(sorted({full.rsplit(".", 1)[-1] for full in holders})),
            )
    return names


def _ties(model: "PreTrainedModel", saved: list[str]) -> bool:
    """Whether head and embedding share weights and one of them trains: then both must."""
    if not getattr(model.config, "tie_word_embeddings", False):
        return False
    shared = {id(model.get_input_embeddings()), id(model.get_output_embeddings())}
    return any(
        id(module) in shared
        for full, module in model.named_modules()
        if any(_matches(full, name) for name in saved)
    )


def _matches(full: str, name: str) -> bool:
    return full == name or full.endswith(f".{name}")


def _names(value: object) -> list[str]:
    """A list of names from a list, or from one string with commas."""
    if value is None:
        return []
    parts = value.split(",") if isinstance(value, str) else cast("Iterable[object]", value)
    return [str(part).strip() for part in parts if str(part).strip()]


def _is_half(dtype: "torch.dtype") -> bool:
    import torch

    return dtype in (torch.bfloat16, torch.float16)
