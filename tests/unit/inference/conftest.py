"""The tiny model with an adapter, and an engine over both."""

import pytest

from tests.unit.inference.making import make_adapter, recipe_for


@pytest.fixture(scope="session")
def tiny_adapter(tiny_model_folder, tmp_path_factory):
    return make_adapter(tiny_model_folder, tmp_path_factory.mktemp("adapter") / "adapter")


@pytest.fixture(scope="module")
def engine(tiny_model_folder, tiny_adapter):
    from ftkernel.inference.choice import chosen_model
    from ftkernel.inference.engine import Engine

    return Engine(chosen_model(recipe_for(tiny_model_folder, tiny_adapter)))
