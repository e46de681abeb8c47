"""The header of a GGUF file: its metadata and the table of its tensors, read without numpy or torch.

The ``gguf`` package reads the same in seconds, since it wraps every string of the vocabulary in arrays; a
model's vocabulary is needed whole here, so the bytes are walked once. Nothing is read past the header.
"""

import mmap
import struct
from dataclasses import dataclass
from pathlib import Path

from ftkernel.errors import FtError

_SCALARS = {
    0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d",
}  # fmt: skip
_STRING, _ARRAY = 8, 9


@dataclass(frozen=True)
class GgufHeader:
    """What a GGUF file says about itself: metadata by key, and the type number of every tensor by name."""

    path: Path
    metadata: dict[str, object]
    tensor_types: dict[str, int]

    @property
    def architecture(self) -> str:
        """llama.cpp's name of the architecture, such as ``llama`` or ``qwen2``."""
        return str(self.metadata.get("general.architecture", ""))

    def token_id(self, name: str) -> int | None:
        """The id of a special token (``bos``, ``eos``, ``unknown``, ``padding`` …) as the file gives it."""
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


def read_header(path: Path) -> GgufHeader:
    """Read the header of a GGUF file.

    Raises:
        FtError: ``models.gguf_unreadable`` when it is no GGUF of version 2 or 3, or is cut in its header.
    """
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            if data[:4] != b"GGUF" or struct.unpack_from("<I", data, 4)[0] not in (2, 3):
                raise struct.error("not a GGUF file of version 2 or 3")
            cursor = _Cursor(data)
            tensors, keys = cursor.count(), cursor.count()
            metadata: dict[str, object] = {}
            for _ in range(keys):
                name = cursor.string()
                metadata[name] = cursor.value(int(cursor.number("<I")))
            types: dict[str, int] = {}
            for _ in range(tensors):
                name = cursor.string()
                dimensions = int(cursor.number("<I"))
                cursor.at += 8 * dimensions
                types[name] = int(cursor.number("<I"))
                cursor.count()  # the offset of its data
    except (OSError, ValueError, struct.error, OverflowError, MemoryError) as error:
        raise FtError("models.gguf_unreadable", path=str(path), reason=str(error)) from error
    return GgufHeader(path, metadata, types)
