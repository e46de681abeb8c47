"""What a notebook keeps of previews and chats, as JSON for the JupyterLab extension.

Notebook files put every element of a list on a line of its own, so that tokens are kept as JSON
within a string: a third of the size.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ftkernel.views.escape import one_line

CHAT_MIME = "application/vnd.ftkernel.chat.v1+json"

MOST_ROWS = 20
MOST_BYTES = 30_000
"""Of a preview's rows, as they stand in the file."""


def preview_json(head: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> dict[str, object]:
    """A preview as JSON types.

    Args:
        head: what became of all rows, as the panel is told it.
        rows: the first rows, likewise; as many are kept as there is room for.
    """
    kept: list[str] = []
    left = MOST_BYTES
    for row in rows[:MOST_ROWS]:
        text = _compact(row)
        left -= size(text)
        if left < 0:
            break
        kept.append(text)
    return {"version": 1, "head": _compact(head), "rows": kept}


def chat_json(id_: str, name: str) -> dict[str, object]:
    """Which run a chat is with; an empty id for a model that is no run."""
    return {"version": 1, "id": one_line(id_, 80), "name": one_line(name, 120)}


def size(text: str) -> int:
    """How many bytes a string takes in a notebook's file."""
    return len(json.dumps(text, ensure_ascii=False).encode("utf-8", "replace"))


def preview_schema() -> dict[str, Any]:
    """The JSON schema of :func:`preview_json`."""
    row = {"type": "string", "contentMediaType": "application/json"}
    return _object(
        {
            "version": {"const": 1},
            "head": row,
            "rows": {"type": "array", "items": row, "maxItems": MOST_ROWS},
        }
    )


def chat_schema() -> dict[str, Any]:
    """The JSON schema of :func:`chat_json`."""
    text = {"type": "string"}
    return _object({"version": {"const": 1}, "id": text, "name": text})


def _compact(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _object(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": dict(fields),
        "required": list(fields),
        "additionalProperties": False,
    }
