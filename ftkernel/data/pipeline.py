"""From the sources of a recipe to the rows that are learned, one after another, as late as may be.

What a run learns and what a preview shows come out of this one stream, so they cannot differ. Rows
are read, understood and encoded in small batches; who stops asking stops the work. What was refused
on the way, and why, is in :attr:`Stream.tally`.
"""

import itertools
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ftkernel.data.content import Content
from ftkernel.data.conversation import read_row
from ftkernel.data.encode import Encoder
from ftkernel.data.encoded import AnyEncoded, Encoded, Options, Packed
from ftkernel.data.forms import FITTING, Form, columns_of, nearest, recognise
from ftkernel.data.packing import best_fit, windows
from ftkernel.data.report import Tally, notes
from ftkernel.data.rows import Refused, Row, RowFault
from ftkernel.data.sources import Source, find_sources, limited
from ftkernel.errors import FtError, Where
from ftkernel.recipe.recipe import Recipe
from ftkernel.runs.events import Adjusted, Warned
from ftkernel.runs.failpoints import failpoint
from ftkernel.runs.folder import RunFolder

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

LOOKED_AT = 100
"""Rows looked at to recognise a form; a column that is missing in all of them does not exist."""
_BATCH_ROWS = 256
_BATCH_CHARACTERS = 1_000_000


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row came from; ``line`` is 1-based, and the number of the row in a table."""

    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Result:
    """One row that is learned: its tokens, what it says, and the rows of the source it is made of.

    Most are made of one; a packed one is made of several.
    """

    places: tuple[Place, ...]
    contents: tuple[Content, ...]
    encoded: AnyEncoded


class Stream:
    """The rows that a recipe learns or measures on, in their order, before any shuffling.

    Args:
        recipe: names the sources and how rows are to be learned.
        encoder: of the checkpoint's tokenizer.
        folder: of the run, where the kernel wrote variables; ``None`` where there is no run.
        key: ``dataset`` or ``eval_dataset``.

    Raises:
        FtError: while it is iterated, if a source is unreadable or is nothing that is known.
    """

    def __init__(
        self, recipe: Recipe, encoder: Encoder, folder: RunFolder | None, key: str = "dataset"
    ) -> None:
        self.tally = Tally.of(recipe, key)
        self.encoder = encoder
        self.sources = find_sources(recipe, folder, key)
        self._recipe = recipe

    def __iter__(self) -> Iterator[Result]:
        packs = self._recipe["packing"] is True or bool(self._recipe["neat_packing"])
        return packed(self._encoded(), self.encoder.options.cutoff) if packs else self._encoded()

    def _encoded(self) -> Iterator[Result]:
        rows = itertools.chain.from_iterable(map(self._contents, self.sources))
        for batch in batches(rows):
            failpoint("data.tokenizing")
            results = self.encoder.encode_all([content for _, content in batch])
            for (row, content), result in zip(batch, results, strict=True):
                if isinstance(result, RowFault):
                    self.tally.refused.append(result.at(row.file, row.line))
                    continue
                place = (Place(row.file, row.line),)
                yield from (Result(place, (content,), encoded) for encoded in result)

    def _contents(self, source: Source) -> Iterator[tuple[Row, Content]]:
        return contents(source, iter(limited(source, self._recipe)), self._recipe, self.tally)

    def notes(self) -> list[Adjusted | Warned]:
        """What is to be said about the rows beside the figures, of those read so far."""
        tally, encoder = self.tally, self.encoder
        return notes(
            encoder.counts,
            encoder.template,
            [],
            tally.refused,
            options=encoder.options,
            asked=Options.of(self._recipe).cutoff,
            unused=tally.unused,
            words=tally.words,
        )


def encoder_for(recipe: Recipe, tokenizer: "PreTrainedTokenizerBase") -> Encoder:
    """What encodes the rows of a recipe; never longer than what the model reads.

    Raises:
        FtError: if the tokenizer cannot be trained with.
    """
    options = Options.of(recipe)
    cutoff = min(options.cutoff, int(tokenizer.model_max_length))
    return Encoder(tokenizer, replace(options, cutoff=cutoff))


def packed(results: Iterable[Result], room: int) -> Iterator[Result]:
    """Several results in one where they fit, see :mod:`ftkernel.data.packing`.

    Args:
        results: single examples.
        room: tokens of a packed row.
    """
    for window in windows(results):
        for pack in best_fit([len(result.encoded) for result in window], room):
            yield _together([window[index] for index in pack])


def _together(parts: list[Result]) -> Result:
    tokens, learned, weights = array("i"), list[tuple[int, int]](), list[float]()
    encoded = [part.encoded for part in parts if isinstance(part.encoded, Encoded)]
    for one in encoded:
        begin = len(tokens)
        tokens.extend(one.tokens)
        # The first token of a part follows nothing, so it is not learned from the part before.
        learned += [(begin + max(1, start), begin + stop) for start, stop in one.learned]
        weights += one.weights or (1.0,) * len(one.learned)
    return Result(
        tuple(place for part in parts for place in part.places),
        tuple(content for part in parts for content in part.contents),
        Packed(
            tokens,
            tuple(learned),
            tuple(map(len, encoded)),
            weights=tuple(weights) if any(weight != 1 for weight in weights) else (),
            cut=any(one.cut for one in encoded),
        ),
    )


def contents(
    source: Source, rows: Iterator[Row | Refused], recipe: Recipe, tally: Tally
) -> Iterator[tuple[Row, Content]]:
    """What the rows of a source say; refused ones are counted and passed over."""
    first = list(itertools.islice(rows, LOOKED_AT))
    form = _form(source, first)
    if form is None:
        tally.rows += len(first)
        tally.refused.extend(row for row in first if isinstance(row, Refused))
        return
    tally.forms.append(form.text)
    tally.unused.extend(form.unused)
    yield from _understood(itertools.chain(first, rows), form, recipe, tally)


def _form(source: Source, first: list[Row | Refused]) -> Form | None:
    """The form of a source by its first rows; ``None`` if there is no whole row among them."""
    rows = [row for row in first if isinstance(row, Row)]
    if not rows:
        return None
    if form := recognise(rows):
        return form
    found = columns_of(rows)
    where = Where(file=rows[0].file, line=rows[0].line)
    if len(first) == 1 and any(isinstance(value, list) for value in rows[0].data.values()):
        raise FtError("data.json_wrapped", where=where, file=rows[0].file, keys=found)
    close = nearest(found)
    code = "data.columns_nearly" if close else "data.columns_unknown"
    extra = {"column": close[0], "nearest": close[1]} if close else {}
    raise FtError(code, where=where, source=source.name, found=found, fitting=FITTING, **extra)


def _understood(
    rows: Iterable[Row | Refused], form: Form, recipe: Recipe, tally: Tally
) -> Iterator[tuple[Row, Content]]:
    system = recipe["default_system"]
    for row in rows:
        tally.rows += 1
        if isinstance(row, Refused):
            tally.refused.append(row)
            continue
        tally.words += [
            Refused("data.words_missing", row.file, row.line, column, {"word": word})
            for column, word in row.words.items()
            if column in form.columns.values()
        ]
        try:
            yield row, read_row(row, form, None if system is None else str(system))
        except RowFault as fault:
            tally.refused.append(fault.at(row.file, row.line))


def batches(rows: Iterable[tuple[Row, Content]]) -> Iterator[list[tuple[Row, Content]]]:
    """Rows in batches that are neither many nor long."""
    batch: list[tuple[Row, Content]] = []
    characters = 0
    for row, content in rows:
        batch.append((row, content))
        characters += content.characters
        if len(batch) >= _BATCH_ROWS or characters >= _BATCH_CHARACTERS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch
