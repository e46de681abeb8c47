"""Tools and calls of tools, in whatever form, as chat templates take them.

Definitions come as OpenAI writes them or as bare functions, as a list or as JSON text; calls as
``tool_calls``, as the older ``function_call``, or as the JSON text of a turn. Arguments become what
they spell: a call whose JSON is broken would teach broken JSON, so its row is refused.
"""

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from ftkernel.data.content import Tool
from ftkernel.data.formats.cells import is_missing, type_of
from ftkernel.data.rows import RowFault


def tools_in(value: object, column: str) -> tuple[Tool, ...]:
    """The tools that a cell defines; none if it is empty.

    Raises:
        RowFault: if they cannot be read, or one has no name.
    """
    if is_missing(value) or value in ("", "[]", "null"):
        return ()
    found = _json(value, "data.tools_json", column) if isinstance(value, str) else value
    if is_missing(found):
        return ()
    if isinstance(found, Mapping):
        found = [found]
    if not isinstance(found, list | tuple):
        raise RowFault("data.cell_type", key=column, column=column, type=type_of(found))
    return tuple(_tool(one, number, column) for number, one in enumerate(found, start=1))


def _tool(value: object, number: int, column: str) -> Tool:
    if isinstance(value, str):
        value = _json(value, "data.tools_json", column)
    if not isinstance(value, Mapping):
        raise RowFault("data.tool_type", key=column, number=number, type=type_of(value))
    function = value.get("function")
    outer: Mapping[str, Any] = value if isinstance(function, Mapping) else {}
    function = function if isinstance(function, Mapping) else value
    name = function.get("name")
    if not isinstance(name, str) or not name.strip():
        raise RowFault("data.tool_name", key=column, number=number)
    inner = {k: part for k, part in function.items() if k != "type" or function is not value}
    if _has_gaps(inner):
        inner = _filled(inner)
    return {**outer, "type": "function", "function": inner}


_MAY_BE_NULL = ("default", "const", "examples")


def _has_gaps(schema: object) -> bool:
    """Whether a schema has empty entries that no schema has: tables add them to make rows alike."""
    if isinstance(schema, Mapping):
        return any(
            (part is None and key not in _MAY_BE_NULL) or _has_gaps(part)
            for key, part in schema.items()
        )
    return isinstance(schema, list) and any(_has_gaps(part) for part in schema)


def _filled(value: Any) -> Any:  # noqa: ANN401  JSON of any shape
    if isinstance(value, Mapping):
        return {key: _filled(part) for key, part in value.items() if part is not None}
    return [_filled(part) for part in value] if isinstance(value, list) else value


def calls_in(value: object, number: int, column: str) -> list[dict[str, Any]]:
    """The calls of a turn.

    Args:
        value: a call, several, or their JSON text.
        number: of the turn.
        column: of the turns.

    Raises:
        RowFault: if they cannot be read, or one has no name, or its arguments are no object.
    """
    if isinstance(value, str):
        value = _json(value, "data.call_json", column, number=number)
    if isinstance(value, Mapping):
        value = [value]
    if not isinstance(value, Sequence) or isinstance(value, str) or not value:
        raise RowFault("data.call_type", key=column, number=number, type=type_of(value))
    return [_call(one, number, column) for one in value]


def _call(value: object, number: int, column: str) -> dict[str, Any]:
    if isinstance(value, str):
        value = _json(value, "data.call_json", column, number=number)
    if not isinstance(value, Mapping):
        raise RowFault("data.call_type", key=column, number=number, type=type_of(value))
    function = value.get("function")
    function = function if isinstance(function, Mapping) else value
    name = function.get("name")
    if not isinstance(name, str) or not name.strip():
        raise RowFault("data.call_name", key=column, number=number)
    arguments = function.get("arguments", function.get("parameters"))
    if is_missing(arguments) or (isinstance(arguments, str) and not arguments.strip()):
        arguments = {}
    elif isinstance(arguments, str):
        arguments = _json(arguments, "data.call_arguments", column, number=number, name=name)
    if not isinstance(arguments, Mapping):
        raise RowFault(
            "data.call_arguments_type",
            key=column,
            number=number,
            name=name,
            type=type_of(arguments),
        )
    if (odd := _no_json_in(arguments)) is not None:
        problem = f"{json.dumps(odd)} is no JSON"
        params = {"problem": problem, "position": 1, "text": json.dumps(odd)}
        raise RowFault("data.call_arguments", key=column, number=number, name=name, **params)
    call: dict[str, Any] = {
        "type": "function",
        "function": {"name": name, "arguments": dict(arguments)},
    }
    if isinstance(value.get("id"), str) and function is not value:
        call["id"] = value["id"]
    return call


def without_gaps(
    calls: Sequence[dict[str, Any]], tools: Sequence[Tool]
) -> tuple[list[dict[str, Any]], int]:
    """Calls without the empty arguments that tables add to make all rows alike, and their number.

    Only an argument that the tool's definition does not know is such a gap: where it knows it, an
    empty one may be meant.
    """
    known = {
        tool["function"]["name"]: _properties(tool["function"].get("parameters")) for tool in tools
    }
    gaps = 0
    out: list[dict[str, Any]] = []
    for call in calls:
        function = call["function"]
        properties = known.get(function["name"])
        kept = function["arguments"]
        if properties is not None and any(value is None for value in kept.values()):
            kept = {k: v for k, v in kept.items() if v is not None or k in properties}
            gaps += len(function["arguments"]) - len(kept)
            call = {**call, "function": {**function, "arguments": kept}}
        out.append(call)
    return out, gaps


def _properties(parameters: object) -> set[str] | None:
    properties = parameters.get("properties") if isinstance(parameters, Mapping) else None
    return set(properties) if isinstance(properties, Mapping) else None


def _json(text: str, code: str, column: str, **params: object) -> Any:  # noqa: ANN401
    try:
        return json.loads(text, parse_constant=_no_number, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        problem = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
        position = error.colno if isinstance(error, json.JSONDecodeError) else 1
        shown = text if len(text) <= 40 else f"{text[:40]}…"
        raise RowFault(
            code, key=column, problem=problem, position=position, text=shown, **params
        ) from error


def _no_json_in(value: object) -> float | None:
    """The first number in an object that JSON has no form for."""
    if isinstance(value, float):
        return None if math.isfinite(value) else value
    if isinstance(value, Mapping):
        value = list(value.values())
    parts = value if isinstance(value, list) else ()
    return next((odd for part in parts if (odd := _no_json_in(part)) is not None), None)


def _finite(spelled: str) -> float:
    """A number; one that is too large to be held would be written as no JSON."""
    value = float(spelled)
    if math.isinf(value):
        _no_number(spelled)
    return value


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no JSON")
