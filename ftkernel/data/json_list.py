"""The values of a JSON list, or of objects one after another, also past those that are broken.

Where a value is broken, nobody knows by itself where the next one begins. What is known is how the
values before it lie: each begins a line, indented like the first, and nothing inside it lies as far
out. So reading goes on at the next line that looks like that, and never at an object inside a
broken row. A value counts only once it is seen to be followed by what follows a whole one, since
a piece of a broken row can look like a row. In a list whose values share a line, or lie as their
own parts do, there is no such place: what is left of it is refused as one.
"""

import re
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from ftkernel.data.json_passed import Passed
from ftkernel.data.json_window import Fault, Value, Window
from ftkernel.data.opening import DataFile
from ftkernel.data.rows import Refused, RowNumber
from ftkernel.data.text_file import fault_of_bytes

_HELD = 1 << 16
"""Characters of values that may wait for what follows them."""
_KNOWN = 1000
"""How many kinds of rows, told by the names of their columns, are remembered."""
_BEHIND = 4096
"""Characters that may stand behind a list and be looked at as a whole."""
_OF_ROWS = re.compile(r'[{}"]')
"""What a text has that may be one of rows, or of their parts."""


def read_values(
    file: DataFile, said: Counter[str] | None = None
) -> Iterator[tuple[object, int] | Refused]:
    """The values and where each begins, and what is broken among them.

    A place is a line. Where the first two values share that of the bracket, lines tell nothing:
    then it is a :class:`RowNumber`.

    Args:
        file: to be read.
        said: counts what was met between values that costs none, by codes.

    Raises:
        FtError: if the file is not UTF-8 from its first row on, or its bytes cannot be read to its
            end, after all values before that.
    """
    with file.open() as stream:
        window = Window(file, stream.read1)  # type: ignore[attr-defined]
        yield from _List(file, window, Counter() if said is None else said).read()


@dataclass(slots=True)
class _Layout:
    """How values lie: each begins a line, after ``indent``; ``alone``: with ``{`` and no more."""

    indent: str
    alone: bool
    holds: bool = True
    """Whether all values so far did."""
    inner: re.Pattern[str] = field(init=False)
    begin: re.Pattern[str] = field(init=False)

    def __post_init__(self) -> None:
        # A line that is neither empty nor further in.
        self.inner = re.compile(rf"\n(?!{self.indent}[ \t]|[ \t\r]*\n)")
        behind = r"[ \t]*\r?\n" if self.alone else r"[ \t]*[^\s}]"
        self.begin = re.compile(rf"\n{self.indent}\{{(?={behind})")

    def fits(self, text: str) -> bool:
        """Whether a value lies like that: all its lines but the last further in."""
        first, newline, _ = text.partition("\n")
        if self.alone != (newline == "\n" and first.strip() == "{"):
            return False
        outer = [match.end() for match in self.inner.finditer(text)]
        last = text[text.rfind("\n") + 1 :]
        if newline and last.strip() == "}":
            return last == f"{self.indent}}}" and len(outer) == 1
        return not outer


@dataclass(slots=True)
class _Held:
    """A value that waits for what follows it."""

    value: object
    line: int
    number: int
    size: int
    fits: bool
    """Whether it lies as values do."""
    refusal: tuple[str, dict[str, object]] | None = None
    """Code and parameters, where it cannot be a row as it stands."""

    @property
    def is_object(self) -> bool:
        """Whether it could be a row."""
        return isinstance(self.value, dict)


class _List:
    """Reads one file; see :func:`read_values`."""

    def __init__(self, file: DataFile, window: Window, said: Counter[str]) -> None:
        self._said = said
        self._file = file
        self._window = window
        self._in_list, self._was_list = False, False
        self._is_over = False
        self._layout: _Layout | None = None
        self._held: deque[_Held] = deque()
        self._size = 0
        self._kinds: set[frozenset[str]] = set()
        self._heads: set[str] = set()
        self._number, self._first, self._counts = 0, 0, False
        self._found = False
        """Whether a sound row was met."""
        self._is_proven = False
        """Whether one was that lies as the layout says."""
        self._resumed = False
        """Whether the value at hand follows a broken one."""

    def read(self) -> Iterator[tuple[object, int] | Refused]:
        window = self._window
        window.skip()
        while not window.is_over and not self._is_over:
            if window.starts("]" if self._in_list else "["):
                yield from self._bracket()
            else:
                yield from self._element()
        if self._is_over:
            return
        yield from self._release()
        if window.failure is not None:
            raise window.failure
        if self._in_list:
            yield self._ends("data.json_open", window.line(), self._number + 1)

    def _bracket(self) -> Iterator[tuple[object, int] | Refused]:
        window = self._window
        window.step()
        self._in_list = not self._in_list
        self._was_list = self._was_list or not self._number
        if self._in_list or window.is_over or window.starts("[") or window.starts("{"):
            return
        rest = window.rest(_BEHIND)
        if rest is not None and not _OF_ROWS.search(rest):
            yield from self._release()
            params: dict[str, object] = {"text": rest.strip()[:30]}
            self._is_over = True
            yield Refused("data.json_behind", self._file.shown, window.line(), params=params)
            return
        # Nothing else stands behind a list, so that it may have been one inside a broken row.
        line, number = window.line(), self._number + 1
        fault = Fault(line, window.column(), "nothing expected after the list")
        lost = 0
        while self._held and not self._is_known(self._held[-1]):
            suspect = self._held.pop()
            line, number = suspect.line, suspect.number
            lost += 1
        yield from self._release()
        yield from self._go_on(fault, line, number, here=True, lost=lost)

    def _is_known(self, held: _Held) -> bool:
        """Whether a value is like others long before, so that it is no piece of a row."""
        if self._is_regular() or not isinstance(held.value, dict):
            return False  # what is held then lies on the last line
        return frozenset(held.value) in self._kinds

    def _element(self) -> Iterator[tuple[object, int] | Refused]:
        window = self._window
        line, number = window.line(), self._number + 1
        self._number = number
        if number == 2:
            self._counts = line == self._first and self._layout is None
        self._first = self._first or line
        begins = self._begins(number)
        yield from self._release(0 if begins and self._is_regular() else _HELD)
        layout = self._layout
        try:
            found = window.value(self._is_swallowing)
        except Fault as fault:
            yield from self._broken(fault, line, number, begins=begins)
            return
        fits = not begins or layout is None or layout.fits(found.text)
        if not fits and self._resumed:
            # It may be a part of the broken row.
            fault = found.fault or Fault(line, 1, "the next row cannot be told from a part")
            if self._is_proven:
                yield from self._go_on(fault, line, number, here=True, lost=1)
            else:
                yield self._refused("data.json_rest", _params(fault), line, number, is_rest=True)
            return
        self._resumed = False
        self._is_proven |= begins and layout is not None and fits
        size, refusal = len(found.text), self._refusal(found)
        self._held.append(_Held(found.value, line, number, size, fits or size == 2, refusal))
        self._size += size
        yield from self._behind()

    def _behind(self) -> Iterator[tuple[object, int] | Refused]:
        """What follows a value: nothing but what follows a whole one."""
        window = self._window
        window.skip()
        if window.is_over:
            return
        if self._in_list and window.starts(","):
            window.step()
            while window.starts(","):
                self._said["data.json_commas"] += 1
                window.step()
            return
        if window.starts("]") if self._in_list else window.starts("{") or window.starts("["):
            return
        layout = self._layout
        if not self._in_list and layout is not None and window.indent() == layout.indent:
            return  # a line of its own, whatever it holds
        if self._in_list and self._is_proven and self._is_regular() and self._begins(self._number):
            self._said["data.json_commas"] += 1
            return
        is_first = self._number == 1 and self._held[-1].fits
        if is_first and window.starts(",") and window.is_alone():
            self._was_list = True  # its bracket is missing
        problem = "',' or ']' expected after a row" if self._in_list else "a row expected"
        fault = Fault(window.line(), window.column(), problem)
        # What came before on the same line, or is no row, may be a piece like this one.
        suspect = self._held.pop()
        lost = 1
        while self._held and (self._is_regular() or not suspect.is_object):
            suspect = self._held.pop()
            lost += 1
        yield from self._release()
        yield from self._go_on(fault, suspect.line, suspect.number, here=True, lost=lost)

    def _broken(
        self, fault: Fault, line: int, number: int, *, begins: bool
    ) -> Iterator[tuple[object, int] | Refused]:
        """Refuse what is broken, with what came before it on the line."""
        self._refuse_encoding()
        layout = self._layout
        apart = begins or (layout is not None and self._window.indent() == layout.indent)
        lost = 0
        if self._held and self._is_regular() and not apart:
            line, number = self._held[0].line, self._held[0].number
            lost = len(self._held) + 1
            self._held.clear()
        yield from self._release()
        yield from self._go_on(fault, line, number, lost=lost)

    def _go_on(
        self, fault: Fault, line: int, number: int, *, here: bool = False, lost: int = 0
    ) -> Iterator[tuple[object, int] | Refused]:
        """Go on at the next row, where that is certain; else refuse the rest as one.

        Args:
            fault: why.
            line: that the broken row begins in.
            number: of it.
            here: whether the place of reading is behind the broken row.
            lost: values before that place that are refused with it, or are it.
        """
        layout, window = self._layout, self._window
        known = layout is not None and layout.holds
        passed = Passed("", False, (), begun=here)
        if layout is not None:
            passed = Passed(layout.indent, layout.alone, self._heads, begun=here or lost > 0)
        if layout is not None and known and window.seek(layout.begin, passed.feed, here=here):
            self._in_list = self._was_list or window.follows(",")
            self._resumed = True
            if passed.is_one() and lost <= 1:
                yield self._refused("data.json_row", _params(fault), line, number)
                return
            params = _params(fault) | {"next": window.line()}
            yield self._unread("data.json_passed", params, line, number)
        elif window.failure is not None:
            raise window.failure
        elif known and not fault.is_end and window.end().endswith("]"):
            if passed.is_one() and lost <= 1:
                self._is_over = True  # it was the last one
                yield self._refused("data.json_row", _params(fault), line, number)
                return
            yield self._refused("data.json_rest", _params(fault), line, number, is_rest=True)
        elif known or fault.is_end:
            yield self._ends("data.json_ends", line, number)
        else:
            yield self._refused("data.json_rest", _params(fault), line, number, is_rest=True)

    def _begins(self, number: int) -> bool:
        """Whether a value begins where values begin; the first, or the second, says where."""
        window = self._window
        indent, is_object = window.indent(), window.starts("{")
        if self._layout is None and number <= 2 and indent is not None:
            self._layout = _Layout(indent, is_object and window.is_alone())
        return is_object and self._layout is not None and indent == self._layout.indent

    def _is_regular(self) -> bool:
        """Whether all values lie in one way so far, those that wait included."""
        layout = self._layout
        return layout is not None and layout.holds and all(one.fits for one in self._held)

    def _is_swallowing(self, text: str) -> bool:
        """Whether a long value that is still open has another one in it, as they lie here."""
        layout = self._layout
        return bool(layout and layout.holds and self._found and layout.begin.search(text))

    def _refusal(self, found: Value) -> tuple[str, dict[str, object]] | None:
        """Why a value cannot be a row as it stands."""
        if found.fault is not None:
            return "data.json_row", _params(found.fault)
        wrong = self._window.wrong_bytes(found)
        if wrong is None:
            self._found = True
            return None
        self._refuse_encoding()
        return "data.row_encoding", wrong

    def _refuse_encoding(self) -> None:
        """Wrong bytes from the first row on mean that the whole file is written otherwise."""
        if not self._found and not self._window.is_utf8:
            raise fault_of_bytes(self._file)

    def _release(self, most: int = 0) -> Iterator[tuple[object, int] | Refused]:
        """Let held values go, the oldest first, until no more than so many characters are held."""
        while self._held and (not most or self._size > most):
            one = self._held.popleft()
            self._size -= one.size
            if one.refusal is not None:
                yield self._refused(*one.refusal, one.line, one.number)
                continue
            if self._layout is not None:
                self._layout.holds &= one.fits
            regular = self._layout is not None and self._layout.holds
            if isinstance(one.value, dict) and one.value and len(self._heads) < _KNOWN:
                self._heads.add(next(iter(one.value)))
            if isinstance(one.value, dict) and not regular and len(self._kinds) < _KNOWN:
                self._kinds.add(frozenset(one.value))
            yield one.value, self._at(one.line, one.number)
        self._size = self._size if self._held else 0

    def _at(self, line: int, number: int) -> int:
        return RowNumber(number) if self._counts else line

    def _refused(
        self, code: str, params: dict[str, object], line: int, number: int, *, is_rest: bool = False
    ) -> Refused:
        self._is_over = self._is_over or is_rest
        place = self._at(line, number)
        return Refused(code, self._file.shown, place, params=params, is_rest=is_rest)

    def _unread(self, code: str, params: dict[str, object], line: int, number: int) -> Refused:
        """A refusal of nobody knows how many rows, behind which reading goes on."""
        place = self._at(line, number)
        return Refused(code, self._file.shown, place, params=params, is_rest=True)

    def _ends(self, code: str, line: int, number: int) -> Refused:
        params: dict[str, object] = {"end": self._window.end()}
        return self._refused(code, params, line, number, is_rest=True)


def _params(fault: Fault) -> dict[str, object]:
    return {"line": fault.line, "column": fault.column, "problem": fault.problem}
