"""The tiny model with an adapter, an engine over both, and a model whose answers have some variety."""

import pytest

from tests.tiny import tiny_model
from tests.unit.inference.making import make_adapter, recipe_for


@pytest.fixture(scope="session")
def tiny_adapter(tiny_model_folder, tmp_path_factory):
    return make_adapter(tiny_model_folder, tmp_path_factory.mktemp("adapter") / "adapter")


@pytest.fixture(scope="module")
def engine(tiny_model_folder, tiny_adapter):
    from ftkernel.inference.choice import chosen_model
    from ftkernel.inference.engine import Engine

    return Engine(chosen_model(recipe_for(tiny_model_folder, tiny_adapter)))


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """Untied: a random model that shares head and embedding only repeats itself."""
    return tiny_model(tmp_path_factory.mktemp("untied"), tied=False, seed=4)


@pytest.fixture(scope="module")
def model(folder):
    import torch
    from transformers import AutoModelForCausalLM

    return AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()


@pytest.fixture(scope="module")
def tokenizer(folder):
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(folder)
