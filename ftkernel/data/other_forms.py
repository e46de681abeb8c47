"""Rows of a source that have another form than most: read by their own, where that is certain.

A row counts as one of another form only if it holds nothing of what the form of the source needs,
and is recognised by itself, without any guess, as a form that the same stage learns from. What is
merely broken thus stays broken.
"""

from collections import Counter

from ftkernel.data.asides import notes_of_form
from ftkernel.data.content import Content
from ftkernel.data.conversation import ReadOptions, read_row
from ftkernel.data.fit import FORMS
from ftkernel.data.formats.cells import is_missing
from ftkernel.data.forms import Asked, Form, recognise
from ftkernel.data.rows import Row, RowFault
from ftkernel.data.sources import Source
from ftkernel.errors import FtError
from ftkernel.runs.events import Adjusted

_OPTIONAL = ("system", "history", "query", "tools", "images", "videos", "audios", "kto_tag")
_MOST = 100
"""Sets of columns that are remembered."""


class OtherForms:
    """The other forms among the rows of one source.

    Args:
        form: the source's.
        source: the source; where it was said how its rows are written, there are no others.
        stage: what the rows are to be of use for.
        file: that the form was found in; of what is in others, a likely form is enough.
    """

    def __init__(self, form: Form, source: Source, stage: str, file: str) -> None:
        self._file = file
        self._guessed: dict[str, Form] = {}
        attributes = source.attributes
        self._form = form
        self._name = source.name
        self._stage = stage
        self._asked = Asked.of(attributes, stage)
        self._is_said = bool(
            self._asked.kind or self._asked.columns or self._asked.tags or self._asked.ranking
        )
        self._needed = [name for part, name in form.columns.items() if part not in _OPTIONAL]
        self._known: dict[frozenset[str], Form | None] = {}
        self._counts: Counter[str] = Counter()

    def read(self, row: Row, options: ReadOptions, fault: RowFault) -> Content:
        """What a row says that the form of the source does not fit.

        Args:
            row: the row.
            options: to read it with.
            fault: why it does not fit.

        Raises:
            RowFault: that one, if it is no row of another form; or why it is not read as such.
        """
        holds = any(not is_missing(row.data.get(name)) for name in self._needed)
        verdict = self._form.columns.get("kto_tag")
        # Verdicts may have another name in rows that are otherwise of the source's form.
        only_verdict = verdict is not None and is_missing(row.data.get(verdict))
        if holds and not only_verdict:
            raise fault
        own = self._own(row, options)
        if own is None or (holds and own.kind != "kto"):
            raise fault
        takes = FORMS.get(self._stage)
        is_guess = bool(own.guessed) and row.file == self._file
        if self._is_said or is_guess or (takes is not None and own.kind not in takes):
            raise RowFault("data.row_other_form", own=own.text, form=self._form.text)
        content = read_row(row, own, options)
        if own.guessed and len(self._guessed) < _MOST:
            self._guessed.setdefault(row.file, own)
        self._counts[own.text] += 1
        return content

    def _own(self, row: Row, options: ReadOptions) -> Form | None:
        held = {name: value for name, value in row.data.items() if not is_missing(value)}
        kind = frozenset(held)
        if kind not in self._known:
            if len(self._known) >= _MOST:
                self._known.clear()
            asked = Asked(stage=self._stage, as_learned=options.as_learned)
            try:
                self._known[kind] = recognise([Row(held, row.file, row.line)], asked)
            except FtError:  # it could be one or another
                self._known[kind] = None
        return self._known[kind]

    def pieces(self) -> list[dict[str, object]]:
        """What the card of the source says of them."""
        return [
            {"code": "data.card_other", "params": {"form": form, "count": count}}
            for form, count in self._counts.items()
        ]

    def notes(self) -> list[Adjusted]:
        """What is said of them beside the figures."""
        guessed = [
            note for file, form in self._guessed.items() for note in notes_of_form(form, file)
        ]
        return guessed + [
            Adjusted(
                code="data.other_form",
                params={
                    "source": self._name, "form": self._form.text, "own": own, "count": count,
                },
            )
            for own, count in self._counts.items()
        ]  # fmt: skip
