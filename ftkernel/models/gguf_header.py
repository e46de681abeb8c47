"""The header of a GGUF file: its metadata and its table of tensors, without numpy or torch.

The ``gguf`` package reads the same in seconds, since it wraps every string of the vocabulary in an
array; here the bytes are walked once. Nothing past the header is read.
"""

import mmap
import struct
from dataclasses import dataclass
from pathlib import Path

from ftkernel.errors import FtError

_SCALARS = {
    0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q",
    12: "<d",
}  # fmt: skip
_STRING, _ARRAY = 8, 9


@dataclass(frozen=True)
class GgufTensor:
    """One entry of the table: its shape with the slowest axis first, its type, its place."""

    shape: tuple[int, ...]
    kind: int
    offset: int
    """From the beginning of the file, in bytes."""


@dataclass(frozen=True)
class GgufHeader:
    """What a GGUF file says about itself: metadata by key, tensors by name."""

    path: Path
    metadata: dict[str, object]
    tensors: dict[str, GgufTensor]

    @property
    def architecture(self) -> str:
        """llama.cpp's name of the architecture, such as ``llama`` or ``qwen2``."""
        return str(self.metadata.get("general.architecture", ""))

    def number(self, name: str, default: float | None = None) -> float:
        """A figure of the architecture (``block_count`` …).

        Raises:
            FtError: ``models.gguf_unreadable`` if the file lacks it and there is no default.
        """
        key = f"{self.architecture}.{name}"
        value = self.metadata.get(key, default)
        if isinstance(value, int | float):
            return value
        raise FtError("models.gguf_unreadable", path=str(self.path), reason=f"no {key}")

    def token_id(self, name: str) -> int | None:
        """The id of a special token (``bos``, ``eos``, ``unknown``, ``padding`` …), if given."""
        value = self.metadata.get(f"tokenizer.ggml.{name}_token_id")
        return value if isinstance(value, int) else None


class _Cursor:
    """Walks the bytes of a header."""

    def __init__(self, data: mmap.mmap) -> None:
        self.data = data
        self.at = 8  # after the magic and the version

    def number(self, form: str) -> int | float | bool:
        (value,) = struct.unpack_from(form, self.data, self.at)
        self.at += struct.calcsize(form)
        return value

    def count(self) -> int:
        return int(self.number("<Q"))

    def string(self) -> str:
        length = self.count()
        if self.at + length > len(self.data):
            raise struct.error("a string reaches past the end")
        raw = self.data[self.at : self.at + length]
        self.at += length
        return raw.decode("utf-8", errors="replace")

    def value(self, kind: int) -> object:
        if kind == _STRING:
            return self.string()
        if kind == _ARRAY:
            inner, count = int(self.number("<I")), self.count()
            if inner in _SCALARS:
                form = f"<{count}{_SCALARS[inner][1]}"
                values = struct.unpack_from(form, self.data, self.at)
                self.at += struct.calcsize(form)
                return list(values)
            return [self.value(inner) for _ in range(count)]
        if kind not in _SCALARS:
            raise struct.error(f"unknown value type {kind}")
        return self.number(_SCALARS[kind])

    def tensor(self) -> tuple[str, GgufTensor]:
        name = self.string()
        axes = int(self.number("<I"))
        if axes > 8:
            raise struct.error(f"a tensor of {axes} axes")
        shape = tuple(reversed([self.count() for _ in range(axes)]))
        kind = int(self.number("<I"))
        return name, GgufTensor(shape, kind, self.count())


def read_header(path: Path) -> GgufHeader:
    """Read the header of a GGUF file.

    Raises:
        FtError: ``models.gguf_unreadable`` for no GGUF of version 2 or 3, or half a header.
    """
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return _walk(path, data)
    except (OSError, ValueError, struct.error, OverflowError, MemoryError) as error:
        reason = str(error)
        raise FtError("models.gguf_unreadable", path=str(path), reason=reason) from error


def _walk(path: Path, data: mmap.mmap) -> GgufHeader:
    if data[:4] != b"GGUF" or struct.unpack_from("<I", data, 4)[0] not in (2, 3):
        raise struct.error("not a GGUF file of version 2 or 3")
    cursor = _Cursor(data)
    tensor_count, key_count = cursor.count(), cursor.count()
    metadata: dict[str, object] = {}
    for _ in range(key_count):
        name = cursor.string()
        metadata[name] = cursor.value(int(cursor.number("<I")))
    table = dict(cursor.tensor() for _ in range(tensor_count))
    alignment = metadata.get("general.alignment", 32)
    step = alignment if isinstance(alignment, int) and alignment > 0 else 32
    start = -(-cursor.at // step) * step
    tensors = {
        name: GgufTensor(tensor.shape, tensor.kind, start + tensor.offset)
        for name, tensor in table.items()
    }
    return GgufHeader(path, metadata, tensors)
