"""What is wrong with the body of a request, in our words: the field, and what to write there."""

from typing import Any

from pydantic import ValidationError

from ftkernel.errors import FtError
from ftkernel.views.escape import one_line

_KINDS = {
    "string": "lab.kind_text",
    "int": "lab.kind_whole",
    "float": "lab.kind_number",
    "bool": "lab.kind_bool",
    "list": "lab.kind_list",
    "dict": "lab.kind_object",
    "model": "lab.kind_object",
}
"""What a field takes, by how the library's name of its fault begins."""


def of_body(error: ValidationError) -> FtError:
    """What is wrong with a body, by the first of its faults.

    Args:
        error: of a model, or of the union of the commands.
    """
    first = error.errors(include_url=False, include_input=False)[0]
    kind, context = first["type"], first.get("ctx", {})
    # A fault inside of a command is named by the command first, which is no field.
    path = first["loc"][1:] if error.title.startswith("tagged-union") else first["loc"]
    place = one_line(".".join(str(part) for part in path))
    if kind == "json_invalid":
        return FtError("lab.body_no_json")
    if kind == "union_tag_not_found":
        return FtError("lab.body_missing", place="command")
    if kind == "union_tag_invalid":
        return _unknown_command(context)
    if not place:
        return FtError("lab.body_no_object")
    return _of_field(kind, place, context)


def _unknown_command(context: dict[str, Any]) -> FtError:
    known = str(context.get("expected_tags", "")).replace("'", "`")
    return FtError("lab.body_command", name=one_line(context.get("tag", ""), 40), known=known)


def _of_field(kind: str, place: str, context: dict[str, Any]) -> FtError:
    if kind == "missing":
        return FtError("lab.body_missing", place=place)
    if kind == "extra_forbidden":
        return FtError("lab.body_extra", place=place)
    if kind == "string_too_long":
        return FtError("lab.body_too_long", place=place, most=context["max_length"])
    if kind == "too_long":
        return FtError("lab.body_too_many", place=place, most=context["max_length"])
    if kind == "greater_than_equal":
        return FtError("lab.body_too_small", place=place, least=context["ge"])
    if kind == "less_than_equal":
        return FtError("lab.body_too_big", place=place, most=context["le"])
    if code := _KINDS.get(kind.split("_", 1)[0]):
        return FtError("lab.body_kind", place=place, kind={"code": code})
    return FtError("lab.bad_body", place=place)
