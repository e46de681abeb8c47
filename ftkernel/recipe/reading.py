"""One raw value into the type its key declares, or a fault that says what was expected.

The key decides what a plain scalar means: ``no`` is text for ``eval_strategy`` and false for
``force``, ``1e-4`` is a number where a number belongs. A quoted number is taken as well; a number
never becomes text unseen, since text is kept exactly as it was written.
"""

import difflib
import json
import math
import re
from collections.abc import Mapping
from typing import cast

from ftkernel.errors import FtError, Where
from ftkernel.recipe.document import Raw, Scalar, quote
from ftkernel.recipe.key import Key
from ftkernel.recipe.narrow import items_of, pairs_of
from ftkernel.recipe.showing import as_yaml, example, range_text
from ftkernel.recipe.source_values import read_sources
from ftkernel.recipe.variables import type_name

_NULLS = ("", "~", "null", "Null", "NULL", "None")
_TRUE = ("true", "yes", "on", "y")
_FALSE = ("false", "no", "off", "n")
_INT = re.compile(r"[-+]?\d+(_\d+)*")
_FLOAT = re.compile(r"[-+]?(\d+(_\d+)*\.?\d*|\.\d+)([eE][-+]?\d+)?")
_LEADING_ZERO = re.compile(r"[-+]?0\d+|0[xXoObB]\w+")
_EXPRESSION = re.compile(r"[\w.)\]\s]+(\*\*?|//?|\+|-|%)\s*[\w.(]+.*|\w[\w.]*\(.*\)|\w+\[.*\]")
_HIGHEST = 2**63
_MOST_DIGITS = 25


def read_value(key: Key, raw: Raw, where: Where) -> object:
    """Read a raw value as its key declares.

    Raises:
        FtError: if the type, the range or the choice is wrong.
    """
    if _is_null(raw):
        if key.nullable or key.default is None:
            return None
        raise FtError("recipe.null", where=where, name=key.name, example=example(key))
    value = _READERS[key.kind](key, raw, where)
    if value in key.unset:
        return value
    if key.share:
        value = _share(key, value, where)
    check_range(key, value, where)
    _check_choice(key, value, where)
    _check_items(key, value, where)
    return value


def plain_value(raw: Raw) -> object:
    """A raw value without a key to ask: what YAML 1.2 makes of it, and ``1e-4`` a number."""
    if isinstance(raw, Scalar):
        return _plain_scalar(raw)
    if (pairs := pairs_of(raw)) is not None:
        return {name: plain_value(item) for name, item in pairs.items()}
    if (items := items_of(raw)) is not None:
        return [plain_value(item) for item in items]
    return raw


def check_range(key: Key, value: object, where: Where) -> None:
    """Refuse a number outside the key's range, and what is no number at all."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return
    inside = (
        math.isfinite(value)
        and (key.ge is None or value >= key.ge)
        and (key.gt is None or value > key.gt)
        and (key.le is None or value <= key.le)
        and (key.lt is None or value < key.lt)
        and abs(value) < _HIGHEST
    )
    if not inside:
        raise FtError(
            "recipe.out_of_range",
            where=where,
            name=key.name,
            value=as_yaml(value),
            range=range_text(key),
        )


def shown(raw: Raw) -> str:
    """A raw value as the message quotes it."""
    if isinstance(raw, Scalar):
        return quote(raw.text)
    value = plain_value(raw)
    if not isinstance(value, dict | list):
        return quote(as_yaml(value))
    try:
        return quote(json.dumps(value, ensure_ascii=False))
    except TypeError:
        return type_name(raw)


def _is_null(raw: Raw) -> bool:
    return raw is None or (isinstance(raw, Scalar) and raw.plain and raw.text in _NULLS)


def _plain_scalar(raw: Scalar) -> object:
    text = raw.text
    if not raw.plain:
        return text
    if text in _NULLS:
        return None
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    if _INT.fullmatch(text) and len(text) < _MOST_DIGITS:
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text


def _text(raw: Raw) -> str | None:
    """The text of a scalar, or of a Python string."""
    if isinstance(raw, Scalar):
        return raw.text
    return raw if isinstance(raw, str) else None


def _wrong(code: str, key: Key, raw: Raw, where: Where) -> FtError:
    """The fault of a wrong type; an expression in its place is told apart."""
    text = _text(raw)
    if text is not None and key.kind in ("int", "float", "bool"):
        if _LEADING_ZERO.fullmatch(text.strip()):
            return FtError("recipe.leading_zero", where=where, name=key.name, value=quote(text))
        if _EXPRESSION.fullmatch(text.strip()):
            return FtError("recipe.expression", where=where, name=key.name, text=quote(text))
    value = "***" if key.secret else shown(raw)
    return FtError(code, where=where, name=key.name, value=value, example=example(key))


def _read_str(key: Key, raw: Raw, where: Where) -> object:
    text = _text(raw)
    if text is not None:
        return text
    if isinstance(raw, bool):
        return "true" if raw else ("no" if "no" in key.choices else "false")
    if isinstance(raw, int | float):
        return as_yaml(raw)
    raise _wrong("recipe.not_str", key, raw, where)


def _read_int(key: Key, raw: Raw, where: Where) -> object:
    value = number(raw)
    if value is not None and math.isinf(value):
        check_range(key, value, where)
    if value is None or not math.isfinite(value) or value != int(value):
        raise _wrong("recipe.not_int", key, raw, where)
    return int(value)


def _read_float(key: Key, raw: Raw, where: Where) -> object:
    value = number(raw)
    if value is None:
        raise _wrong("recipe.not_float", key, raw, where)
    return value if key.share else float(value)


def number(raw: Raw) -> int | float | None:
    """The number that a raw value is or spells, or ``None``."""
    if isinstance(raw, bool):
        return None
    if isinstance(raw, int | float):
        return raw if abs(raw) < _HIGHEST else float("inf")
    text = (_text(raw) or "").strip()
    if _LEADING_ZERO.fullmatch(text):
        return None
    if _INT.fullmatch(text):
        return int(text) if len(text) < _MOST_DIGITS else float("inf")
    if _FLOAT.fullmatch(text):
        return float(text)
    if text.lower().lstrip("+-") in (".inf", "inf", ".nan", "nan"):
        return float(text.replace(".", ""))
    return None


def _read_bool(key: Key, raw: Raw, where: Where) -> object:
    if isinstance(raw, bool):
        return raw
    text = (_text(raw) or "").strip().lower()
    if text in key.choices:  # a word beside true and false
        return text
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    raise _wrong("recipe.not_bool", key, raw, where)


def _read_list(key: Key, raw: Raw, where: Where) -> object:
    """A list of strings; one string is split at its commas, and a number counts as its text."""
    given = items_of(raw)
    if given is None:
        text = _item_text(raw) or ""
        given = list[object]([text] if key.whole else text.split(","))
    words = [(_item_text(item) or "").strip() for item in given]
    if not all(words):
        raise _wrong("recipe.not_list", key, raw, where)
    return [] if key.choices and words == ["none"] else words


def _item_text(raw: Raw) -> str | None:
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        return str(raw)
    return _text(raw)


def _read_mapping(key: Key, raw: Raw, where: Where) -> object:
    value = plain_value(raw)
    if isinstance(value, str) and value.strip().startswith("{"):
        try:
            value = json.loads(value)
        except ValueError:
            raise _wrong("recipe.not_mapping", key, raw, where) from None
    pairs = pairs_of(value)
    if pairs is None:
        raise _wrong("recipe.not_mapping", key, raw, where)
    if key.names:
        _check_names(key, pairs, where)
    return pairs


def _check_names(key: Key, pairs: Mapping[str, object], where: Where) -> None:
    """Refuse entries that a mapping does not have; each holds a name, or ``null`` for none."""
    for name, value in pairs.items():
        if name not in key.names:
            raise FtError(
                "recipe.unknown_entry",
                where=where,
                name=key.name,
                entry=name,
                possible=list(key.names),
            )
        if value is not None and not isinstance(value, str):
            raise _wrong("recipe.not_mapping", key, {name: value}, where)


def _read_source(key: Key, raw: Raw, where: Where) -> object:
    """A place of rows, or a list of them; commas are told apart from file names where files are."""
    return read_sources(key, raw, where, read_value)


def _read_model(key: Key, raw: Raw, where: Where) -> object:
    if (pairs := pairs_of(raw)) is not None:
        value = {name: _text(item) for name, item in pairs.items()}
        if value.get("base") and set(value) <= {"base", "adapter"} and all(value.values()):
            return value
        raise _wrong("recipe.not_model", key, raw, where)
    text = _text(raw)
    if text is None or not text.strip():
        raise _wrong("recipe.not_model", key, raw, where)
    return text.strip()


def _share(key: Key, value: object, where: Where) -> object:
    """A number below 1 stays a share; from 1 on it counts, and must be whole."""
    amount = cast("int | float", value)
    if not math.isfinite(amount) or amount < 1:
        return int(amount) if amount == 0 else amount
    if amount != int(amount):
        raise FtError("recipe.not_share", where=where, name=key.name, value=as_yaml(amount))
    return int(amount)


def _check_choice(key: Key, value: object, where: Where) -> None:
    if not key.choices:
        return
    for item in _each(value):
        if item in key.choices:
            continue
        params = {"name": key.name, "value": item, "choices": list(key.choices)}
        if item in key.choices_later:
            raise FtError("recipe.choice_later", where=where, **params)
        text = str(item)
        close = difflib.get_close_matches(text.lower(), [str(c) for c in key.choices], 1, 0.6)
        if close:
            raise FtError("recipe.not_a_choice", where=where, nearest=close[0], **params)
        raise FtError("recipe.not_a_choice_alone", where=where, **params)


def _each(value: object) -> list[object]:
    items = items_of(value)
    return [value] if items is None else items


def _check_items(key: Key, value: object, where: Where) -> None:
    items = _each(value)
    for item in items:
        if key.pattern and not re.fullmatch(key.pattern, str(item)):
            raise FtError(
                "recipe.bad_item",
                where=where,
                name=key.name,
                value=quote(str(item)),
                example=example(key),
            )
    if key.most is not None and len(items) > key.most:
        raise FtError(
            "recipe.too_many", where=where, name=key.name, count=len(items), most=key.most
        )


_READERS = {
    "str": _read_str,
    "int": _read_int,
    "float": _read_float,
    "bool": _read_bool,
    "list": _read_list,
    "mapping": _read_mapping,
    "source": _read_source,
    "model": _read_model,
}
