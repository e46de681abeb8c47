"""Rows in hand and what they say, for tests of the forms of rows."""

import pytest

from ftkernel.data.conversation import ReadOptions, read_row
from ftkernel.data.forms import Asked, find_form
from ftkernel.data.rows import Row, RowFault

USER = {"role": "user", "content": "Hi"}
ANSWER = {"role": "assistant", "content": "One."}


def form_of(*rows, **asked):
    """The form of some rows, with what is asked of it."""
    return find_form(
        [Row(row, "rows.jsonl", n) for n, row in enumerate(rows, 1)], "rows.jsonl", Asked(**asked)
    )


def read(data, like=None, *, file="rows.jsonl", options=None, **asked):
    """What a row says, its form told by its own columns or by another row's."""
    form = form_of(like or data, **asked)
    return read_row(Row(data, file, 1), form, options or ReadOptions())


def refused(data, like=None, **more) -> str:
    """The column and the reason that a row is refused with."""
    with pytest.raises(RowFault) as caught:
        read(data, like, **more)
    assert "{" not in caught.value.message("zh")
    return f"{caught.value.key}: {caught.value.message('en')}"


def said(turns):
    """Roles and contents of a conversation or of turns."""
    return [(m["role"], m["content"]) for m in getattr(turns, "messages", turns)]
