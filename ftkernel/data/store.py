"""Encoded rows on disk, in arrow: written as they come, read as if they were a list in memory.

A stored file is an arrow IPC file of record batches. Token ids and the ranges that are learned are
``large_list<int32>`` columns; what is rare (weights, remarks) is a list that is mostly empty. The
file is mapped into memory and rows are made when they are asked for, so a million rows take no more
memory than a thousand: four bytes a row for its length.

Rows of one kind have one schema: parts (a pair has two) of the same columns each, with the part's
name before them. Only this module knows it; others see :class:`StoredRows`.
"""

import hashlib
import itertools
import operator
from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

from ftkernel.data.encoded import (
    NOTHING,
    AnyEncoded,
    Encoded,
    EncodedFeedback,
    EncodedPair,
    EncodedPrompt,
    Labelled,
    Packed,
    Remark,
)

Kind = Literal["rows", "pairs", "feedback", "prompts", "packed", "labelled"]

_BATCH_ROWS = 4096
_BATCH_NUMBERS = 4_000_000
_REMARK_FIELDS = len(Remark.__dataclass_fields__)


# From rows to columns. A column is a list of numbers in each row, or one number.


@dataclass(frozen=True)
class _Form:
    """How a kind of row is taken apart and put together."""

    numbers: tuple[str, ...]
    """Columns of lists of whole numbers; the first tells the length of a row with the next part's
    first."""
    floats: tuple[str, ...]
    lengths: tuple[str, ...]
    """The columns whose longest is a row's length."""
    apart: Callable[[Any], tuple[tuple[Iterable[int], ...], tuple[Sequence[float], ...]]]
    together: Callable[[Mapping[str, Any]], AnyEncoded]


def _ranges(learned: Sequence[tuple[int, int]]) -> list[int]:
    return [place for pair in learned for place in pair]


def _of_ranges(flat: Sequence[int]) -> tuple[tuple[int, int], ...]:
    return tuple(zip(flat[::2], flat[1::2], strict=True))


def _flags(remark: Remark, *, cut: bool) -> list[int]:
    """A remark as numbers; none where there is nothing to remark."""
    return [] if remark == NOTHING and not cut else [int(cut), *map(int, astuple(remark))]


def _of_flags(flags: Sequence[int]) -> tuple[bool, Remark]:
    if not len(flags):
        return False, NOTHING
    cut, dropped, tokens, *others = flags
    return bool(cut), Remark(dropped, tokens, *map(bool, others))


def _one(encoded: Encoded) -> tuple[Any, ...]:
    return (
        encoded.tokens,
        _ranges(encoded.learned),
        _flags(encoded.remark, cut=encoded.cut),
    )


def _read_one(row: Mapping[str, Any], part: str = "") -> Encoded:
    cut, remark = _of_flags(row[part + "flags"])
    learned = _of_ranges(row[part + "learned"])
    return Encoded(row[part + "input_ids"], learned, cut, tuple(row[part + "weights"]), remark)


def _columns(*parts: str) -> tuple[str, ...]:
    return tuple(part + name for part in parts for name in ("input_ids", "learned", "flags"))


def _read_labelled(row: Mapping[str, Any]) -> Labelled:
    cut, remark = _of_flags(row["flags"])
    beside = (row["places"] or None, row["mask"] or None)
    return Labelled(row["input_ids"], row["labels"], *beside, cut, tuple(row["weights"]), remark)


_FORMS: Mapping[Kind, _Form] = {
    "rows": _Form(
        _columns(""),
        ("weights",),
        ("input_ids",),
        lambda row: (_one(row), (row.weights,)),
        _read_one,
    ),
    "pairs": _Form(
        _columns("chosen_", "rejected_"),
        ("chosen_weights", "rejected_weights"),
        ("chosen_input_ids", "rejected_input_ids"),
        lambda row: (
            (*_one(row.chosen), *_one(row.rejected)),
            (row.chosen.weights, row.rejected.weights),
        ),
        lambda row: EncodedPair(_read_one(row, "chosen_"), _read_one(row, "rejected_")),
    ),
    "feedback": _Form(
        (*_columns("own_", "kl_"), "desirable"),
        ("own_weights", "kl_weights"),
        ("own_input_ids", "kl_input_ids"),
        lambda row: (
            (*_one(row.own), *_one(row.kl), [int(row.desirable)]),
            (row.own.weights, row.kl.weights),
        ),
        lambda row: EncodedFeedback(
            _read_one(row, "own_"), _read_one(row, "kl_"), bool(row["desirable"][0])
        ),
    ),
    "prompts": _Form(
        ("input_ids", "answer", "flags"),
        (),
        ("input_ids",),
        lambda row: ((row.prompt, row.answer, _flags(row.remark, cut=False)), ()),
        lambda row: EncodedPrompt(row["input_ids"], row["answer"], _of_flags(row["flags"])[1]),
    ),
    "packed": _Form(
        (*_columns(""), "lengths"),
        ("weights",),
        ("input_ids",),
        lambda row: ((*_one(row), row.lengths), (row.weights,)),
        lambda row: Packed(
            row["input_ids"],
            _of_ranges(row["learned"]),
            tuple(row["lengths"]),
            tuple(row["weights"]),
            *_of_flags(row["flags"]),
        ),
    ),
    "labelled": _Form(
        ("input_ids", "labels", "flags", "places", "mask"),
        ("weights",),
        ("input_ids",),
        lambda row: (
            (
                row.tokens,
                row.targets,
                _flags(row.remark, cut=row.cut),
                row.places or (),
                row.mask or (),
            ),
            (row.weights,),
        ),
        _read_labelled,
    ),
}

_KINDS: Mapping[type, Kind] = {
    Encoded: "rows",
    EncodedPair: "pairs",
    EncodedFeedback: "feedback",
    EncodedPrompt: "prompts",
    Packed: "packed",
    Labelled: "labelled",
}


@dataclass
class _Column:
    """The values of one list column of the batch that is being filled."""

    values: "array[Any]"
    offsets: "array[int]" = field(default_factory=lambda: array("q", [0]))

    def add(self, values: Iterable[Any]) -> None:
        self.values.extend(values)
        self.offsets.append(len(self.values))

    def taken(self) -> "tuple[array[Any], array[int]]":
        """What it holds; it is empty afterwards."""
        values, offsets = self.values, self.offsets
        self.values, self.offsets = array(values.typecode), array("q", [0])
        return values, offsets


class Writer:
    """Writes rows of one kind into a new file; used with ``with``.

    Args:
        path: of the file; what is there is written over.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._kind: Kind | None = None
        self._file: Any = None
        self._columns: list[_Column] = []
        self._rows: array[int] = array("q")
        self._trained: array[int] = array("i")
        self._group = -1

    def __enter__(self) -> "Writer":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: object, trace: TracebackType | None
    ) -> None:
        self.close()

    def add(self, row: AnyEncoded | Labelled, *, begins: bool = True) -> None:
        """Write one row.

        Args:
            row: of the kind of the first one.
            begins: whether it stands for itself; otherwise it came out of the same row of the
                source as the one before it, and the two are not to be parted.
        """
        if self._kind is None:
            self._begin(_KINDS[type(row)])
        form = _FORMS[self._kind or "rows"]
        numbers, floats = form.apart(row)
        for column, values in zip(self._columns, (*numbers, *floats), strict=True):
            column.add(values)
        self._group += begins
        self._rows.append(self._group)
        self._trained.append(row.trained_tokens)
        if len(self._rows) >= _BATCH_ROWS or len(self._columns[0].values) >= _BATCH_NUMBERS:
            self._flush()

    def _begin(self, kind: Kind) -> None:
        import pyarrow as pa

        self._kind = kind
        form = _FORMS[kind]
        self._columns = [_Column(array("i")) for _ in form.numbers]
        self._columns += [_Column(array("d")) for _ in form.floats]
        lists = [(name, pa.large_list(pa.int32())) for name in form.numbers]
        lists += [(name, pa.large_list(pa.float64())) for name in form.floats]
        single = [("row", pa.int64()), ("trained_tokens", pa.int32())]
        self._schema = pa.schema([*lists, *single], metadata={"kind": kind})
        self._file = pa.ipc.new_file(str(self._path), self._schema)

    def _flush(self) -> None:
        import pyarrow as pa

        count = len(self._rows)
        if not count:
            return
        arrays = []
        for column, kind in zip(self._columns, self._schema.types, strict=False):
            values, offsets = column.taken()
            held = pa.Array.from_buffers(kind.value_type, len(values), [None, pa.py_buffer(values)])
            buffers = [None, pa.py_buffer(offsets)]
            arrays.append(pa.Array.from_buffers(kind, count, buffers, children=[held]))
        for values, kind in ((self._rows, pa.int64()), (self._trained, pa.int32())):
            arrays.append(pa.Array.from_buffers(kind, count, [None, pa.py_buffer(values)]))
        self._rows, self._trained = array("q"), array("i")
        self._file.write_batch(pa.RecordBatch.from_arrays(arrays, schema=self._schema))

    def close(self) -> None:
        """Write what is left; a file without rows has the schema of plain ones."""
        if self._kind is None:
            self._begin("rows")
        if self._file is not None:
            self._flush()
            self._file.close()
            self._file = None


class StoredRows(Sequence[Any]):
    """The rows of a stored file, in the order in which they were written.

    Raises:
        OSError: if the file is not there, or is no arrow file.
    """

    def __init__(self, path: Path) -> None:
        import pyarrow as pa

        self.path = path
        try:
            file = pa.ipc.open_file(pa.memory_map(str(path)))
        except pa.ArrowInvalid as error:
            raise OSError(str(error)) from error
        kind = (file.schema.metadata or {}).get(b"kind", b"").decode()
        if kind not in _FORMS:
            raise OSError(f"no rows in {path.name}")
        self.kind: Kind = kind
        self._form = _FORMS[kind]
        names = (*self._form.numbers, *self._form.floats)
        batches = [file.get_batch(number) for number in range(file.num_record_batches)]
        self._lists = [[_List.of(batch.column(name)) for name in names] for batch in batches]
        self._names = names
        self._starts = [0, *itertools.accumulate(batch.num_rows for batch in batches)]
        self.rows = _singles(batches, "row", "q")
        """The number of the source's row that each came from, ascending."""
        self.trained = _singles(batches, "trained_tokens", "i")
        """How many tokens of each are learned."""
        self.lengths = self._lengths()
        """How many tokens each has; of a pair, those of its longer side."""

    def __reduce__(self) -> tuple[type, tuple[Path]]:
        """Another process maps the file itself."""
        return StoredRows, (self.path,)

    def _lengths(self) -> "array[int]":
        places = [self._names.index(name) for name in self._form.lengths]
        out = array("i")
        for lists in self._lists:
            columns = [lists[place].lengths() for place in places]
            out.extend(columns[0] if len(columns) == 1 else map(max, *columns))
        return out

    def fingerprint(self) -> str:
        """A short text that changes when any token or label of the rows does."""
        digest = hashlib.blake2b(digest_size=12)
        for lists in self._lists:
            for name, one in zip(self._names, lists, strict=True):
                if not name.endswith("flags"):
                    digest.update(array("q", one.lengths()))
                    digest.update(one.values[: one.used])
        return digest.hexdigest()

    def __len__(self) -> int:
        return self._starts[-1]

    def __getitem__(self, index: Any) -> Any:  # noqa: ANN401 - a row, or a view for a slice
        if isinstance(index, slice):
            return Chosen(self, range(*index.indices(len(self))))
        if not -len(self) <= index < len(self):
            raise IndexError(index)
        index %= len(self)
        batch = bisect_right(self._starts, index) - 1
        place = index - self._starts[batch]
        lists = self._lists[batch]
        row = {name: one.at(place) for name, one in zip(self._names, lists, strict=True)}
        return self._form.together(row)


class Chosen(Sequence[Any]):
    """Some rows of a stored file, by their places in it.

    Attributes:
        places: the place of each row; a range or an array, so that it stays small.
    """

    def __init__(self, stored: StoredRows, places: "range | array[int]") -> None:
        self.stored = stored
        self.places = places

    @property
    def lengths(self) -> "array[int]":
        """How many tokens each row has."""
        return array("i", map(self.stored.lengths.__getitem__, self.places))

    @property
    def trained(self) -> "array[int]":
        """How many tokens of each are learned."""
        return array("i", map(self.stored.trained.__getitem__, self.places))

    def fingerprint(self) -> str:
        """A short text that changes when any token or label of the rows does."""
        places = hashlib.blake2b(array("q", self.places), digest_size=12).hexdigest()
        return f"{self.stored.fingerprint()}/{places}"

    def __len__(self) -> int:
        return len(self.places)

    def __getitem__(self, index: Any) -> Any:  # noqa: ANN401 - a row, or a view for a slice
        if isinstance(index, slice):
            return Chosen(self.stored, self.places[index])
        return self.stored[self.places[index]]


class Joined(Sequence[Any]):
    """Several sequences of rows as one."""

    def __init__(self, parts: Sequence["StoredRows | Chosen"]) -> None:
        self._parts = parts
        self._starts = [0, *itertools.accumulate(map(len, parts))]

    @property
    def lengths(self) -> "array[int]":
        """How many tokens each row has."""
        out = array("i")
        for part in self._parts:
            out.extend(part.lengths)
        return out

    def __len__(self) -> int:
        return self._starts[-1]

    def __getitem__(self, index: Any) -> Any:  # noqa: ANN401 - a row, or rows for a slice
        if isinstance(index, slice):
            return [self[place] for place in range(*index.indices(len(self)))]
        if not -len(self) <= index < len(self):
            raise IndexError(index)
        index %= len(self)
        part = bisect_right(self._starts, index) - 1
        return self._parts[part][index - self._starts[part]]


@dataclass(frozen=True, slots=True)
class _List:
    """A list column of one batch, where it lies in the mapped file."""

    offsets: memoryview
    values: memoryview
    code: str

    @classmethod
    def of(cls, column: Any) -> "_List":  # noqa: ANN401 - an arrow array
        code = "i" if str(column.type.value_type) == "int32" else "d"
        _, offsets, _, values = column.buffers()
        bounds = memoryview(offsets).cast("B").cast("q")[: len(column) + 1]  # without padding
        view = memoryview(b"") if values is None else memoryview(values).cast("B")
        return cls(bounds, view, code)

    def at(self, place: int) -> "array[Any]":
        out = array(self.code)
        start, stop = self.offsets[place], self.offsets[place + 1]
        out.frombytes(self.values[out.itemsize * start : out.itemsize * stop])
        return out

    @property
    def used(self) -> int:
        """How many bytes the values take."""
        return self.offsets[-1] * array(self.code).itemsize

    def lengths(self) -> Iterator[int]:
        return map(operator.sub, self.offsets[1:], self.offsets)


def _singles(batches: Sequence[Any], name: str, code: str) -> "array[int]":
    out = array(code)
    for batch in batches:
        column = batch.column(name)
        view = memoryview(column.buffers()[1]).cast("B")
        out.frombytes(view[: out.itemsize * batch.num_rows])
    return out
