"""``download`` in a real worker, from a hub on this machine."""

import pytest

from ftkernel.api.jobs import lines_of
from ftkernel.errors import FtError
from ftkernel.recipe.recipe import Recipe
from ftkernel.subcommands import registry
from tests.process.hosts import Host
from tests.unit.models.fake_hub import serving

pytestmark = pytest.mark.process


@pytest.fixture
def mirror(tiny_model_folder, monkeypatch):
    with serving({"owner/tiny": tiny_model_folder}) as server:
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        monkeypatch.delenv("HF_HUB_OFFLINE")
        yield server


def wanted(name, tmp_path):
    values = {"model": name, "cache_dir": str(tmp_path / "hub")}
    return Recipe.from_mapping(values, job="infer")


def test_a_model_is_brought_into_the_cache_its_size_said_first(mirror, tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    host = Host()
    registry.dispatch(["download", "owner/tiny"], host, "shell")
    size, *progress, done = host.said
    assert size == f"Downloading owner/tiny from {mirror.url}: 1 MB, once."
    assert progress, "no progress was shown"
    (folder,) = (tmp_path / "hub" / "models--owner--tiny" / "snapshots").iterdir()
    assert str(folder) in done
    assert (folder / "model.safetensors").is_file()


def test_a_model_that_is_not_there_is_an_error_and_no_orphan(mirror, tmp_path):
    with pytest.raises(FtError) as caught:
        list(lines_of("download", wanted("owner/nothing", tmp_path)))
    assert caught.value.lines()[0] == (
        f"{mirror.url} has no model owner/nothing, or it is private."
    )
