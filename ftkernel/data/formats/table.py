"""The first rows of a source as a table that can be asked which column holds what."""

from collections.abc import Sequence

from ftkernel.data.formats import names
from ftkernel.data.formats.cells import truth_of
from ftkernel.data.formats.media import MARKS
from ftkernel.data.formats.shapes import Shape, roles_in, shape_of, tags_of, turns_of, values_of
from ftkernel.data.forms import KINDS, Asked, Base, Form, Kind, columns_of, ordered, usual
from ftkernel.data.rows import Row
from ftkernel.errors import FtError

_PLAIN: tuple[Shape, ...] = ("nothing", "text", "number", "truth")
_OTHER_TURNS = ("prompt", "completion", "chosen", "rejected")


class Table:
    """The first rows of a source as a table, asked which form they have.

    Args:
        rows: the first ones.
        asked: what was said about them.

    Raises:
        FtError: if a column that is asked for is not there, or the form is unknown.
    """

    def __init__(self, rows: Sequence[Row], asked: Asked) -> None:
        self.rows = rows
        self.asked = asked
        self.names = columns_of(rows)
        self._spelled = {name.strip().lower(): name for name in reversed(self.names)}
        self._shapes: dict[str, Shape] = {}
        if asked.kind is not None and asked.kind not in KINDS:
            raise FtError("data.formatting_unknown", formatting=asked.kind, known=list(KINDS))
        for part, column in asked.columns.items():
            if part not in names.PARTS:
                raise FtError("data.part_unknown", part=part, known=list(names.SURE))
            if column not in self.names:
                raise FtError("data.column_lacking", part=part, column=column, found=self.names)

    def sure(self, part: str) -> str | None:
        """The column that a part is said to be in, or has the usual name of."""
        if part in self.asked.columns:
            return self.asked.columns[part]
        if part in self.asked.without:
            return None
        taken = self.asked.columns.values()
        found = (self._spelled.get(name) for name in names.SURE.get(part, ()))
        return next((column for column in found if column and column not in taken), None)

    def likely(self, part: str) -> list[str]:
        """Columns that have a likely name for a part and hold plain text."""
        if part in self.asked.without:
            return []
        taken = self.asked.columns.values()
        found = (self._spelled.get(name) for name in names.GUESSES.get(part, ()))
        return [c for c in found if c and c not in taken and self.shape(c) in _PLAIN]

    def add_usual(self, columns: dict[str, str], part: str) -> None:
        """Let a later row have a part that the first ones lack, under its usual name."""
        if part not in self.asked.without and usual(part) not in columns.values():
            columns.setdefault(part, usual(part))

    def named(self, name: str) -> str | None:
        """The column of that name, however it is spelled."""
        found = self._spelled.get(name)
        return None if found in self.asked.columns.values() else found

    def shape(self, column: str) -> Shape:
        """What the first rows hold in a column."""
        if column not in self._shapes:
            self._shapes[column] = shape_of(self.rows, column)
        return self._shapes[column]

    def verdicts(self) -> str | None:
        """The column that says which answers are good: by its name, or ``label`` by its values."""
        if (column := self.sure("kto_tag")) is not None:
            return column
        column = self.named("label")
        if column is None or not (values := values_of(self.rows, column)):
            return None
        if self.asked.kind == "kto" or self.asked.stage == "kto":
            return column
        # Numbers are mostly classes; single odd rows do not decide.
        said = [v for v in values if isinstance(v, bool | str) and truth_of(v) is not None]
        return column if 2 * len(said) > len(values) else None

    def turns(self, *, forced: bool = False, but: Sequence[str] = ()) -> str | None:
        """The column of turns: by its name, or by what it holds where no name says it."""
        if (column := self.sure("messages")) is not None:
            return column if forced or self.shape(column) != "text" or self._alone(column) else None
        held = [
            c for c in self.names if self.shape(c) == "turns" and c not in (*_OTHER_TURNS, *but)
        ]
        if len(held) > 1:
            raise FtError("data.columns_ambiguous", part="messages", columns=held)
        return held[0] if held else None

    def _alone(self, column: str) -> bool:
        """Whether a column of text is taken for turns all the same, for want of another form."""
        return not any(self.sure(p) for p in ("prompt", "response", "text", "completion")) or (
            column in self.asked.columns.values()
        )

    def made(
        self,
        kind: Kind,
        base: Base,
        columns: dict[str, str],
        *,
        turns: Sequence[str] = (),
        prose: Sequence[str] = (),
    ) -> Form:
        """A form of these columns, with the optional ones added.

        Args:
            kind: of the form.
            base: how its prompt is written.
            columns: by part.
            turns: the columns of it that hold turns.
            prose: the columns whose text may have marks of images and other files.
        """
        chats = any(self.shape(column) in ("turns", "turn") for column in turns)
        if kind not in ("completion", "text") or chats:
            for part in ("system", "tools"):
                if (found := self.sure(part) or only(self.likely(part))) is not None:
                    columns.setdefault(part, found)
        if base in ("alpaca", "sharegpt", "openai"):
            self.add_usual(columns, "system")
        media = self._media(columns, [*turns, *prose]) if base != "text" else {}
        columns = ordered({**columns, **media})
        tags = tags_of(self.rows, turns, self.asked.tags, sharegpt=base == "sharegpt")
        found = tuple(name for name in columns.values() if name in self.names)
        guessed = {
            column: part
            for part, column in columns.items()
            if column in self.names and self._is_guess(kind, base, part, column)
        }
        return Form(
            kind,
            columns,
            tuple(dict.fromkeys(found)),
            tuple(name for name in self.names if name not in found),
            base,
            tags,
            roles_in(self.rows, turns, tags),
            guessed,
            tuple(part for part in MARKS if part in media),
        )

    def _media(self, columns: dict[str, str], prose: Sequence[str]) -> dict[str, str]:
        out: dict[str, str] = {}
        for part, mark in MARKS.items():
            column = self.sure(part)
            if column is None:
                column = next(
                    (c for n in names.GUESSES[part] if (c := self.named(n)) is not None), None
                )
                if column is not None and not self._has_mark(prose, mark, part[:-1]):
                    column = None
            if column is not None and column not in columns.values():
                out[part] = column
        return out

    def _has_mark(self, columns: Sequence[str], mark: str, kind: str) -> bool:
        values = [value for column in columns for value in values_of(self.rows, column)]
        if any(isinstance(value, str) and mark in value for value in values):
            return True
        contents = [
            turn.get(key) for v in values for turn in turns_of(v) for key in names.CONTENT_KEYS
        ]
        if any(isinstance(content, str) and mark in content for content in contents):
            return True
        parts = [
            part for c in contents if isinstance(c, list) for part in c if isinstance(part, dict)
        ]
        return any(str(part.get("type", "")).startswith((kind, f"input_{kind}")) for part in parts)

    def _is_guess(self, kind: Kind, base: Base, part: str, column: str) -> bool:
        if self.asked.columns.get(part) == column:
            return False
        name = column.strip().lower()
        if name in names.SURE.get(part, ()):
            return False
        if (name, "non_preferred_output") in names.PAIRS or name == "non_preferred_output":
            return False
        plain = base == "plain" and part == "prompt" and name in ("prompt", "input")
        return not (plain or (kind == "kto" and part == "kto_tag" and name == "label"))


def only(columns: Sequence[str]) -> str | None:
    """The column, where there is one and no other."""
    return columns[0] if len(columns) == 1 else None
