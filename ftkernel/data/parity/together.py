"""What is made of a batch of rows: packed rows, KTO's other answers, blocks of plain text.

How rows fall into batches is part of the result, so a batch is everything that LLaMA-Factory looks
at together. Each result names the rows it is made of by their indices in the batch.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate, chain
from typing import Any

from ftkernel.data.encoded import IGNORED
from ftkernel.data.parity.cutting import bins
from ftkernel.data.parity.reading import Reading
from ftkernel.data.parity.settings import Settings
from ftkernel.data.parity.single import Fields, Shortened, asked, judged, learned, paired
from ftkernel.data.parity.wording import Wording
from ftkernel.data.rows import RowFault

Made = tuple[tuple[int, ...], Fields | RowFault]
"""The rows that a result is made of, and the result or why there is none."""

_LLAMA3_END = "<|end_of_text|>"


def results(
    batch: Sequence[Reading], wording: Wording, settings: Settings, *, is_measured: bool = False
) -> Iterator[Made]:
    """Everything that becomes of a batch, each as late as may be.

    Args:
        batch: what the rows say; those out of order have their place in it too.
        wording: of the template.
        settings: of the recipe.
        is_measured: whether the rows are for measuring, where answers may be generated.
    """
    stage = settings.stage
    if stage == "pt":
        return _plain(batch, wording, settings)
    if stage == "kto":
        others = [batch[index - 1].answers for index in range(len(batch))]
        return _each(batch, lambda index: judged(batch[index], others[index], wording, settings))
    if stage == "sft" and settings.packing and not (is_measured and settings.answers_generated):
        return _packed(batch, wording, settings)
    how = asked if stage == "prompts" or (is_measured and settings.answers_generated) else learned
    how = paired if stage == "pairs" else how
    return _each(batch, lambda index: how(batch[index], wording, settings))


def _each(batch: Sequence[Reading], make: Callable[[int], Fields]) -> Iterator[Made]:
    for index in range(len(batch)):
        try:
            yield (index,), make(index)
        except RowFault as fault:
            yield (index,), fault


def _packed(batch: Sequence[Reading], wording: Wording, settings: Settings) -> Iterator[Made]:
    rows: list[tuple[int, list[int], list[int]]] = []
    shortened: set[int] = set()
    for (index,), made in _each(batch, lambda index: learned(batch[index], wording, settings)):
        if isinstance(made, RowFault):
            yield (index,), made
            continue
        ids, labels = made["input_ids"], made["labels"]
        assert isinstance(ids, list) and isinstance(labels, list)  # noqa: S101, PT018 - for types
        if len(ids) > settings.cutoff:
            yield (index,), RowFault("parity.packed_away", tokens=len(ids), cutoff=settings.cutoff)
        else:
            rows.append((index, ids, labels))
            shortened.update([index] if isinstance(made, Shortened) else ())
    for places in bins([len(ids) for _, ids, _ in rows], settings.cutoff):
        members = [rows[place] for place in places]
        indices = tuple(index for index, _, _ in members)
        fields = _one_row(members, wording, settings)
        yield indices, fields if shortened.isdisjoint(indices) else Shortened(fields)


def _one_row(
    members: Sequence[tuple[int, list[int], list[int]]], wording: Wording, settings: Settings
) -> Fields:
    """Several rows as one of ``cutoff + 1`` tokens: at least one token is padding."""
    lengths = [len(ids) for _, ids, _ in members]
    padding = settings.cutoff + 1 - sum(lengths)
    seen = enumerate(lengths, 1) if settings.neat else ((1, length) for length in lengths)
    mask = [number for number, length in seen for _ in range(length)]
    return {
        "input_ids": [*chain(*(ids for _, ids, _ in members))]
        + [wording.tokenizer.pad_token_id] * padding,
        "attention_mask": mask + [0 if settings.neat else 1] * padding,
        "position_ids": [*chain(*map(range, lengths))] + [0] * padding,
        "labels": [*chain(*(labels for _, _, labels in members))] + [IGNORED] * padding,
    }


def _plain(batch: Sequence[Reading], wording: Wording, settings: Settings) -> Iterator[Made]:
    """The first turn's text of each row, with an end: alone, or all in blocks of one length."""
    tokenizer = wording.tokenizer
    end = _LLAMA3_END if settings.template == "llama3" else tokenizer.eos_token
    texts: list[tuple[int, str]] = []
    for index, reading in enumerate(batch):
        content = reading.prompt[0].content if reading.prompt else None
        if isinstance(content, str):
            texts.append((index, content + end))
        else:
            yield (
                (index,),
                RowFault("parity.order" if reading.is_out_of_order else "parity.no_text"),
            )
    begins = bool(getattr(tokenizer, "add_bos_token", False))
    if not settings.packing:
        for index, text in texts:
            said = tokenizer.bos_token + text if begins else text
            cut = {"truncation": True, "max_length": settings.cutoff}
            found = tokenizer([said], add_special_tokens=False, **cut)
            fields = _all_learned(list(found["input_ids"][0]), tokenizer)
            # What was cut away comes as further encodings, of tokenizers that are fast.
            more = found.encodings[0].overflowing if found.encodings else ()
            yield (index,), Shortened(fields) if more else fields
        return
    if texts:
        tokens = tokenizer([text for _, text in texts], add_special_tokens=False)["input_ids"]
        yield from _blocks([index for index, _ in texts], tokens, begins, tokenizer, settings)


def _blocks(
    indices: Sequence[int],
    tokens: Sequence[list[int]],
    begins: bool,
    tokenizer: Any,  # noqa: ANN401 - transformers' own
    settings: Settings,
) -> Iterator[Made]:
    """The tokens of a batch, end to end, in blocks; what is left over at its end is dropped.

    Where texts begin with a token of their own, it takes the place of each block's first token.
    """
    size = settings.cutoff
    stream = [*chain(*tokens)]
    ends = [*accumulate(map(len, tokens))]
    first = 0
    for start in range(0, len(stream) // size * size, size):
        while ends[first] <= start:
            first += 1
        last = first
        while ends[last] < start + size:
            last += 1
        block = stream[start : start + size]
        if begins:
            block[0] = tokenizer.bos_token_id
        yield tuple(indices[first : last + 1]), _all_learned(block, tokenizer)


def _all_learned(ids: list[int], tokenizer: Any) -> Fields:  # noqa: ANN401 - transformers' own
    """Every token is learned but those that pad rows, even where the end is one of them."""
    pad = tokenizer.pad_token_id
    return {"input_ids": ids, "labels": [IGNORED if token == pad else token for token in ids]}
