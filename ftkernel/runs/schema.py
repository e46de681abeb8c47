"""The JSON schema of all events, for whoever reads a run without Python.

Imports pydantic only when asked.
"""

from typing import Any

from ftkernel.runs.events import EVENTS


def event_schema() -> dict[str, Any]:
    """One JSON schema: an object for each kind, told apart by ``kind``, with its envelope."""
    from pydantic import TypeAdapter

    definitions: dict[str, Any] = {}
    for event in EVENTS:
        schema = TypeAdapter(event).json_schema()
        schema["properties"] = {**_envelope(event.KIND), **schema.get("properties", {})}
        schema["required"] = [*_envelope(event.KIND), *schema.get("required", [])]
        definitions[event.__name__] = schema
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A line of events.jsonl",
        "oneOf": [{"$ref": f"#/$defs/{name}"} for name in definitions],
        "$defs": definitions,
    }


def _envelope(kind: str) -> dict[str, Any]:
    return {
        "seq": {"type": "integer", "minimum": 1},
        "t": {"type": "number"},
        "attempt": {"type": "integer", "minimum": 1},
        "kind": {"const": kind},
    }
