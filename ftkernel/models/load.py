"""A located model as a module in memory, in the number types and with the attention chosen."""

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING, cast

from ftkernel.errors import FtError
from ftkernel.models import kept
from ftkernel.models.precision import Precision
from ftkernel.models.report import SILENT, Report
from ftkernel.models.source import ModelSource
from ftkernel.recipe.recipe import Recipe

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedModel

_BILLION = 1_000_000_000

# The values of ``flash_attn`` as transformers calls them; None leaves the choice to it.
_ATTENTION: dict[str, str | None] = {
    "auto": None,
    "sdpa": "sdpa",
    "disabled": "eager",
    "fa2": "flash_attention_2",
}


def load_model(
    source: ModelSource, recipe: Recipe, precision: Precision, report: Report = SILENT
) -> "PreTrainedModel":
    """The model on its device, in evaluation mode, without any adapter.

    Raises:
        FtError: ``models.unloadable`` or ``models.attention_missing``.
    """
    attention, dtype = attention_name(recipe, precision), precision.weights
    remote = bool(recipe["trust_remote_code"])
    report.progress("loading_model", 0, 1, "models")
    model = None if remote else kept.take(source.path, dtype, attention)
    if model is None:
        model = read_weights(source.path, source.name, dtype, attention, remote=remote)
    if precision.device != "cpu":
        model.to(device=precision.device)  # pyright: ignore[reportCallIssue]
    report.progress("loading_model", 1, 1, "models")
    return model


def read_weights(
    path: Path, name: str, dtype: "torch.dtype", attention: str | None, *, remote: bool = False
) -> "PreTrainedModel":
    """The model of a folder in main memory.

    Args:
        path: the folder.
        name: what errors call it.
        dtype: of its weights.
        attention: as transformers calls it; ``None`` for its own choice.
        remote: whether a program that comes with the model may run.

    Raises:
        FtError: ``models.unloadable`` or ``models.weights_missing``.
    """
    from transformers import AutoModelForCausalLM

    options = {"attn_implementation": attention} if attention else {}
    try:
        loaded = AutoModelForCausalLM.from_pretrained(
            path,
            dtype=dtype,
            local_files_only=True,
            use_safetensors=True,
            trust_remote_code=remote,
            output_loading_info=True,
            **options,
        )
    except (OSError, ValueError, KeyError, ImportError, RuntimeError) as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise FtError("models.unloadable", model=name, reason=reason) from error
    # With ``output_loading_info`` a pair is returned, which its annotation does not say.
    model, info = cast("tuple[PreTrainedModel, dict[str, set[str]]]", loaded)
    if missing := sorted(info.get("missing_keys", ())):
        # transformers would fill these with random numbers and only log it.
        raise FtError("models.weights_missing", model=name, count=len(missing), first=missing[0])
    return model


def attention_name(recipe: Recipe, precision: Precision) -> str | None:
    """The attention that ``flash_attn`` asks for as transformers calls it; ``None`` for its choice.

    Raises:
        FtError: ``models.attention_missing`` for FlashAttention without its package or a GPU.
    """
    wanted = str(recipe["flash_attn"])
    name = _ATTENTION.get(wanted)
    if name == "flash_attention_2" and (
        precision.device != "cuda" or importlib.util.find_spec("flash_attn") is None
    ):
        raise FtError(
            "models.attention_missing", where=recipe.where("flash_attn"), device=precision.device
        )
    return name


def attention_taken(model: "PreTrainedModel", recipe: Recipe) -> str:
    """The attention a loaded model computes with, as ``flash_attn`` names it.

    What has no name there stays as the recipe has it.
    """
    taken = getattr(model.config, "_attn_implementation", None)
    names = {name: key for key, name in _ATTENTION.items() if name is not None}
    return names.get(str(taken), str(recipe["flash_attn"]))


def checkpoints_activations(recipe: Recipe, parameters: int, device: str) -> bool:
    """Whether to compute activations twice instead of keeping them: as asked, or for large models.

    It costs a third more time, so on a CPU it is on from about a billion parameters; the memory
    of a GPU is scarcer, so there it is on from a quarter of that.
    """
    asked = recipe["activation_checkpointing"]
    if asked is not None:
        return bool(asked)
    return parameters >= (_BILLION if device == "cpu" else _BILLION // 4)
