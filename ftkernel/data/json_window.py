"""The values of a JSON list, or of objects one after another, read through a window.

Only the text of the value at hand is held, so that a list of any size is read in constant memory.
A value that does not end within the window is tried again with a window twice as wide; what is no
JSON however wide the window is told by where reading stopped.
"""

import codecs
import json
from collections.abc import Callable, Iterator

from ftkernel.data.opening import DataFile
from ftkernel.data.text_file import UTF8_BOM, fault_of_bytes
from ftkernel.errors import FtError, Where

_STEP = 1 << 20
_SPACE = " \t\r\n"
_KEPT = 64
"""Characters behind the place of reading that an error may quote."""
_NEAR = 16
"""A fault so near to the end of the window may be that end's: a word or an escape cut in two."""


def read_values(file: DataFile) -> Iterator[tuple[object, int]]:
    """The values and the line that each begins in.

    Where the first two share a line, lines tell nothing: then it is the number of the value.

    Raises:
        FtError: if the list breaks off or is no JSON; at the first byte that is not UTF-8.
    """
    with file.open() as stream:
        window = _Window(file, stream.read)
        window.skip()
        in_list = False
        first, number, counts = 0, 0, False
        while not window.is_over:
            # What follows a list is read on, never dropped: another list, or objects.
            if window.starts("]" if in_list else "["):
                window.step()
                in_list = not in_list
                continue
            line, number = window.line(), number + 1
            if number == 2:
                counts = line == first
            first = first or line
            yield window.value(), number if counts else line
            window.skip()
            if in_list and window.starts(","):
                window.step()
            elif in_list and not window.starts("]"):
                raise window.ends_early("',' or ']' expected after a row")
        if in_list:
            raise window.ends_early("")


class _Window:
    """A piece of a text that moves on; ``line`` and columns count from the text's beginning."""

    def __init__(self, file: DataFile, read: Callable[[int], bytes]) -> None:
        self._file = file
        self._read = read
        self._decode = codecs.getincrementaldecoder("utf-8")().decode
        self._raw_decode = json.JSONDecoder().raw_decode
        self._text = ""
        self._at = 0
        self._is_whole = False
        self._is_first = True
        self._counted, self._line, self._line_start = 0, 1, 0

    @property
    def is_over(self) -> bool:
        """Whether nothing is left, once space was skipped."""
        return self._at >= len(self._text)

    def starts(self, sign: str) -> bool:
        return self._text.startswith(sign, self._at)

    def step(self) -> None:
        """Go on past a sign and the space behind it."""
        self._at += 1
        self.skip()

    def skip(self) -> None:
        while True:
            text, at = self._text, self._at
            while at < len(text) and text[at] in _SPACE:
                at += 1
            self._at = at
            if at < len(text) or not self._more():
                return

    def line(self) -> int:
        """The line of the place of reading."""
        self._line, self._line_start = self._place(self._at)
        self._counted = self._at
        return self._line

    def _place(self, at: int) -> tuple[int, int]:
        """The line of a place behind the last one counted, and where the line begins."""
        newlines = self._text.count("\n", self._counted, at)
        if not newlines:
            return self._line, self._line_start
        return self._line + newlines, self._text.rindex("\n", self._counted, at) + 1

    def value(self) -> object:
        """The value at the place of reading, which moves behind it.

        Raises:
            FtError: if there is none.
        """
        while True:
            try:
                value, end = self._raw_decode(self._text, self._at)
            except (ValueError, RecursionError) as error:
                if self._may_be_cut(error):
                    self._more()  # places count anew then, also where nothing was left
                    continue
                raise self._broken(error) from error
            # A number may go on behind the window, and its fraction or exponent with it.
            is_number = isinstance(value, int | float)
            if is_number and end >= len(self._text) - _NEAR and not self._is_whole:
                self._more()
                continue
            self._at = end
            return value

    def _may_be_cut(self, error: Exception) -> bool:
        if self._is_whole or not isinstance(error, json.JSONDecodeError):
            return False
        return "Unterminated" in error.msg or error.pos >= len(self._text) - _NEAR

    def _more(self) -> bool:
        """Read on: as much again as is held. False where nothing is left to be read."""
        if self._is_whole:
            return False
        gone = max(0, self._at - _KEPT)
        self.line()
        rest = self._text[gone:]
        self._at, self._counted = self._at - gone, self._counted - gone
        self._line_start -= gone
        piece = self._read(max(_STEP, len(rest)))
        if self._is_first:
            piece, self._is_first = piece.removeprefix(UTF8_BOM), False
        self._is_whole = not piece
        try:
            self._text = rest + self._decode(piece, final=self._is_whole)
        except UnicodeDecodeError as error:
            raise fault_of_bytes(self._file) from error
        return bool(piece)

    def _broken(self, error: Exception) -> FtError:
        if isinstance(error, json.JSONDecodeError):
            if error.pos >= len(self._text.rstrip()) or "Unterminated" in error.msg:
                return self._cut(self.line())
            line, start = self._place(error.pos)
            return self._fault(line, error.pos - start + 1, error.msg)
        return self._fault(self.line(), 1, str(error))

    def ends_early(self, problem: str) -> FtError:
        """The fault of a list that is not closed here, or goes on with something else."""
        line = self.line()
        return self._cut(line) if self.is_over else self._fault(line, 1, problem)

    def _cut(self, line: int) -> FtError:
        shown = self._file.shown
        where = Where(file=shown, line=line)
        return FtError("data.json_cut", where=where, file=shown, end=self._text.rstrip()[-30:])

    def _fault(self, line: int, column: int, problem: str) -> FtError:
        shown = self._file.shown
        where = Where(file=shown, line=line)
        return FtError("data.json_broken", where=where, file=shown, column=column, problem=problem)
