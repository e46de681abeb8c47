"""A GGUF file's header as the conversion reads it: figures that must be there, ids, its lists.

The bytes are walked by :mod:`ftkernel.recipe.gguf_file`; here is what only a worker asks of them.
"""

from dataclasses import dataclass
from pathlib import Path

from ftkernel.errors import FtError
from ftkernel.recipe.gguf_file import GgufTensor, NotGguf, read_gguf


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


def read_header(path: Path) -> GgufHeader:
    """Read the header of a GGUF file with its vocabulary.

    Raises:
        FtError: ``models.gguf_unreadable`` for no GGUF of version 2 or 3, or half a header.
    """
    try:
        found = read_gguf(path, lists=True)
    except (OSError, NotGguf) as error:
        reason = str(error)
        raise FtError("models.gguf_unreadable", path=str(path), reason=reason) from error
    return GgufHeader(path, found.metadata, found.tensors)
