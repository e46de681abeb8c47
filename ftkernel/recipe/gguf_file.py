"""The header of a GGUF file, read without numpy: metadata, table of tensors, the size it needs.

The one reader of such headers. A kernel asks before a worker starts and has the vocabulary walked
over; the worker's conversion has it kept. The ``gguf`` package reads the same in seconds, since it
wraps every string of the vocabulary in an array. Nothing past the header is read.
"""

import mmap
import struct
from dataclasses import dataclass
from math import prod
from pathlib import Path

_SCALARS = {
    0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q",
    12: "<d",
}  # fmt: skip
_STRING, _ARRAY = 8, 9
_VERSIONS = (2, 3)
_MOST_AXES = 8

BLOCKS = {
    0: (1, 4), 1: (1, 2), 2: (32, 18), 3: (32, 20), 6: (32, 22), 7: (32, 24), 8: (32, 34),
    9: (32, 40),
    10: (256, 84), 11: (256, 110), 12: (256, 144), 13: (256, 176), 14: (256, 210), 15: (256, 292),
    16: (256, 66), 17: (256, 74), 18: (256, 98), 19: (256, 50), 20: (32, 18), 21: (256, 110),
    22: (256, 82), 23: (256, 136), 24: (1, 1), 25: (1, 2), 26: (1, 4), 27: (1, 8), 28: (1, 8),
    29: (256, 56), 30: (1, 2), 34: (256, 54), 35: (256, 66), 39: (32, 17),
}  # fmt: skip
"""Elements and bytes of one block, by the number of a tensor's type."""


class NotGguf(Exception):
    """The bytes are no GGUF header, or only half of one; the message says why."""


@dataclass(frozen=True)
class GgufTensor:
    """One entry of the table: its shape with the slowest axis first, its type, its place."""

    shape: tuple[int, ...]
    kind: int
    offset: int
    """From the beginning of the file, in bytes."""


@dataclass(frozen=True)
class GgufFile:
    """What a GGUF file says of itself, and the size it should have."""

    metadata: dict[str, object]
    """By key; the lists among it only where they were asked for."""
    lengths: dict[str, int]
    """Of every list."""
    tensors: dict[str, GgufTensor]
    needed: int
    """Bytes up to the end of the last tensor."""
    size: int
    """Bytes there are."""


def read_gguf(path: Path, *, lists: bool = False) -> GgufFile:
    """Read the header of a GGUF file.

    Args:
        path: the file.
        lists: whether lists, such as the vocabulary, are kept in the metadata.

    Raises:
        NotGguf: if there is none, or it is cut off.
        OSError: if the file cannot be read.
    """
    if path.stat().st_size < 24:
        raise NotGguf("it is shorter than any header")
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        try:
            return _Walk(data, lists=lists).read()
        except (struct.error, OverflowError, IndexError):
            raise NotGguf("its header is cut off or damaged") from None


class _Walk:
    def __init__(self, data: mmap.mmap, *, lists: bool) -> None:
        self.data = data
        self.lists = lists
        self.at = 0

    def read(self) -> GgufFile:
        if self.data[:4] != b"GGUF":
            raise NotGguf("it does not begin as a GGUF file")
        self.at = 4
        if (version := self.number("<I")) not in _VERSIONS:
            raise NotGguf(f"its version is {version}")
        tensor_count, key_count = self.number("<Q"), self.number("<Q")
        metadata: dict[str, object] = {}
        lengths: dict[str, int] = {}
        for _ in range(key_count):
            name = self.string()
            kind = self.number("<I")
            if kind != _ARRAY:
                metadata[name] = self.scalar(kind)
            elif self.lists:
                metadata[name] = values = self.array()
                lengths[name] = len(values)
            else:
                lengths[name] = self.skip_array()
        table = [self.tensor() for _ in range(tensor_count)]
        alignment = metadata.get("general.alignment", 32)
        step = alignment if isinstance(alignment, int) and alignment > 0 else 32
        begin = -(-self.at // step) * step
        tensors = {
            name: GgufTensor(shape, kind, begin + offset) for name, shape, kind, offset in table
        }
        needed = max((_end_of(tensor) for tensor in tensors.values()), default=begin)
        return GgufFile(metadata, lengths, tensors, needed, len(self.data))

    def number(self, form: str) -> int:
        (value,) = struct.unpack_from(form, self.data, self.at)
        self.at += struct.calcsize(form)
        return value

    def string(self) -> str:
        length = self.number("<Q")
        self.must_hold(length)
        self.at += length
        return self.data[self.at - length : self.at].decode("utf-8", errors="replace")

    def must_hold(self, length: int) -> None:
        if self.at + length > len(self.data):
            raise NotGguf("its header is cut off or damaged")

    def scalar(self, kind: int) -> object:
        if kind == _STRING:
            return self.string()
        if kind not in _SCALARS:
            raise NotGguf(f"its header holds a value of unknown type {kind}")
        return self.number(_SCALARS[kind])

    def array(self) -> list[object]:
        kind, count = self.number("<I"), self.number("<Q")
        if kind in _SCALARS:
            form = f"<{count}{_SCALARS[kind][1]}"
            self.must_hold(struct.calcsize(form))
            values = struct.unpack_from(form, self.data, self.at)
            self.at += struct.calcsize(form)
            return list(values)
        if kind == _ARRAY:
            return [self.array() for _ in range(count)]
        return [self.scalar(kind) for _ in range(count)]

    def skip_array(self) -> int:
        kind, count = self.number("<I"), self.number("<Q")
        if kind in _SCALARS:
            length = count * struct.calcsize(_SCALARS[kind])
            self.must_hold(length)
            self.at += length
        elif kind == _STRING:
            for _ in range(count):
                length = self.number("<Q")
                self.must_hold(length)
                self.at += length
        elif kind == _ARRAY:
            for _ in range(count):
                self.skip_array()
        else:
            raise NotGguf(f"its header holds a list of unknown type {kind}")
        return count

    def tensor(self) -> tuple[str, tuple[int, ...], int, int]:
        """Name, shape, type, and the place behind the header."""
        name = self.string()
        axes = self.number("<I")
        if axes > _MOST_AXES:
            raise NotGguf("its header is cut off or damaged")
        shape = tuple(reversed([self.number("<Q") for _ in range(axes)]))
        return name, shape, self.number("<I"), self.number("<Q")


def _end_of(tensor: GgufTensor) -> int:
    """Where a tensor ends; where it begins, for a type whose size is not known."""
    block, size = BLOCKS.get(tensor.kind, (1, 0))
    return tensor.offset + prod(tensor.shape) // block * size
