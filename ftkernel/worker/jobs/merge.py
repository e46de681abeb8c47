"""The merge job: what a run has learnt becomes a model of its own, proven, or nothing does.

Fields of the job beside the usual: ``to`` (an absolute path), ``dtype`` (``null``: the base's),
``export_size`` (GB a file), and ``model`` where the recipe does not name it. The last line is
``result`` with the figures of the proof; for a run they also go to ``merges/<id>.json`` in its
folder, since only the process that drives a run writes its events.
"""

import os
import secrets
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ftkernel.errors import FtError
from ftkernel.export.card import render_card
from ftkernel.export.merge import (
    Learnt,
    Written,
    check_dtype,
    check_learnt,
    needed_bytes,
    write_merged,
)
from ftkernel.export.prompts import proof_prompts
from ftkernel.export.provenance import card_facts, write_card
from ftkernel.export.target import publish, staging, writes
from ftkernel.inference.choice import Choice, chosen_model
from ftkernel.models.source import ModelSource, locate
from ftkernel.models.tokenizer import load_tokenizer
from ftkernel.recipe.recipe import Recipe
from ftkernel.runs.events import Phase
from ftkernel.runs.folder import RunFolder, write_json
from ftkernel.runs.merge_folder import check_target
from ftkernel.worker.context import Context


@dataclass(frozen=True)
class _Order:
    """What the job asks for, checked."""

    target: Path
    dtype: object
    gigabytes: int


class _Stopped(Exception):
    """Nobody waits for the merge any more."""


class _Telling:
    """Tells what the merge does, and ends it between two steps where nobody waits for it."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def progress(
        self, phase: Phase, done: int, total: int | None = None, unit: str = "rows"
    ) -> None:
        """As :meth:`Context.progress`."""
        if self._context.stop:
            raise _Stopped
        self._context.progress(phase, done, total, unit)

    def adjusted(self, code: str, **params: object) -> None:
        """As :meth:`Context.adjusted`."""
        self._context.adjusted(code, **params)

    def warned(self, code: str, **params: object) -> None:
        """As :meth:`Context.warned`."""
        self._context.warned(code, **params)


def run(context: Context) -> None:
    """Merge, prove, put in place, say ``result``; at a stop, leave nothing behind."""
    with suppress(_Stopped):
        _merge(context, _Telling(context))


def _merge(context: Context, report: _Telling) -> None:
    order = _order(context)
    choice = _choice(context)
    context.phase("loading_model")
    learnt = _learnt(choice, context, report)
    dtype = check_dtype(order.dtype, learnt)
    check_learnt(learnt)
    needed = needed_bytes(learnt, dtype)
    with staging(order.target, needed) as partial:
        prompts = _prompts(choice.recipe, learnt, context)
        with writes(order.target, needed):
            written = write_merged(
                learnt,
                choice.recipe,
                partial,
                prompts,
                dtype=dtype,
                gigabytes=order.gigabytes,
                report=report,
            )
            _write_card(order.target.name, choice, learnt, written, partial, context.folder)
            publish(partial, order.target)
    verified = {"path": str(order.target), **written.figures()}
    _remember(context.folder, verified)
    context.out.send(
        {
            "kind": "result",
            **verified,
            "bytes": written.bytes,
            "files": written.files,
            "seconds": round(written.seconds, 2),
        }
    )


def _order(context: Context) -> _Order:
    to = context.job.get("to")
    if not isinstance(to, str) or not os.path.isabs(os.path.expanduser(to)):
        raise FtError("export.no_target", found=str(to))
    size = context.job.get("export_size")
    if size is None:
        size = context.recipe["export_size"] if context.recipe is not None else 5
    if isinstance(size, bool) or not isinstance(size, int) or size < 1:
        raise FtError("export.bad_size", size=str(size))
    return _Order(check_target(Path(to)), context.job.get("dtype"), size)


def _choice(context: Context) -> Choice:
    asked = context.job.get("model")
    asked = asked if isinstance(asked, Mapping) else None
    recipe = context.recipe
    if recipe is None:
        if asked is None or not asked.get("base"):
            raise FtError("inference.no_model")
        recipe = Recipe.from_mapping({"model_name_or_path": asked["base"]}, job="export")
    return chosen_model(recipe, asked)


def _learnt(choice: Choice, context: Context, report: _Telling) -> Learnt:
    if choice.whole is None:
        base = locate(choice.recipe, context.secrets, report)
        if base.adapter is None:
            raise FtError("export.nothing_to_merge", path=str(base.path))
        return Learnt(base)
    try:
        base = locate(choice.recipe, context.secrets, report)
    except FtError:  # only the card would tell of it; a model that was tuned whole stands alone
        name = str(choice.recipe["model_name_or_path"])
        base = ModelSource("folder", choice.whole, name)
    return Learnt(base, choice.whole)


def _prompts(recipe: Recipe, learnt: Learnt, context: Context) -> list[list[int]]:
    speaker = next(
        (place for place in learnt.folders if (place / "tokenizer_config.json").is_file()),
        learnt.base.path,
    )
    tokenizer = load_tokenizer(ModelSource("folder", speaker, learnt.base.name), recipe)
    return proof_prompts(recipe, context.folder, tokenizer)


def _write_card(
    title: str,
    choice: Choice,
    learnt: Learnt,
    written: Written,
    partial: Path,
    folder: RunFolder | None,
) -> None:
    facts = card_facts(
        title=title,
        recipe=choice.recipe,
        base=learnt.base,
        learnt=learnt.folders[0],
        folder=folder,
        figures=written.figures(),
        method="full" if learnt.whole is not None else _method(learnt),
    )
    write_card(render_card(facts), partial)


def _method(learnt: Learnt) -> str:
    from ftkernel.export.weights import check_adapter

    adapter = learnt.base.adapter
    config: dict[str, Any] = check_adapter(adapter) if adapter is not None else {}
    return str(config.get("peft_type") or "lora").lower()


def _remember(folder: RunFolder | None, verified: dict[str, object]) -> None:
    """Keep the proof where the views of the run read it."""
    if folder is None:
        return
    merges = folder.path / "merges"
    merges.mkdir(exist_ok=True)
    name = f"{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(3)}.json"
    write_json(merges / name, {**verified, "t": time.time()})
