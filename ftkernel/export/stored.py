"""What a model's files say without loading it: number types and counts, from their headers."""

import json
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_TYPES = {"F32": "float32", "BF16": "bfloat16", "F16": "float16"}
_LARGEST_HEADER = 100 * 1024**2
DTYPES = tuple(_TYPES.values())
"""The number types a merged model can be written in."""
ITEM_BYTES = {"float32": 4, "bfloat16": 2, "float16": 2}


@dataclass(frozen=True)
class Stored:
    """The weights in a folder: how many numbers, and the type most of them have."""

    parameters: int
    dtype: str


def read_stored(folder: Path) -> Stored:
    """Count the weights in all safetensors files of a folder.

    A type that no merged model is written in (8-bit floats and the like) counts as float32.
    """
    counts: dict[str, int] = {}
    for file in sorted(folder.glob("*.safetensors")):
        for name, entry in _header(file).items():
            if name != "__metadata__":
                size = 1
                for width in entry["shape"]:
                    size *= width
                counts[entry["dtype"]] = counts.get(entry["dtype"], 0) + size
    most = max(counts, key=lambda kind: counts[kind], default="F32")
    return Stored(sum(counts.values()), _TYPES.get(most, "float32"))


def _header(file: Path) -> dict[str, dict[str, Any]]:
    with open(file, "rb") as stream:
        (length,) = struct.unpack("<Q", stream.read(8))
        return json.loads(stream.read(min(length, _LARGEST_HEADER)))
