"""From the rows of sources to what LLaMA-Factory trains on, in its order."""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ftkernel.data.parity.columns import Layout
from ftkernel.data.parity.loaded import as_loaded
from ftkernel.data.parity.order import arranged, batches, drawn, has_validation, is_plain
from ftkernel.data.parity.own import own_spec
from ftkernel.data.parity.prompting import Prompting
from ftkernel.data.parity.reading import Reading, read
from ftkernel.data.parity.settings import Settings
from ftkernel.data.parity.single import Fields
from ftkernel.data.parity.together import results
from ftkernel.data.parity.tokens import fit, opened
from ftkernel.data.parity.wording import Wording
from ftkernel.data.rows import Refused, Row, RowFault
from ftkernel.data.templates import get
from ftkernel.errors import FtError

_UNLIMITED = 2**31 - 1


@dataclass(frozen=True)
class Source:
    """Rows of one form; ``num_samples`` is how many of them are drawn at random."""

    layout: Layout
    rows: Iterable[Row | Refused]
    num_samples: int | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """One resulting row.

    ``places`` are file and 1-based line of the rows that it is made of, ``readings`` what they say,
    ``fields`` its ids and labels by name, as plain lists.
    """

    places: tuple[tuple[str, int], ...]
    readings: tuple[Reading, ...]
    fields: Fields


@dataclass(frozen=True, slots=True)
class _Entry:
    reading: Reading
    file: str
    line: int


def rows(
    settings: Settings,
    sources: Sequence[Source],
    tokenizer: Any,  # noqa: ANN401 - transformers' own
    part: str = "train",
    dice: Any = None,  # noqa: ANN401 - numpy's
) -> Iterator[Result | Refused]:
    """The resulting rows in LLaMA-Factory's order, and the rows that it drops or cannot read.

    Nothing is read ahead but the batch of rows that are looked at together, unless rows are mixed,
    split, drawn or shared among processes.

    Args:
        settings: of the recipe.
        sources: of ``dataset``, or of ``eval_dataset``.
        tokenizer: of the checkpoint; not changed.
        part: ``train``; ``validation``, the other side of the split by ``val_size``; or ``eval``:
            the sources are those of ``eval_dataset``.
        dice: a ``numpy.random.RandomState`` that goes on from the sources of ``dataset`` to those
            of ``eval_dataset``; left out: it begins with the recipe's seed.

    Raises:
        FtError: where LLaMA-Factory refuses the recipe.
    """
    for source in sources:
        _check(source, settings)
    wording = wording_of(settings, tokenizer)
    if part == "validation" and not has_validation(settings):
        return iter(())
    is_measured = part != "train"
    is_split = part != "eval"
    if is_plain(settings, len(sources), is_split=is_split):
        return _as_they_come(settings, sources, wording, is_measured, dice)
    return _arranged(settings, sources, wording, part, dice)


def wording_of(settings: Settings, tokenizer: Any) -> Wording:  # noqa: ANN401 - transformers' own
    """The recipe's template and the tokenizer prepared for it.

    Raises:
        FtError: if there is no such template, or prompts cannot be learned in it.
    """
    own = opened(tokenizer, settings)
    if settings.template is not None:
        spec = get(settings.template, as_factory=True)
    elif isinstance(own.chat_template, str):
        spec = own_spec(own)
    else:
        spec = get("empty", as_factory=True)
    if settings.train_on_prompt and spec.efficient_eos:
        raise FtError("parity.train_on_prompt", template=spec.name)
    prompting = Prompting.of(spec, settings)
    return Wording(prompting, fit(own, prompting.spec))


def whole_of(
    reading: Reading, wording: Wording, settings: Settings, *, is_measured: bool
) -> Fields:
    """What a row would be by itself, had it no cutoff; of KTO's other answer nothing is known.

    Raises:
        RowFault: if nothing comes of it.
    """
    alone = replace(settings, cutoff=_UNLIMITED, packing=False)
    [(_, made)] = results([reading], wording, alone, is_measured=is_measured)
    if isinstance(made, RowFault):
        raise made
    return made


def _check(source: Source, settings: Settings) -> None:
    if source.layout.ranking != (settings.stage == "pairs"):
        raise FtError("parity.ranking" if source.layout.ranking else "parity.no_ranking")


def _entries(source: Source, settings: Settings, dice: Any) -> Iterator[_Entry | Refused]:  # noqa: ANN401
    """The rows of a source that count, understood; with what cannot be, on its way."""
    found: Iterable[Row | Refused] = source.rows
    if source.layout.formatting == "openai":
        found = as_loaded(found, source.layout)
    limit = settings.max_samples
    if source.num_samples is not None and not settings.streaming:
        listed = list(found)
        usable = [row for row in listed if isinstance(row, Row)]
        yield from (row for row in listed if isinstance(row, Refused))
        found = [usable[at] for at in drawn(len(usable), source.num_samples, limit, dice)]
        limit = None
    taken = 0
    for row in found:
        if limit is not None and taken >= limit:
            return
        if isinstance(row, Refused):
            yield row
            continue
        taken += 1
        try:
            yield _Entry(read(row.data, source.layout), row.file, row.line)
        except RowFault as fault:
            yield fault.at(row.file, row.line)


def _as_they_come(
    settings: Settings,
    sources: Sequence[Source],
    wording: Wording,
    is_measured: bool,
    dice: Any,  # noqa: ANN401 - numpy's
) -> Iterator[Result | Refused]:
    dice = dice or _dice(settings)
    size = settings.batch if _is_together(settings) else 1
    entries = itertools.chain.from_iterable(_entries(one, settings, dice) for one in sources)
    batch: list[_Entry] = []
    for entry in entries:
        if isinstance(entry, Refused):
            yield entry
            continue
        batch.append(entry)
        if len(batch) == size:
            yield from _made(batch, wording, settings, is_measured)
            batch = []
    if batch:
        yield from _made(batch, wording, settings, is_measured)


def _arranged(
    settings: Settings,
    sources: Sequence[Source],
    wording: Wording,
    part: str,
    dice: Any,  # noqa: ANN401 - numpy's
) -> Iterator[Result | Refused]:
    dice = dice or _dice(settings)
    each: list[list[_Entry]] = []
    for source in sources:
        usable: list[_Entry] = []
        for entry in _entries(source, settings, dice):
            if isinstance(entry, Refused):
                yield entry
            else:
                usable.append(entry)
        each.append(usable)
    order = arranged([len(one) for one in each], settings, split=None if part == "eval" else part)
    for places in batches(len(order), settings):
        batch = [each[source][row] for source, row in (order[place] for place in places)]
        yield from _made(batch, wording, settings, part != "train")


def _made(
    batch: Sequence[_Entry], wording: Wording, settings: Settings, is_measured: bool
) -> Iterator[Result | Refused]:
    readings = [entry.reading for entry in batch]
    for indices, made in results(readings, wording, settings, is_measured=is_measured):
        members = [batch[index] for index in indices]
        if isinstance(made, RowFault):
            yield made.at(members[0].file, members[0].line)
            continue
        places = tuple((member.file, member.line) for member in members)
        yield Result(places, tuple(member.reading for member in members), made)


def _is_together(settings: Settings) -> bool:
    return settings.stage == "kto" or settings.packing


def _dice(settings: Settings) -> Any:  # noqa: ANN401 - numpy's
    import numpy

    return numpy.random.RandomState(settings.seed)
