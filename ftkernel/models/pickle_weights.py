"""Weights saved as pickles, read once without running what they contain, kept as safetensors.

A pickle can run any program when it is read. ``torch.load`` with ``weights_only`` reads tensors and
refuses everything else; each file is read so before anything else touches it.
"""

import hashlib
import json
import pickle
import shutil
from pathlib import Path

from ftkernel.errors import FtError
from ftkernel.models import cache
from ftkernel.models.report import SILENT, Report


def pickle_files(folder: Path) -> list[Path]:
    """The pickled weights of a model folder, if these are all it has."""
    if any(folder.glob("model*.safetensors")):
        return []
    index = folder / "pytorch_model.bin.index.json"
    if index.is_file():
        try:
            names = set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values())
        except (ValueError, KeyError, AttributeError) as error:
            raise FtError("models.unloadable", model=str(folder), reason=index.name) from error
        return [folder / Path(str(name)).name for name in sorted(names)]
    single = folder / "pytorch_model.bin"
    return [single] if single.is_file() else []


def convert(folder: Path, files: list[Path], report: Report = SILENT) -> Path:
    """The cached copy of a model folder with its weights as safetensors.

    Raises:
        FtError: ``models.pickle_unsafe`` for a file that holds more than tensors.
    """
    missing = [path.name for path in files if not path.is_file()]
    if missing:
        raise FtError("models.file_missing", path=str(folder), name=missing[0])
    whole = hashlib.sha256()
    for path in files:
        whole.update(cache.remember_hash(path).encode())
    config = folder / "config.json"
    if config.is_file():
        whole.update(config.read_bytes())
    name = f"{folder.resolve().name[:60]}-{whole.hexdigest()[:16]}"
    if found := cache.find(name):
        return found
    report.adjusted("models.pickle_read", path=str(folder), files=len(files))
    return cache.build_once(
        name,
        lambda staging: _write(folder, files, staging, report),
        origin={"folder": folder.name, "files": [path.name for path in files]},
        needs_bytes=sum(path.stat().st_size for path in files),
        report=report,
    )


def _write(folder: Path, files: list[Path], staging: Path, report: Report) -> None:
    from transformers import AutoModelForCausalLM

    for done, path in enumerate(files):
        report.progress("converting_model", done, len(files) + 1, "files")
        _check(path)
    try:
        model = AutoModelForCausalLM.from_pretrained(
            folder,
            dtype="auto",
            use_safetensors=False,
            weights_only=True,
            local_files_only=True,
            trust_remote_code=False,
        )
    except (OSError, ValueError, KeyError, ImportError, RuntimeError) as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise FtError("models.unloadable", model=str(folder), reason=reason) from error
    report.progress("converting_model", len(files), len(files) + 1, "files")
    model.save_pretrained(staging)
    written = {path.name for path in staging.iterdir()}
    for path in sorted(folder.iterdir()):
        weights = path.suffix == ".bin" or path.name == "pytorch_model.bin.index.json"
        if path.is_file() and not weights and path.name not in written:
            shutil.copyfile(path, staging / path.name)


def _check(path: Path) -> None:
    """Read a file as tensors only; what else it holds is refused, not run."""
    import torch

    try:
        torch.load(path, map_location="cpu", weights_only=True, mmap=_is_zip(path))
    except pickle.UnpicklingError:
        # Without PyTorch's own words, which tell how to run such a file all the same.
        raise FtError("models.pickle_unsafe", path=str(path)) from None
    except (RuntimeError, EOFError, OSError, ValueError) as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise FtError("models.unloadable", model=str(path), reason=reason) from error


def _is_zip(path: Path) -> bool:
    """Torch's present format is a zip, which can be mapped instead of read; the old one cannot."""
    with path.open("rb") as file:
        return file.read(4) == b"PK\x03\x04"
