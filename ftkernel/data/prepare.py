"""From a recipe to what is trained on; and the refusal of what cannot learn.

Nothing is written. Rows are read and encoded in small batches, so only tokens are held. The split
depends on the seed and the rows alone, and examples of one row stay on one side of it.
"""

import copy
import itertools
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from ftkernel.data.conversation import Content, read_row
from ftkernel.data.encode import Encoder
from ftkernel.data.encoded import Encoded, Options
from ftkernel.data.forms import FITTING, Form, columns_of, nearest, recognise
from ftkernel.data.later import (
    Entry,
    LaterHeldOut,
    LaterRows,
    Several,
    Tokenizing,
    could_take_long,
    sample_of,
    takes_long,
)
from ftkernel.data.report import DataReport, Tally, notes, refusals
from ftkernel.data.rows import Refused, Row, RowFault
from ftkernel.data.sources import Source, find_sources, limited
from ftkernel.errors import FtError, Where
from ftkernel.recipe.recipe import Recipe
from ftkernel.runs.events import Adjusted, Warned
from ftkernel.runs.failpoints import failpoint
from ftkernel.runs.folder import RunFolder

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

Progress = Callable[[int, int | None], None]
T = TypeVar("T")

# Rows looked at to recognise a form; a column that is missing in all of them does not exist.
_LOOKED_AT = 100
_READ_AT_ONCE = 64 * 2**20
_NOT_HELD = 256 * 2**20
_BATCH_ROWS = 256
_BATCH_CHARACTERS = 1_000_000


@dataclass(frozen=True)
class Prepared:
    """What is trained and evaluated on, what became of the rows, and what to say about them."""

    train: Sequence[Encoded]
    eval: Sequence[Encoded]
    report: DataReport
    notes: tuple[Adjusted | Warned, ...] = ()
    later: "Later | None" = None
    """What is still to be done while training goes on; see :mod:`ftkernel.data.later`."""


def prepare(
    recipe: Recipe,
    tokenizer: "PreTrainedTokenizerBase",
    folder: RunFolder | None,
    progress: Progress | None = None,
    *,
    may_follow: bool = False,
) -> Prepared:
    """Read and encode the rows of a recipe.

    Args:
        recipe: names the sources and how rows are to be learned.
        tokenizer: of the checkpoint; not changed.
        folder: of the run, where the kernel wrote variables; ``None`` where there is no run.
        progress: told after each batch how many rows are done, of how many (``None``: not known).
            What it raises ends the work.
        may_follow: where encoding takes long, a checked sample is enough to begin with.

    Raises:
        FtError: if a source is unreadable, or a run on these rows could not learn.
    """
    if may_follow and (begun := _begin_early(recipe, tokenizer, folder, progress)) is not None:
        return begun
    options = _options(recipe, tokenizer)
    encoder = Encoder(tokenizer, options)
    learned, tally = _encode_key("dataset", recipe, encoder, folder, progress)
    tally.check(len(learned), options.cutoff)
    train, held_out = _split(learned, recipe)
    measured, eval_tally = _encode_key("eval_dataset", recipe, encoder, folder, None)
    if recipe["eval_dataset"] is not None:
        eval_tally.check(len(measured), options.cutoff)
    return _whole(train, held_out, measured, tally, eval_tally, encoder, recipe)


def _whole(
    train: Sequence[Sequence[Encoded]],
    held_out: Sequence[Sequence[Encoded]],
    measured: Sequence[Sequence[Encoded]],
    tally: Tally,
    eval_tally: Tally,
    encoder: Encoder,
    recipe: Recipe,
) -> Prepared:
    """The rows and what is said of them, once all of them are encoded."""
    options = encoder.options
    train_examples = [example for examples in train for example in examples]
    eval_examples = [example for examples in (*held_out, *measured) for example in examples]
    refused = [*tally.refused, *eval_tally.refused]
    every = [*train_examples, *eval_examples]
    report = DataReport(
        form=", ".join(dict.fromkeys([*tally.forms, *eval_tally.forms])),
        rows=tally.rows + eval_tally.rows,
        train_rows=len(train_examples),
        eval_rows=len(eval_examples),
        tokens=sum(len(example) for example in train_examples),
        trained_tokens=sum(example.trained_tokens for example in train_examples),
        longest=max(len(example) for example in every),
        cut=sum(example.cut for example in every),
        refused=len(refused),
        refusals=refusals(refused),
    )
    said = notes(
        encoder.counts, encoder.template, every, refused,
        options=options, asked=Options.of(recipe).cutoff,
        unused=[*tally.unused, *eval_tally.unused], words=[*tally.words, *eval_tally.words],
    )  # fmt: skip
    return Prepared(train_examples, eval_examples, report, tuple(said))


@dataclass(frozen=True)
class Later:
    """Encoding that goes on while the run trains, and what there is to say when it is done."""

    tokenizing: Tokenizing
    cutoff: int
    said: Callable[[], Prepared]
    """The figures and remarks over all rows, once :attr:`Tokenizing.is_done`."""


def _begin_early(
    recipe: Recipe,
    tokenizer: "PreTrainedTokenizerBase",
    folder: RunFolder | None,
    progress: Progress | None,
) -> Prepared | None:
    """A checked sample, the rest to follow; ``None`` where all rows should be encoded first.

    That is so where it takes little time, where files are too large to be held as text, where the
    loader has processes of its own, and where rows unroll, so that their number is not known.
    """
    sources = find_sources(recipe, folder, "dataset")
    size = sum(source.size or _NOT_HELD for source in sources)
    workers = int(str(recipe["dataloader_num_workers"] or 0))
    if not could_take_long(size) or size >= _NOT_HELD or workers:
        return None
    tally = Tally.of(recipe, "dataset")
    entries: list[Entry] = []
    for source in sources:
        rows = iter(limited(source, recipe))
        for row, content in _contents(source, rows, recipe, tally):
            entries.append(Entry(content, row.file, row.line))
            if progress and len(entries) % _BATCH_ROWS == 0:
                progress(0, None)
    if not takes_long(entries):
        return None
    # A tokenizer is not for two threads.
    options = _options(recipe, tokenizer)
    encoder = Encoder(copy.deepcopy(tokenizer), options)
    tokenizing = Tokenizing(entries, encoder, tally)
    sample = sample_of(len(entries), int(str(recipe["seed"])))
    found = []
    for start in range(0, len(sample), _BATCH_ROWS):
        failpoint("data.tokenizing")
        found += tokenizing.encode(sample[start : start + _BATCH_ROWS])
        if progress:
            progress(min(start + _BATCH_ROWS, len(sample)), len(entries))
    if any(isinstance(row, Several) for row in found):
        return None
    looked_at = replace(tally, rows=len(sample) + tally.rows - len(entries))
    looked_at.check(len(found), options.cutoff)
    measured, eval_tally = _encode_key("eval_dataset", recipe, encoder, folder, None)
    if recipe["eval_dataset"] is not None:
        eval_tally.check(len(measured), options.cutoff)
    places = list(range(len(entries)))
    train_places, held_places = _split(places, recipe)
    train = LaterRows(tokenizing, train_places)
    others = [example for examples in measured for example in examples]
    held_out = LaterHeldOut(LaterRows(tokenizing, held_places), others)

    def said() -> Prepared:
        held = set(held_places)
        parts: tuple[list[list[Encoded]], list[list[Encoded]]] = ([], [])
        for place in places:
            parts[place in held].append(tokenizing.examples(place))
        return _whole(*parts, measured, tally, eval_tally, encoder, recipe)

    estimate = _estimated([row for row in found if isinstance(row, Encoded)], entries, train_places)
    report = replace(
        estimate,
        form=", ".join(dict.fromkeys([*tally.forms, *eval_tally.forms])),
        rows=tally.rows + eval_tally.rows,
        eval_rows=len(held_places) + len(others),
        refused=len(tally.refused),
        refusals=refusals(tally.refused),
        longest=min(options.cutoff, max([estimate.longest, *map(len, others)])),
    )
    params: dict[str, object] = {"looked_at": len(sample), "rows": len(entries)}
    note = Adjusted(code="data.rest_follows", params=params)
    later = Later(tokenizing, options.cutoff, said)
    return Prepared(train, held_out, report, (note,), later)


def _estimated(
    sample: Sequence[Encoded], entries: Sequence[Entry], train: Sequence[int]
) -> DataReport:
    """The figures of all rows by those of a sample; the longest row is rounded up."""
    share = len(train) / len(sample)
    tokens = sum(len(example) for example in sample)
    most = max(entry.content.characters for entry in entries)
    mean = sum(entry.content.characters for entry in entries) / len(entries)
    # Twice the tokens that so many characters have on average, and never less than was seen.
    longest = int(2 * most * (tokens / len(sample)) / max(mean, 1))
    return DataReport(
        form="",
        rows=len(entries),
        train_rows=len(train),
        eval_rows=0,
        tokens=int(tokens * share),
        trained_tokens=int(sum(example.trained_tokens for example in sample) * share),
        longest=max(longest, *(len(example) for example in sample)),
    )


def _options(recipe: Recipe, tokenizer: "PreTrainedTokenizerBase") -> Options:
    """The recipe's options, with the cutoff no longer than what the model reads."""
    options = Options.of(recipe)
    return replace(options, cutoff=min(options.cutoff, int(tokenizer.model_max_length)))


def _encode_key(
    key: str, recipe: Recipe, encoder: Encoder, folder: RunFolder | None, progress: Progress | None
) -> tuple[list[list[Encoded]], Tally]:
    """The examples of each usable row under a key, and the count of all rows."""
    tally = Tally.of(recipe, key)
    out: list[list[Encoded]] = []
    opened = [_open(source, recipe) for source in find_sources(recipe, folder, key)]
    sizes = [len(rows) if isinstance(rows, list) else None for _, rows in opened]
    total = None if None in sizes else sum(size or 0 for size in sizes)
    for source, rows in opened:
        for batch in _batches(_contents(source, iter(rows), recipe, tally)):
            failpoint("data.tokenizing")
            results = encoder.encode_all([content for _, content in batch])
            for (row, _), result in zip(batch, results, strict=True):
                if isinstance(result, RowFault):
                    tally.refused.append(result.at(row.file, row.line))
                else:
                    out.append(result)
            if progress:
                progress(tally.rows, total)
    return out, tally


def _open(source: Source, recipe: Recipe) -> tuple[Source, Iterable[Row | Refused]]:
    """The rows of a source: all at once where it is small, so that their number is known."""
    rows = limited(source, recipe)
    is_small = source.size is not None and source.size <= _READ_AT_ONCE
    return source, list(rows) if is_small else rows


def _contents(
    source: Source, rows: Iterator[Row | Refused], recipe: Recipe, tally: Tally
) -> Iterator[tuple[Row, Content]]:
    """What the rows of a source say; refused ones are counted and passed over."""
    first = list(itertools.islice(rows, _LOOKED_AT))
    form = _form(source, first)
    if form is None:
        tally.rows += len(first)
        tally.refused.extend(row for row in first if isinstance(row, Refused))
        return
    tally.forms.append(form.text)
    tally.unused.extend(form.unused)
    yield from _read(itertools.chain(first, rows), form, recipe, tally)


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


def _read(
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


def _batches(contents: Iterator[tuple[Row, Content]]) -> Iterator[list[tuple[Row, Content]]]:
    batch: list[tuple[Row, Content]] = []
    characters = 0
    for row, content in contents:
        batch.append((row, content))
        characters += content.characters
        if len(batch) >= _BATCH_ROWS or characters >= _BATCH_CHARACTERS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch


def _split(rows: list[T], recipe: Recipe) -> tuple[list[T], list[T]]:
    """Hold rows out to measure on: a share below 1, or a number of rows."""
    size = float(str(recipe["val_size"] or 0))
    if not size:
        return rows, []
    count = max(1, round(size * len(rows))) if size < 1 else int(size)
    if count >= len(rows):
        raise FtError(
            "data.val_size_too_big", where=recipe.where("val_size"), count=count, rows=len(rows)
        )
    chosen = set(random.Random(int(str(recipe["seed"]))).sample(range(len(rows)), count))  # noqa: S311
    train = [row for index, row in enumerate(rows) if index not in chosen]
    return train, [rows[index] for index in sorted(chosen)]
