"""A merge of the tiny model, and rows to prove it on."""

import shutil
from pathlib import Path

import pytest

from tests.unit.inference.making import Heard, make_adapter, recipe_for


@pytest.fixture(autouse=True)
def own_locks(tmp_path_factory, monkeypatch):
    monkeypatch.setenv("FTKERNEL_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))


@pytest.fixture(scope="session")
def tiny_adapter(tiny_model_folder, tmp_path_factory):
    return make_adapter(
        tiny_model_folder, tmp_path_factory.mktemp("adapter") / "adapter", scale=0.2
    )


@pytest.fixture(scope="session")
def prompts(tiny_model_folder):
    from transformers import AutoTokenizer

    from tests.tiny import SENTENCES

    tokenizer = AutoTokenizer.from_pretrained(tiny_model_folder)
    return [tokenizer(sentence)["input_ids"] for sentence in SENTENCES]


@pytest.fixture
def merge(tmp_path, prompts):
    """Merge into ``tmp_path/out``; returns what was written, the folder and what was said."""
    from ftkernel.export.merge import Learnt, write_merged
    from ftkernel.models.source import ModelSource

    def merge(base: Path, adapter: Path | None, dtype="float32", whole=None, **keys):
        out = tmp_path / "out"
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir()
        heard = Heard()
        learnt = Learnt(ModelSource("folder", base, base.name, adapter), whole)
        recipe = recipe_for(base, adapter)
        written = write_merged(learnt, recipe, out, prompts, dtype=dtype, report=heard, **keys)
        return written, out, heard

    return merge
