"""From a recipe to what is trained on; and the refusal of what cannot learn.

Nothing is written. Rows are read and encoded in small batches, so only tokens are held. The split
depends on the seed and the rows alone, and examples of one row stay on one side of it.
"""

import itertools
import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ftkernel.data.conversation import Content, read_row
from ftkernel.data.encode import Encoder
from ftkernel.data.encoded import Encoded, Options
from ftkernel.data.forms import FITTING, Form, columns_of, nearest, recognise
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

# Rows looked at to recognise a form; a column that is missing in all of them does not exist.
_LOOKED_AT = 100
_READ_AT_ONCE = 64 * 2**20
_BATCH_ROWS = 256
_BATCH_CHARACTERS = 1_000_000


@dataclass(frozen=True)
class Prepared:
    """What is trained and evaluated on, what became of the rows, and what to say about them."""

    train: list[Encoded]
    eval: list[Encoded]
    report: DataReport
    notes: tuple[Adjusted | Warned, ...] = ()


def prepare(
    recipe: Recipe,
    tokenizer: "PreTrainedTokenizerBase",
    folder: RunFolder | None,
    progress: Progress | None = None,
) -> Prepared:
    """Read and encode the rows of a recipe.

    Args:
        recipe: names the sources and how rows are to be learned.
        tokenizer: of the checkpoint; not changed.
        folder: of the run, where the kernel wrote variables; ``None`` where there is no run.
        progress: told after each batch how many rows are done, of how many (``None``: not known).
            What it raises ends the work.

    Raises:
        FtError: if a source is unreadable, or a run on these rows could not learn.
    """
    options = _options(recipe, tokenizer)
    encoder = Encoder(tokenizer, options)
    learned, tally = _encode_key("dataset", recipe, encoder, folder, progress)
    tally.check(len(learned), options.cutoff)
    train, held_out = _split(learned, recipe)
    measured, eval_tally = _encode_key("eval_dataset", recipe, encoder, folder, None)
    if recipe["eval_dataset"] is not None:
        eval_tally.check(len(measured), options.cutoff)
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
        unused=[*tally.unused, *eval_tally.unused],
    )  # fmt: skip
    return Prepared(train_examples, eval_examples, report, tuple(said))


def _options(recipe: Recipe, tokenizer: "PreTrainedTokenizerBase") -> Options:
    """The recipe's options, with the cutoff no longer than what the model reads."""
    options = Options.of(recipe)
    return replace(options, cutoff=min(options.cutoff, int(tokenizer.model_max_length)))


def _encode_key(
    key: str, recipe: Recipe, encoder: Encoder, folder: RunFolder | None, progress: Progress | None
) -> tuple[list[list[Encoded]], Tally]:
    """The examples of each usable row under a key, and the count of all rows."""
    tally = Tally()
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


def _split(
    rows: list[list[Encoded]], recipe: Recipe
) -> tuple[list[list[Encoded]], list[list[Encoded]]]:
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
