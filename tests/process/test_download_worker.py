"""``download`` in a real worker, from a hub on this machine."""

import pytest

from ftkernel import messages
from ftkernel.api.jobs import lines_of
from ftkernel.errors import FtError
from ftkernel.recipe.recipe import Recipe
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


def test_a_model_is_brought_into_the_cache_its_size_said_first(mirror, tmp_path, tiny_model_folder):
    lines = list(lines_of("download", wanted("owner/tiny", tmp_path)))
    kinds = [line["kind"] for line in lines]
    assert kinds[0] == "adjusted"
    assert messages.text(lines[0]["code"], lines[0]["params"]) == (
        f"Downloading owner/tiny from {mirror.url}: 1 MB, once."
    )
    size = sum(path.stat().st_size for path in tiny_model_folder.iterdir())
    steps = [line for line in lines if line["kind"] == "phase" and line.get("total")]
    assert (steps[0]["done"], steps[0]["total"], steps[0]["unit"]) == (0, size, "bytes")
    assert steps[-1]["done"] == size
    assert kinds[-1] == "result"
    assert lines[-1]["bytes"] == size
    assert lines[-1]["path"].startswith(str(tmp_path / "hub"))


def test_a_model_that_is_not_there_is_an_error_and_no_orphan(mirror, tmp_path):
    with pytest.raises(FtError) as caught:
        list(lines_of("download", wanted("owner/nothing", tmp_path)))
    assert caught.value.lines()[0] == (
        f"{mirror.url} has no model owner/nothing, or it is private."
    )
