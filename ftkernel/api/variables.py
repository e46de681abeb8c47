"""Values of a notebook or a script as rows on disk: what ``$df`` becomes in a run folder.

A table is recognised by what it can do (pandas, polars, arrow, ``datasets.Dataset``, a list of
mappings, a generator), never by importing its library, and is taken piece by piece. Missing cells
(NaN, NaT, NA) become ``null``; scalars of numpy become numbers.
"""

import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from ftkernel.errors import FtError

_AT_ONCE = 4096


def rows_of(name: str, value: object) -> Iterator[object]:
    """The rows of a variable, not yet fit for JSON; what is no mapping is refused where it is read.

    Raises:
        FtError: if the value holds no rows.
    """
    records = _records(value)
    if records is None:
        raise FtError("api.variable_no_rows", name=name, type=type(value).__name__)
    yield from records


def _records(value: object) -> Iterable[object] | None:
    if isinstance(value, str | bytes):
        return None
    if isinstance(value, Mapping):
        return [value] if value and not any(_is_column(item) for item in value.values()) else None
    if hasattr(value, "to_dicts"):  # polars
        return _pieces(value, lambda piece: piece.to_dicts())
    if hasattr(value, "to_dict") and hasattr(value, "iloc"):  # pandas
        return _pieces(value, lambda piece: piece.to_dict(orient="records"), "iloc")
    if hasattr(value, "to_pylist") and hasattr(value, "column_names"):  # arrow
        return _pieces(value, lambda piece: piece.to_pylist())
    # A datasets.Dataset, a list of mappings, a generator: all give rows one after another.
    return value if isinstance(value, Iterable) else None


def _pieces(
    table: Any,  # noqa: ANN401 - of any library
    records: Callable[[Any], Iterable[object]],
    through: str = "",
) -> Iterator[object]:
    """The rows of a table by slices of it, so that they are not all there twice."""
    slices = getattr(table, through) if through else table
    for start in range(0, len(table), _AT_ONCE):
        yield from records(slices[start : start + _AT_ONCE])


def _is_column(value: object) -> bool:
    return hasattr(value, "shape") or hasattr(value, "features")


def as_json(value: object) -> object:
    """A cell as JSON types; what has no JSON form becomes its text."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): as_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set):
        return [as_json(item) for item in value]
    # NaT and NA are not equal to themselves, or refuse to say; both mean that the cell is empty.
    if type(value).__name__ in {"NaTType", "NAType"}:
        return None
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if hasattr(value, "tolist"):  # numpy scalars and arrays
        return as_json(value.tolist())  # pyright: ignore[reportAttributeAccessIssue]
    return str(value)


def write_rows(name: str, value: object, path: Path) -> int:
    """Write the rows of a variable as JSON lines to ``path``; returns how many there were.

    Raises:
        FtError: if the value holds no rows.
    """
    count = 0
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as out:
        for row in rows_of(name, value):
            out.write(json.dumps(as_json(row), ensure_ascii=False) + "\n")
            count += 1
    if not count:
        raise FtError("api.variable_empty", name=name)
    return count
