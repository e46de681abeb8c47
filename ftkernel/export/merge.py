"""Merging what was learnt into its base, and proving the result before anybody may use it.

In float32 throughout: base and adapter are loaded, their logits on real prompts kept, the adapter
folded in, the weights written in the wanted type. Then, one model in memory at a time, the written
folder is loaded afresh and compared. Where the bound is not kept, nothing is left at the target.
"""

import gc
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from ftkernel.data.encoded import Options
from ftkernel.data.render import chat_template, stop_ids
from ftkernel.errors import FtError
from ftkernel.export import proof, stored, target, weights
from ftkernel.export.weights import Model
from ftkernel.machine import read_machine
from ftkernel.models.adapters import load_adapter
from ftkernel.models.load import load_model
from ftkernel.models.precision import Precision
from ftkernel.models.report import SILENT, Report
from ftkernel.models.source import ModelSource
from ftkernel.models.tokenizer import load_tokenizer
from ftkernel.recipe.recipe import Recipe

if TYPE_CHECKING:
    import torch

_BESIDE_WEIGHTS = 64 * 1024**2
"""Bytes allowed for tokenizer, card and the like, and as slack on the disk."""
_MEMORY_MARGIN = 1.2


@dataclass(frozen=True)
class Learnt:
    """What is merged: the base and its adapter, or the model that was tuned whole."""

    base: ModelSource
    whole: Path | None = None

    @property
    def source(self) -> ModelSource:
        """What is loaded before any adapter."""
        if self.whole is None:
            return self.base
        return ModelSource("folder", self.whole, self.whole.name)

    @property
    def folders(self) -> list[Path]:
        """Where companions of the weights may lie: what was learnt before the base."""
        found = [self.whole, self.base.adapter, self.base.path]
        return [folder for folder in found if folder is not None]


@dataclass(frozen=True)
class Written:
    """A merged model as it lies in a folder, and how far it is from what it was made of."""

    dtype: str
    comparison: proof.Comparison
    bound: float
    bytes: int
    files: int
    seconds: float

    def figures(self) -> dict[str, object]:
        """The proof in the fields of the event ``merge_verified``, without the path."""
        found = self.comparison
        return {
            "dtype": self.dtype,
            "kl": found.kl,
            "kl_bound": self.bound,
            "largest_logit_difference": found.largest_logit_difference,
            "token_agreement": found.token_agreement,
            "prompts": found.prompts,
            "tokens": found.tokens,
        }


def check_dtype(wanted: object, learnt: Learnt) -> str:
    """The type to write: the wanted one, or that of the stored base.

    Raises:
        FtError: ``export.bad_dtype``.
    """
    if wanted is None or wanted == "auto":
        return stored.read_stored(learnt.source.path).dtype
    names = {"fp32": "float32", "bf16": "bfloat16", "fp16": "float16"}
    dtype = names.get(str(wanted), str(wanted))
    if dtype not in stored.DTYPES:
        raise FtError("export.bad_dtype", dtype=str(wanted))
    return dtype


def check_learnt(learnt: Learnt) -> None:
    """Refuse what can not be merged, before anything is loaded.

    Raises:
        FtError: see :mod:`ftkernel.export.weights`; ``export.memory`` with numbers.
    """
    if learnt.base.adapter is not None:
        weights.check_adapter(learnt.base.adapter)
        weights.check_base(learnt.base.path, learnt.base.name)
    needed = int(_MEMORY_MARGIN * 4 * stored.read_stored(learnt.source.path).parameters)
    available = read_machine().memory_available
    if needed > available:
        raise FtError(
            "export.memory", needed=target.size_text(needed), available=target.size_text(available)
        )


def needed_bytes(learnt: Learnt, dtype: str) -> int:
    """About how much the merged folder takes on the disk."""
    count = stored.read_stored(learnt.source.path).parameters
    return count * stored.ITEM_BYTES[dtype] + _BESIDE_WEIGHTS


def write_merged(
    learnt: Learnt,
    recipe: Recipe,
    partial: Path,
    prompts: Sequence[Sequence[int]],
    *,
    dtype: str,
    gigabytes: int = 5,
    report: Report = SILENT,
) -> Written:
    """Merge into an empty folder and prove it.

    Args:
        learnt: what is merged.
        recipe: says how models are loaded.
        partial: an empty folder.
        prompts: tokens of real texts, those that matter most first.
        dtype: the type to write.
        gigabytes: size of the largest file.
        report: hears progress, and what was decided.

    Raises:
        FtError: ``export.not_proven`` and whatever else stands in the way; the folder is then of no
            use. OSError: if it can not be written.
    """
    if not any(prompts):
        raise FtError("export.no_prompts")
    started = time.perf_counter()
    report.progress("merging", 0, 3, "steps")
    model = _load(learnt, recipe, "float32")
    chosen = proof.fit_prompts(prompts, _vocabulary(model), _longest(model))
    reference = proof.logits_of(model, chosen)
    report.progress("merging", 1, 3, "steps")
    if learnt.base.adapter is not None:
        model = weights.fold(model, report)
    weights.check_numbers(model, dtype)
    weights.save_weights(model, partial, dtype, gigabytes)
    _write_companions(learnt, recipe, partial, report)
    del model
    report.progress("merging", 3, 3, "steps")
    comparison, bound = _prove(learnt, recipe, partial, chosen, reference, dtype, report)
    files = [path for path in partial.rglob("*") if path.is_file()]
    return Written(
        dtype=dtype,
        comparison=comparison,
        bound=bound,
        bytes=sum(path.stat().st_size for path in files),
        files=len(files),
        seconds=time.perf_counter() - started,
    )


def _prove(
    learnt: Learnt,
    recipe: Recipe,
    partial: Path,
    prompts: list[proof.Prompt],
    reference: "list[torch.Tensor]",
    dtype: str,
    report: Report,
) -> tuple[proof.Comparison, float]:
    """Compare the written folder with the reference; what it may differ by comes first."""
    unmerged = None
    steps = 1 if dtype == "float32" else 2
    report.progress("verifying", 0, steps, "models")
    if dtype != "float32":
        gc.collect()
        half = proof.logits_of(_load(learnt, recipe, dtype), prompts)
        unmerged = proof.compare(reference, half)
        del half
        report.progress("verifying", 1, steps, "models")
    gc.collect()
    written = ModelSource("folder", partial, "merged")
    found = proof.compare(reference, proof.logits_of(_load_source(written, recipe, dtype), prompts))
    report.progress("verifying", steps, steps, "models")
    bound = proof.bound_for(unmerged)
    if not found.kl <= bound:
        raise FtError(
            "export.not_proven",
            kl=found.kl,
            bound=bound,
            difference=found.largest_logit_difference,
            agreement=found.token_agreement,
        )
    return found, bound


def _load(learnt: Learnt, recipe: Recipe, dtype: str) -> Model:
    model = _load_source(learnt.source, recipe, dtype)
    if learnt.base.adapter is not None:
        model = load_adapter(model, learnt.base.adapter)
    return model


def _load_source(source: ModelSource, recipe: Recipe, dtype: str) -> Model:
    """A model on the CPU, where float32 means float32 on every machine."""
    import torch

    kind = getattr(torch, dtype)
    plain = recipe.with_changes(flash_attn="auto")
    return load_model(source, plain, Precision(kind, kind, False, False, "cpu"))


def _write_companions(learnt: Learnt, recipe: Recipe, partial: Path, report: Report) -> None:
    """Tokenizer, template, licence and generation config."""
    weights.copy_companions(learnt.folders, partial, code=bool(recipe["trust_remote_code"]))
    tokenizer = load_tokenizer(ModelSource("folder", partial, "merged"), recipe)
    options = Options.of(recipe)
    if options.template is not None or options.tool_format is not None:
        tokenizer.chat_template = chat_template(tokenizer, options)
        tokenizer.save_pretrained(partial)
    try:
        ends = stop_ids(tokenizer, options)
    except FtError:  # a template that ends no answer leaves the tokenizer's own end token
        ends = [cast("int", tokenizer.eos_token_id)]
    ids = {name: getattr(tokenizer, name) for name in ("bos_token_id", "pad_token_id")}
    missing = weights.write_generation_config(learnt.folders[-1], partial, ends, ids)
    if missing:
        tokens = [str(token) for token in tokenizer.convert_ids_to_tokens(missing)]
        report.adjusted("export.end_tokens_added", tokens=", ".join(tokens))


def _vocabulary(model: Model) -> int:
    return int(model.get_output_embeddings().weight.shape[0])


def _longest(model: Model) -> int | None:
    limit = getattr(model.config.get_text_config(), "max_position_embeddings", None)
    return int(limit) if limit else None
