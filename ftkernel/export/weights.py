"""The weights of a merge: what can be merged at all, the merging in float32, and the files.

PEFT folds the adapter in; what it leaves open is decided here: refusals, heads tied to embeddings,
numbers that the target type can not hold, and which files beside the weights belong to a model.
"""

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ftkernel.errors import FtError
from ftkernel.models.report import SILENT, Report
from ftkernel.runs.failpoints import failpoint

if TYPE_CHECKING:
    import torch

Model = Any
"""A ``PreTrainedModel``, or the ``PeftModel`` around one: the two have no common type."""

# Adapters that change what goes into the layers, or mix several at run time: there is nothing to
# fold.
_NOT_MERGEABLE = frozenset(
    {
        "PROMPT_TUNING", "MULTITASK_PROMPT_TUNING", "P_TUNING", "PREFIX_TUNING",
        "ADAPTION_PROMPT", "CPT", "XLORA", "POLY", "CARTRIDGE",
    }
)  # fmt: skip

_TOKENIZER_FILES = (
    "tokenizer*", "special_tokens_map.json", "added_tokens.json", "vocab.*", "merges.txt",
    "spiece.model", "sentencepiece*", "*.tiktoken", "chat_template*", "additional_chat_templates",
)  # fmt: skip
_LICENCE_FILES = ("LICENSE*", "LICENCE*", "NOTICE*", "COPYING*")


def check_adapter(folder: Path) -> dict[str, Any]:
    """The adapter's config, if it can be merged.

    Raises:
        FtError: ``export.adapter_unreadable``, ``export.not_mergeable`` or
            ``export.layer_replication``.
    """
    try:
        config = json.loads((folder / "adapter_config.json").read_bytes())
    except (OSError, ValueError) as error:
        reason = str(error).splitlines()[0]
        raise FtError("export.adapter_unreadable", path=str(folder), reason=reason) from error
    if config.get("peft_type") in _NOT_MERGEABLE:
        raise FtError("export.not_mergeable", kind=config["peft_type"])
    if config.get("layer_replication"):
        raise FtError("export.layer_replication")
    return config


def check_base(folder: Path, name: str) -> None:
    """Refuse a base whose weights are quantized.

    Raises:
        FtError: ``export.quantized_base``.
    """
    try:
        config = json.loads((folder / "config.json").read_bytes())
    except (OSError, ValueError):  # loading says more about it than could be said here
        return
    if quantization := config.get("quantization_config"):
        method = str(quantization.get("quant_method", "?"))
        raise FtError("export.quantized_base", model=name, method=method)


def fold(adapted: Model, report: Report = SILENT) -> Model:
    """Merge the adapter of a float32 ``PeftModel`` into its base and return the base.

    A head that shares its weights with the embedding is parted from it first where an adapter
    changes one of them, since merging into shared weights would change both.
    """
    base = adapted.get_base_model()
    was_tied = _part_adapted(base)
    merged = adapted.merge_and_unload()
    _settle_tie(merged, was_tied, report)
    return merged


def check_numbers(model: Model, dtype: str) -> None:
    """Refuse weights that are no numbers, or that the target type can not hold.

    Raises:
        FtError: ``export.broken_weights`` or ``export.overflow``.
    """
    import torch

    limit = torch.finfo(getattr(torch, dtype)).max
    for name, weight in model.named_parameters():
        if weight.numel() == 0:
            continue
        largest = float(weight.detach().abs().max())
        if not largest < float("inf"):
            raise FtError("export.broken_weights", name=name)
        if largest > limit:
            raise FtError("export.overflow", name=name, largest=largest, dtype=dtype)


def save_weights(model: Model, folder: Path, dtype: str, gigabytes: int) -> None:
    """Write a model in a type as safetensors shards with its config.

    Raises:
        OSError: if the disk is full or fails otherwise.
    """
    import torch
    from safetensors import SafetensorError
    from transformers import GenerationConfig

    model.to(getattr(torch, dtype))
    model.config.dtype = getattr(torch, dtype)
    # transformers refuses to save a config that it finds inconsistent, as many published ones are;
    # the base's own file is copied instead.
    model.generation_config = GenerationConfig()
    try:
        model.save_pretrained(folder, max_shard_size=f"{gigabytes}GB")
    except SafetensorError as error:
        raise _as_os_error(error) from error
    failpoint("merge.middle")


def copy_companions(sources: list[Path], folder: Path, *, code: bool) -> None:
    """Copy what belongs beside the weights: tokenizer, template, licence.

    Args:
        sources: folders to look in, the result before the base; the first tokenizer counts.
        folder: where to.
        code: whether the model's own Python files go along (``trust_remote_code``).
    """
    source = next((place for place in sources if (place / "tokenizer_config.json").is_file()), None)
    for pattern in _TOKENIZER_FILES if source else ():
        for path in sorted(source.glob(pattern)):  # pyright: ignore[reportOptionalMemberAccess]
            if path.is_dir():
                shutil.copytree(path, folder / path.name, dirs_exist_ok=True)
            else:
                shutil.copyfile(path, folder / path.name)
    for pattern in (*_LICENCE_FILES, *(("*.py",) if code else ())):
        for path in sorted(sources[-1].glob(pattern)):
            if path.is_file():
                shutil.copyfile(path, folder / path.name)


def write_generation_config(
    source: Path, folder: Path, ends: list[int], others: dict[str, int | None]
) -> list[int]:
    """Write the base's generation config with all tokens that end an answer.

    Args:
        source: the base's folder.
        folder: where to.
        ends: tokens that end an answer by tokenizer and template.
        others: values for ``bos_token_id`` and the like, where the base says nothing.

    Returns:
        The tokens that the base's config lacked though it named others.
    """
    path = source / "generation_config.json"
    try:
        config = json.loads(path.read_bytes()) if path.is_file() else {}
    except ValueError:
        config = {}
    given = config.get("eos_token_id")
    known = given if isinstance(given, list) else [] if given is None else [given]
    missing = [token for token in ends if token not in known]
    if missing:
        every = [*known, *missing]
        config["eos_token_id"] = every if len(every) > 1 else every[0]
    for name, value in others.items():
        if value is not None:
            config.setdefault(name, value)
    text = json.dumps(config, indent=2, sort_keys=True) + "\n"
    (folder / "generation_config.json").write_text(text, encoding="utf-8")
    return missing if known else []


def _part_adapted(base: Model) -> bool:
    """Part a tied head from its embedding where an adapter changes either; were they tied?"""
    from peft.tuners.tuners_utils import BaseTunerLayer
    from torch import nn

    head, embedding = base.get_output_embeddings(), base.get_input_embeddings()
    if head is None or embedding is None:
        return False
    tied = _weight(head) is _weight(embedding)
    if tied and (isinstance(head, BaseTunerLayer) or isinstance(embedding, BaseTunerLayer)):
        core: Model = head.get_base_layer() if isinstance(head, BaseTunerLayer) else head
        core.weight = nn.Parameter(core.weight.detach().clone(), requires_grad=False)
    return tied or bool(getattr(base.config, "tie_word_embeddings", False))


def _settle_tie(merged: Model, was_tied: bool, report: Report) -> None:
    """Say in the config whether head and embedding still share their weights."""
    import torch

    head, embedding = merged.get_output_embeddings(), merged.get_input_embeddings()
    if not was_tied or head is None or head.weight is embedding.weight:
        return
    if torch.equal(head.weight, embedding.weight):
        head.weight = embedding.weight
        tied = True
    else:
        tied = False
        report.adjusted("export.untied")
    merged.config.tie_word_embeddings = tied
    merged.config.get_text_config().tie_word_embeddings = tied


def _weight(module: Model) -> "torch.Tensor | None":
    """The weight of a module below any wrapper that PEFT put around it."""
    from peft.tuners.tuners_utils import BaseTunerLayer
    from peft.utils.other import ModulesToSaveWrapper

    if isinstance(module, BaseTunerLayer):
        module = module.get_base_layer()
    elif isinstance(module, ModulesToSaveWrapper):
        module = module.original_module
    return getattr(module, "weight", None)


def _as_os_error(error: Exception) -> OSError:
    """The system's fault behind one of safetensors, which has it as text: ``(os error 28)``."""
    _, _, number = str(error).rpartition("os error ")
    digits = number.rstrip(") ")
    return OSError(int(digits), str(error)) if digits.isdigit() else OSError(str(error))
