"""Puts a trainer together from a recipe, a model and rows, with everything that watches over it."""

# ruff: noqa: ANN401 - models, tokenizers and the Trainer's own signatures are typed loosely

from collections.abc import Sequence
from typing import Any, cast

from transformers import PreTrainedTokenizerBase

from ftkernel.data.later import LaterRows
from ftkernel.errors import FtError
from ftkernel.models.precision import Precision
from ftkernel.recipe.recipe import Recipe
from ftkernel.runs.events import SaveReason
from ftkernel.runs.folder import RunFolder
from ftkernel.training.answering import Answers
from ftkernel.training.apart import require_apart
from ftkernel.training.arguments import training_arguments
from ftkernel.training.control import Control
from ftkernel.training.decided import Decided
from ftkernel.training.desk import Desk, RunRows
from ftkernel.training.keeper import Keeper
from ftkernel.training.order import Order, Strategy
from ftkernel.training.pauses import Pauses
from ftkernel.training.samples import Samples
from ftkernel.training.speak import Speaker, StepSpeaker
from ftkernel.training.token_row import TokenRow, lengths_of
from ftkernel.training.totals import Totals
from ftkernel.training.trainer import RowTrainer
from ftkernel.training.trainer_log import TrainerLog
from ftkernel.training.vocabulary import require_known

_USUAL_REASON: dict[str, SaveReason] = {"epoch": "epoch", "best": "best"}


def make_order(recipe: Recipe, rows: Sequence[TokenRow], decided: Decided) -> Order:
    """The order of the rows, as the recipe says; a stream has its own."""
    strategy = (
        "sequential" if getattr(rows, "in_order", False) else recipe["train_sampling_strategy"]
    )
    return Order(
        lengths=rows.sizes if isinstance(rows, LaterRows) else lengths_of(rows),
        micro_batch=decided.micro_batch,
        accumulation=decided.accumulation,
        strategy=cast("Strategy", strategy),
        seed=cast("int", recipe["data_seed"]),
        drop_last=bool(recipe["dataloader_drop_last"]),
    )


def make_trainer(
    model: Any,
    tokenizer: PreTrainedTokenizerBase,
    train: Sequence[TokenRow],
    held_out: Sequence[TokenRow],
    *,
    recipe: Recipe,
    folder: RunFolder,
    precision: Precision,
    decided: Decided,
    speaker: Speaker,
    control: Control,
    totals: Totals,
    from_step: int = 0,
    answers: Answers | None = None,
) -> RowTrainer:
    """The trainer of a run.

    Args:
        model: on its device, with its adapter.
        tokenizer: the model's.
        train: rows to learn.
        held_out: rows to measure on; may be empty.
        recipe: what the user asked for.
        folder: the run.
        precision: the number types.
        decided: batches and activation checkpointing.
        speaker: says what happens.
        control: hears stop and commands.
        totals: the counters, read back from the checkpoint at a resume.
        from_step: the checkpoint's step.
        answers: who answers what is asked while the run trains.

    Raises:
        FtError: ``training.head_adapter`` for an adapter on the head; ``training.packing_mixes``
            for packed rows and a model that does not keep their parts apart;
            ``training.unknown_token`` for rows with tokens that the model does not have.
    """
    refuse_adapter_on_head(model, recipe)
    if not isinstance(train, LaterRows) and not getattr(train, "in_order", False):
        require_known(model, tokenizer, (train, held_out), recipe)
    # Rows that are tokenized later are never packed, and asking for one would wait for ever.
    packs = not isinstance(train, LaterRows) and len(train)
    if packs and getattr(train[0], "position_ids", None) is not None:
        require_apart(model, recipe)
    keeper = Keeper(
        folder,
        speaker,
        totals,
        limit=cast("int | None", recipe["save_total_limit"]),
        keeps_best=bool(recipe["load_best_model_at_end"]),
        only_model=bool(recipe["save_only_model"]),
        usual_reason=_USUAL_REASON.get(str(recipe["save_strategy"]), "steps"),
    )
    desk = Desk(
        speaker=StepSpeaker(speaker, totals, TrainerLog(folder, from_step)),
        control=control,
        keeper=keeper,
        totals=totals,
        pauses=Pauses(
            folder,
            speaker,
            control,
            totals,
            samples=Samples.of(recipe, held_out=bool(held_out)),
            answers=answers,
        ),
        save_minutes=cast("float", recipe["save_minutes"]),
        early_stopping_steps=cast("int | None", recipe["early_stopping_steps"]),
    )
    config = training_arguments(recipe, folder, precision, decided, held_out=bool(held_out))
    order = make_order(recipe, train, decided)
    rows = RunRows(train, held_out, order, recipe["ignore_pad_token_for_loss"] is False)
    return RowTrainer(model, config, tokenizer, rows, desk)


def refuse_adapter_on_head(model: Any, recipe: Recipe) -> None:
    """Refuse an adapter that the loss, which reads the head itself, would not train.

    Raises:
        FtError: ``training.head_adapter``.
    """
    if not hasattr(model, "peft_config"):
        return
    from peft.tuners.tuners_utils import BaseTunerLayer

    if isinstance(model.get_output_embeddings(), BaseTunerLayer):
        raise FtError("training.head_adapter", where=recipe.where("lora_target"))
