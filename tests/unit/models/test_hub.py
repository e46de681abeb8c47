"""Models from a hub or a mirror: what is fetched, what is said, and each way it can fail."""

import shutil
import sys
import types

import pytest

from ftkernel import messages
from ftkernel.errors import FtError
from ftkernel.models import hub
from ftkernel.models.hub import HubOptions
from ftkernel.models.source import find_model, locate
from tests.unit.models.fake_hub import COMMIT, serving
from tests.unit.models.recipes import Heard, recipe


@pytest.fixture
def mirror(tiny_model_folder, tmp_path, monkeypatch):
    """A hub with one good model and some others, reached as ``HF_ENDPOINT``."""
    import huggingface_hub.constants

    good = tmp_path / "served"
    shutil.copytree(tiny_model_folder, good)
    for name in ("pytorch_model.bin", "model.onnx", "custom.py", "flax_model.msgpack"):
        (good / name).write_bytes(b"not wanted")
    (good / "onnx").mkdir()
    (good / "onnx" / "config.json").write_text("{}")
    only_gguf = tmp_path / "gguf-only"
    only_gguf.mkdir()
    (only_gguf / "model.Q4_0.gguf").write_bytes(b"GGUF")
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", False)
    with serving({"owner/tiny": good, "owner/gguf-only": only_gguf}) as server:
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        yield server


@pytest.fixture
def options(tmp_path):
    return HubOptions(cache_dir=str(tmp_path / "hub"))


def refused(name, options):
    with pytest.raises(FtError) as caught:
        find_model(name, options)
    return str(caught.value)


def test_only_what_is_needed_is_fetched_and_its_size_is_said_first(mirror, options):
    heard = Heard()
    kind, folder = find_model("owner/tiny", options, heard)
    assert kind == "hub"
    assert folder.name == COMMIT
    names = sorted(path.name for path in folder.iterdir())
    assert names == [
        "chat_template.jinja",
        "config.json",
        "generation_config.json",
        "model.safetensors",
        "tokenizer.json",
        "tokenizer_config.json",
    ]
    assert [messages.text(*note) for note in heard.notes] == [
        f"Downloading owner/tiny from {mirror.url}: 1 MB, once."
    ]
    total = sum(path.stat().st_size for path in folder.iterdir())
    assert heard.steps[0] == ("loading_model", 0, total, "bytes")
    assert heard.steps[-1] == ("loading_model", total, total, "bytes")


def test_a_second_time_nothing_is_fetched(mirror, options):
    _, folder = find_model("owner/tiny", options)
    mirror.asked.clear()
    heard = Heard()
    assert find_model("owner/tiny", options, heard)[1] == folder
    assert not [path for path, _ in mirror.asked if path.endswith(".safetensors")]
    assert heard.notes == []


def test_when_the_hub_is_gone_the_fetched_model_serves(mirror, options, monkeypatch):
    _, folder = find_model("owner/tiny", options)
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:1")
    heard = Heard()
    assert find_model("owner/tiny", options, heard)[1] == folder
    assert [messages.text(*note) for note in heard.notes] == [
        "The hub does not answer; using owner/tiny as it was downloaded before."
    ]


def test_the_token_travels_only_in_the_request(mirror, options, tmp_path):
    own = recipe("owner/tiny", cache_dir=options.cache_dir)
    source = locate(own, {"hf_hub_token": "hf_secret"})
    assert source.kind == "hub"
    assert source.shape is not None
    assert source.shape.layers == 2
    assert {token for _, token in mirror.asked} == {"Bearer hf_secret"}
    assert "hf_secret" not in repr(source)
    assert "hf_secret" not in repr(HubOptions(token="hf_secret"))


def test_no_network_says_what_can_be_done(options, monkeypatch):
    assert refused("owner/tiny", options) == (
        "owner/tiny is not on this machine, and https://huggingface.co does not answer (HF_HUB_OFFLINE is set).\n"
        "  Give a local folder, set HF_ENDPOINT to a mirror that can be reached, or run\n"
        "  `%ft download owner/tiny` where there is a network (HF_HOME or `cache_dir` says where it goes)."
    )


def test_a_mirror_that_does_not_answer_is_named(mirror, options, monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:1")
    first = refused("owner/tiny", options).splitlines()[0]
    assert first.startswith(
        "owner/tiny is not on this machine, and http://127.0.0.1:1 does not answer (ConnectError: "
    )


def test_a_model_that_the_hub_does_not_have(mirror, options):
    assert refused("owner/tinny", options) == (
        f"{mirror.url} has no model owner/tinny, or it is private.\n"
        "  Check the name (owner/name); for a private model log in first:  %ft login"
    )


def test_a_gated_model_says_where_its_terms_are(mirror, options):
    assert refused("closed/model", options) == (
        "closed/model is given out only to those who accepted its terms.\n"
        f"  Accept them at {mirror.url}/closed/model, then log in:  %ft login"
    )


def test_a_revision_that_is_not_there(mirror, options):
    wrong = HubOptions(cache_dir=options.cache_dir, revision="v9")
    assert refused("owner/tiny", wrong).splitlines()[0] == "owner/tiny has no revision v9."


def test_the_revision_and_the_token_of_a_recipe_reach_the_hub(mirror, options):
    wanted = recipe("owner/tiny", model_revision="v9", cache_dir=options.cache_dir)
    with pytest.raises(FtError) as caught:
        locate(wanted, {"hf_hub_token": "hf_of_the_recipe", "ms_hub_token": "other"})
    assert caught.value.lines()[0] == "owner/tiny has no revision v9."
    assert {token for _, token in mirror.asked} == {"Bearer hf_of_the_recipe"}


def test_a_repository_without_weights_says_what_it_has(mirror, options):
    assert refused("owner/gguf-only", options) == (
        "owner/gguf-only holds no weights that can be loaded here; it has: model.Q4_0.gguf\n"
        "  For a GGUF repository, download the .gguf file and give its path."
    )


def test_a_download_larger_than_the_disk_is_refused_with_numbers(mirror, options, monkeypatch):
    usage = types.SimpleNamespace(free=1000)
    monkeypatch.setattr(hub.shutil, "disk_usage", lambda path: usage)
    lines = refused("owner/tiny", options).splitlines()
    assert lines[0].startswith("The download needs 1 MB, and the disk of ")
    assert lines[1] == "  Free some space, or set `cache_dir` to a folder on a larger disk."


def test_a_pickle_is_taken_only_where_there_is_nothing_better():
    both = ["config.json", "model.safetensors", "pytorch_model.bin", "training_args.bin", "x.py"]
    assert hub.needed_files(both) == ["config.json", "model.safetensors"]
    pickles = ["config.json", "pytorch_model.bin", "x.py"]
    assert hub.needed_files(pickles) == ["config.json", "pytorch_model.bin"]
    assert hub.needed_files(pickles, code=True) == ["config.json", "x.py", "pytorch_model.bin"]
    shards = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"]
    index = "model.safetensors.index.json"
    assert hub.needed_files([*shards, index, "consolidated.safetensors"]) == [index, *shards]


def test_modelscope_needs_its_package(options, monkeypatch):
    monkeypatch.setitem(sys.modules, "modelscope", None)
    wanted = HubOptions(hub="modelscope", cache_dir=options.cache_dir)
    monkeypatch.setattr(hub.importlib.util, "find_spec", lambda name: None)
    assert refused("owner/tiny", wanted) == (
        "`hub: modelscope` needs the package modelscope, which is not installed.\n"
        "  pip install 'ftkernel[modelscope]'"
    )


def test_modelscope_is_asked_through_its_package(options, monkeypatch, tiny_model_folder):
    asked = {}

    def snapshot_download(model_id, **how):
        asked.update(model_id=model_id, **how)
        return str(tiny_model_folder)

    package = types.ModuleType("modelscope")
    package.__spec__ = types.SimpleNamespace(name="modelscope")
    package.snapshot_download = snapshot_download
    monkeypatch.setitem(sys.modules, "modelscope", package)
    own = recipe("owner/tiny", hub="modelscope", cache_dir=options.cache_dir)
    source = locate(own, {"ms_hub_token": "secret", "hf_hub_token": "other"})
    assert (source.kind, source.path) == ("hub", tiny_model_folder)
    assert asked == {
        "model_id": "owner/tiny",
        "revision": None,
        "cache_dir": options.cache_dir,
        "token": "secret",
        "ignore_file_pattern": [r".*\.py"],
    }
