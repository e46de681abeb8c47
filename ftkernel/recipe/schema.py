"""The recipe's keys as a JSON schema, for editors, forms and checks by other tools."""

from ftkernel.recipe.key import Key
from ftkernel.recipe.narrow import items_of
from ftkernel.recipe.registry import implemented
from ftkernel.recipe.source_values import OPTIONS, PLACES

_STRING: dict[str, object] = {"type": "string"}
_TYPES: dict[str, dict[str, object]] = {
    "str": _STRING,
    "int": {"type": "integer"},
    "float": {"type": "number"},
    "bool": {"type": "boolean"},
    "mapping": {"type": "object"},
    "list": {"anyOf": [_STRING, {"type": "array", "items": _STRING}]},
    "model": {
        "anyOf": [
            _STRING,
            {
                "type": "object",
                "properties": {"base": _STRING, "adapter": _STRING},
                "required": ["base"],
                "additionalProperties": False,
            },
        ]
    },
}
_BOUNDS = (
    ("ge", "minimum"),
    ("gt", "exclusiveMinimum"),
    ("le", "maximum"),
    ("lt", "exclusiveMaximum"),
)


def recipe_schema() -> dict[str, object]:
    """The JSON schema (2020-12) of a recipe; aliases stand beside the names they are for."""
    properties: dict[str, object] = {}
    for key in implemented():
        for name in (key.name, *key.aliases):
            properties[name] = key_schema(key)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "ftkernel recipe",
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
    }


def _sources() -> dict[str, object]:
    """A text, a mapping with the options of one source, or several of these."""
    options: dict[str, object] = {name: key_schema(option) for name, option in OPTIONS.items()}
    one: dict[str, object] = {
        "type": "object",
        "properties": {**dict.fromkeys(PLACES, _STRING), **options},
        "oneOf": [{"required": [place]} for place in PLACES],
        "additionalProperties": False,
    }
    several = {"type": "array", "items": {"anyOf": [_STRING, one]}, "minItems": 1}
    return {"anyOf": [_STRING, one, several]}


def key_schema(key: Key) -> dict[str, object]:
    """The schema of one key's value."""
    value: dict[str, object] = _sources() if key.kind == "source" else {**_TYPES[key.kind]}
    if key.choices and key.kind == "str":
        value["enum"] = list(key.choices)
    elif key.choices and key.kind == "bool":
        value = dict[str, object](enum=list(key.choices))
    if key.names:
        value["properties"] = {name: {"type": ["string", "null"]} for name in key.names}
        value["additionalProperties"] = False
    for field, word in _BOUNDS:
        bound = getattr(key, field)
        if bound is not None:
            value[word] = bound
    alternatives = [value]
    if key.unset:
        alternatives.append({"enum": list(key.unset)})
    if key.nullable and not key.secret:
        alternatives.append({"type": "null"})
    out: dict[str, object] = value if len(alternatives) == 1 else {"anyOf": alternatives}
    out = {**out, "description": key.en}
    if key.default is not None:
        items = items_of(key.default)
        out["default"] = key.default if items is None else items
    if key.secret:
        out["writeOnly"] = True
    return out
