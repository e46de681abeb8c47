"""Rows in JSON: one object a line, or a list of objects, whatever the ending.

A line that is no JSON is one refused row; the next line is read as if nothing had been. A list
that breaks off is an error of the file, since nobody knows where its next row begins.
"""

import json
from collections.abc import Iterator
from pathlib import Path

from ftkernel.data.rows import Refused, Row
from ftkernel.data.text_file import numbered_lines, whole_text
from ftkernel.errors import FtError, Where

_SPACE = " \t\r\n"


def read_json(path: Path, shown: str) -> Iterator[Row | Refused]:
    """The rows of a JSON or JSON Lines file, told apart by its first character.

    Raises:
        FtError: if it holds no rows, or a list in it breaks off.
    """
    if _begins_with_list(path) or (path.suffix == ".json" and not _line_is_value(path, shown)):
        yield from _read_values(path, shown)
    else:
        yield from _read_lines(path, shown)


def _begins_with_list(path: Path) -> bool:
    with path.open("rb") as file:
        while head := file.read(4096):
            if body := head.removeprefix(b"\xef\xbb\xbf").strip():
                return body.startswith(b"[")
    return False


def _line_is_value(path: Path, shown: str) -> bool:
    """Whether the first line that is not empty is a JSON value on its own."""
    for _, line in numbered_lines(path, shown):
        if line.strip():
            try:
                json.loads(line)
            except ValueError:
                return False
            return True
    return False


def _read_lines(path: Path, shown: str) -> Iterator[Row | Refused]:
    for number, line in numbered_lines(path, shown):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except ValueError as error:
            yield _broken_line(shown, number, line, error)
            continue
        yield _row(value, shown, number)


def _broken_line(shown: str, number: int, line: str, error: ValueError) -> Refused:
    if isinstance(error, json.JSONDecodeError):
        if not line[error.pos :].strip() or "Unterminated" in error.msg:
            return Refused("data.json_half", shown, number, params={"end": line.rstrip()[-30:]})
        params: dict[str, object] = {"column": error.colno, "problem": error.msg}
        return Refused("data.json_line", shown, number, params=params)
    # Python refuses integers of more than 4,300 digits with a plain ValueError.
    return Refused("data.json_line", shown, number, params={"column": 1, "problem": str(error)})


_TYPES = {"NoneType": "null", "int": "number", "float": "number", "bool": "truth value"}
"""What JSON holds beside objects, in words that follow "a"."""


def type_name(value: object) -> str:
    """The type of a JSON value as a person knows it."""
    return _TYPES.get(type(value).__name__, type(value).__name__)


def _row(value: object, shown: str, number: int) -> Row | Refused:
    if isinstance(value, dict):
        return Row(value, shown, number)
    return Refused("data.row_type", shown, number, params={"type": type_name(value)})


def _read_values(path: Path, shown: str) -> Iterator[Row | Refused]:
    """Rows of a list, or objects one after another over several lines."""
    text = whole_text(path, shown)
    decode = json.JSONDecoder().raw_decode
    position = _skip(text, 0)
    in_list = text.startswith("[", position)
    position = _skip(text, position + 1) if in_list else position
    line, counted = 1, 0
    while position < len(text) and text[position] != "]":
        line, counted = line + text.count("\n", counted, position), position
        try:
            value, position = decode(text, position)
        except ValueError as error:
            raise _broken_list(text, shown, line, error) from error
        yield _row(value, shown, line)
        position = _skip(text, position)
        if in_list and text.startswith(",", position):
            position = _skip(text, position + 1)
        elif in_list and not text.startswith("]", position):
            line += text.count("\n", counted, position)
            raise _ends_early(text, shown, line, position)
    if in_list and position >= len(text):
        raise _ends_early(text, shown, line, position)


def _broken_list(text: str, shown: str, line: int, error: ValueError) -> FtError:
    if isinstance(error, json.JSONDecodeError):
        if error.pos >= len(text.rstrip()) or "Unterminated" in error.msg:
            return _ends_early(text, shown, line, len(text))
        line, column, problem = error.lineno, error.colno, error.msg
    else:
        column, problem = 1, str(error)
    where = Where(file=shown, line=line)
    return FtError("data.json_broken", where=where, file=shown, column=column, problem=problem)


def _ends_early(text: str, shown: str, line: int, position: int) -> FtError:
    where = Where(file=shown, line=line)
    if position >= len(text.rstrip()):
        return FtError("data.json_cut", where=where, file=shown, end=text.rstrip()[-30:])
    return FtError(
        "data.json_broken",
        where=where,
        file=shown,
        column=1,
        problem="',' or ']' expected after a row",
    )


def _skip(text: str, position: int) -> int:
    while position < len(text) and text[position] in _SPACE:
        position += 1
    return position
