"""Whether a checkpoint is what was written: every file by its hash, not by its size alone.

A kernel asks before it starts a worker on a checkpoint that a person named; the worker asks again
before it reads one. Nothing here imports torch.
"""

import hashlib
from pathlib import Path
from typing import Any, cast

from ftkernel.runs.folder import damage_of, read_json

_BLOCK = 1 << 20
_NEEDED_TO_GO_ON = "optimizer.pt"


def sha256_of(path: Path) -> str:
    """The hash of a file, as a manifest has it."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def fault_of(checkpoint: Path) -> str | None:
    """What is wrong with a checkpoint, by the hashes of all its files; ``None`` when nothing is.

    Reads all of it: gigabytes, where a whole model is tuned.
    """
    if damage := damage_of(checkpoint):
        return damage
    manifest = read_json(checkpoint / "manifest.json") or {}
    for name, entry in cast("dict[str, dict[str, Any]]", manifest["files"]).items():
        try:
            actual = sha256_of(checkpoint / name)
        except OSError as error:
            return f"{name} cannot be read ({error.strerror or type(error).__name__})"
        if actual != entry.get("sha256"):
            return f"{name} has changed since it was written"
    return None


def is_resumable(checkpoint: Path) -> bool:
    """Whether a checkpoint holds more than the model, so that training can go on from it."""
    return (checkpoint / _NEEDED_TO_GO_ON).is_file()
