"""Rows with tools or calls as objects, as they come out of ``datasets``.

LLaMA-Factory reads files through its JSON loader, which gives all objects of a column one type:
keys take the order of the first object, numbers one kind, arguments that are now text and now an
object are all taken for JSON. What is written out depends on it, so the loader itself is asked.
"""

import itertools
import json
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ftkernel.data.parity.columns import Layout
from ftkernel.data.rows import Refused, Row

_LOOKED_AT = 100


def as_loaded(rows: Iterable[Row | Refused], layout: Layout) -> Iterable[Row | Refused]:
    """The rows, gone through the loader if any of the first holds tools or calls as objects.

    Then all of them are read before the first is given; else none is read ahead but those.
    """
    source = iter(rows)
    first = list(itertools.islice(source, _LOOKED_AT))
    if not any(isinstance(row, Row) and _has_objects(row, layout) for row in first):
        return itertools.chain(first, source)
    every = [*first, *source]
    usable = [row for row in every if isinstance(row, Row)]
    refused = [row for row in every if isinstance(row, Refused)]
    return itertools.chain(refused, _through_the_loader(usable))


def _has_objects(row: Row, layout: Layout) -> bool:
    tools, messages = (row.data.get(layout.columns[key] or "") for key in ("tools", "messages"))
    if isinstance(tools, dict | list):
        return True
    listed = messages if isinstance(messages, list) else []
    return any(isinstance(one, dict) and one.get("tool_calls") for one in listed)


def _through_the_loader(rows: Sequence[Row]) -> Iterator[Row]:
    import datasets
    from datasets.exceptions import DatasetGenerationError

    with tempfile.TemporaryDirectory(prefix="ftkernel-") as folder:
        file = Path(folder) / "rows.json"
        _write(file, rows)
        shown = not datasets.are_progress_bars_disabled()
        datasets.disable_progress_bars()
        try:
            loaded: list[Any] = list(
                datasets.load_dataset(
                    "json", data_files=[str(file)], split="train", cache_dir=folder
                )
            )
        except (DatasetGenerationError, ValueError, TypeError):
            loaded = [row.data for row in rows]  # LLaMA-Factory ends here
        finally:
            if shown:
                datasets.enable_progress_bars()
    for row, data in zip(rows, loaded, strict=True):
        yield replace(row, data=data)


def _write(file: Path, rows: Sequence[Row]) -> None:
    """One list where the rows come from one, since the loader reads it otherwise than lines."""
    lines = [json.dumps(row.data, ensure_ascii=False, default=str) for row in rows]
    is_list = rows[0].file.endswith(".json")
    text = f"[{','.join(lines)}]" if is_list else "\n".join(lines)
    file.write_text(text, encoding="utf-8", errors="surrogatepass")
