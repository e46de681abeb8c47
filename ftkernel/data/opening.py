"""Files of rows, opened: here or elsewhere, as they are or packed with gzip or zstd.

A file is opened as often as it is read. What goes wrong while bytes come (a packed file that is cut
short, a line that drops) is an error of the file, said with its name, after all bytes before that.
"""

import gzip
import io
import shutil
import tempfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO, Protocol, cast

from ftkernel.errors import FtError, Where

_AT_ONCE = 1 << 18
_PACKED_AT_ONCE = 1 << 13
"""What is unpacked at once: of a file that cannot be unpacked to its end, no more is lost."""

BROKEN = "data.packed_broken"
"""The code of the error of a file that cannot be unpacked."""


class Bytes(Protocol):
    """What gives bytes in pieces, and can be closed."""

    def read(self, size: int, /) -> bytes:
        """The next bytes; none at the end."""
        ...

    def close(self) -> None:
        """Let go of it."""
        ...


@dataclass(frozen=True)
class DataFile:
    """A file of rows, not yet opened.

    ``shown`` is its name in texts, ``ending`` says how rows are written in it (``.jsonl``),
    ``packed`` is empty, ``gzip`` or ``zstd``. ``size`` counts bytes as they lie; ``None``: unknown.
    """

    shown: str
    ending: str
    packed: str = ""
    path: Path | None = None
    fetch: Callable[[], Bytes] | None = None
    """Opens a file that lies elsewhere."""
    size: int | None = None

    def open(self) -> BinaryIO:
        """The unpacked bytes from the beginning.

        Raises:
            OSError: if a file here cannot be opened.
            FtError: then and while reading, if what is elsewhere or packed does not come whole.
        """
        if self.path is not None and not self.packed:
            return self.path.open("rb", buffering=_AT_ONCE)
        raw = self.path.open("rb") if self.path is not None else self._fetched()
        stream = _unpacked(raw, self.packed) if self.packed else raw
        guarded = _Guarded(stream, raw, self.packed, self.shown)
        return cast("BinaryIO", io.BufferedReader(guarded, _AT_ONCE))

    def _fetched(self) -> Bytes:
        if self.fetch is None:
            raise ValueError("a file lies here or elsewhere")
        return self.fetch()

    def seekable(self) -> IO[bytes]:
        """The unpacked bytes for a reader that goes back and forth; from a copy where need be."""
        if self.path is not None and not self.packed:
            return self.path.open("rb")
        copy = tempfile.TemporaryFile()  # noqa: SIM115 - the reader closes it, and it is gone
        with self.open() as stream:
            shutil.copyfileobj(stream, copy, _AT_ONCE)
        copy.seek(0)
        return cast("IO[bytes]", copy)


def head_of(file: DataFile, size: int) -> bytes:
    """The first bytes of a file, as many as can be read.

    Raises:
        OSError: if a file here cannot be opened.
        FtError: if not one can be read.
    """
    head = b""
    with file.open() as stream:
        while len(head) < size:
            try:
                piece = stream.read1(size - len(head))  # type: ignore[attr-defined]
            except FtError:
                if not head:
                    raise
                break
            if not piece:
                break
            head += piece
    return head


def _unpacked(raw: Bytes, packed: str) -> Bytes:
    if packed == "gzip":
        return _Gzip(fileobj=cast("IO[bytes]", raw))
    import pyarrow

    return pyarrow.CompressedInputStream(pyarrow.PythonFile(raw, "r"), packed)


class _Gzip(gzip.GzipFile):
    """Gives what could be unpacked before it fails, where ``read`` would drop it."""

    read = gzip.GzipFile.read1  # type: ignore[assignment]


class _Guarded(io.RawIOBase):
    """Bytes whose faults are said as errors of the file."""

    def __init__(self, stream: Bytes, raw: Bytes, packed: str, shown: str) -> None:
        self._stream = stream
        self._raw = raw
        self._packed = packed
        self._shown = shown

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]
        try:
            most = _PACKED_AT_ONCE if self._packed == "zstd" else len(buffer)
            piece = self._stream.read(min(most, len(buffer)))
        except FtError:
            raise
        except (OSError, EOFError, ValueError, zlib.error) as error:
            if not self._packed:
                raise
            problem = next(iter(str(error).splitlines()), type(error).__name__)
            raise FtError(
                BROKEN,
                where=Where(file=self._shown),
                file=self._shown,
                problem=problem,
            ) from error
        buffer[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        if not self.closed:
            self._stream.close()
            self._raw.close()
        super().close()
