"""The cache of models is built once, whole or not at all."""

import errno
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from ftkernel.errors import FtError
from ftkernel.models import cache
from tests.unit.models.recipes import Heard
from tests.waiting import wait_until


@pytest.fixture(autouse=True)
def root(tmp_path, monkeypatch):
    monkeypatch.setenv("FTKERNEL_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


def writes(text, calls=None):
    def build(folder):
        if calls is not None:
            calls.append(text)
        (folder / "model.safetensors").write_bytes(text.encode() * 50_000)
        (folder / "config.json").write_text(text)

    return build


def test_a_model_is_built_once_and_found_afterwards(root):
    calls = []
    assert cache.find("one") is None
    folder = cache.build_once("one", writes("a", calls), origin={"file": "x"})
    assert folder == root / "models" / "one"
    assert cache.build_once("one", writes("b", calls), origin={}) == folder == cache.find("one")
    assert calls == ["a"]
    listing = json.loads((folder / "ftkernel.json").read_text())
    assert listing["origin"] == {"file": "x"}
    assert set(listing["files"]) == {"config.json", "model.safetensors"}


@pytest.mark.parametrize("harm", ["shorter", "byte", "missing", "no list", "half a list"])
def test_a_harmed_model_is_not_used_but_built_anew(harm):
    folder = cache.build_once("one", writes("a"), origin={})
    weights, listing = folder / "model.safetensors", folder / "ftkernel.json"
    if harm == "shorter":
        os.truncate(weights, 1000)
    elif harm == "byte":
        with weights.open("r+b") as file:
            file.seek(33_333)
            file.write(b"Z")
    elif harm == "missing":
        (folder / "config.json").unlink()
    elif harm == "no list":
        listing.unlink()
    else:
        listing.write_text(listing.read_text()[:40])
    assert cache.find("one") is None
    assert cache.build_once("one", writes("b"), origin={}) == folder
    assert weights.read_bytes() == b"b" * 50_000


def test_zeros_behind_an_unchanged_size_and_time_are_noticed():
    folder = cache.build_once("one", writes("a"), origin={})
    weights = folder / "model.safetensors"
    times = weights.stat()
    weights.write_bytes(bytes(50_000))
    os.utime(weights, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert cache.find("one") is None


def test_a_copied_cache_is_read_in_full_and_accepted(root):
    folder = cache.build_once("one", writes("a"), origin={})
    os.utime(folder / "model.safetensors", (1, 1))
    assert cache.find("one") == folder


def test_a_failed_build_leaves_nothing(root):
    def build(folder):
        writes("a")(folder)
        raise ValueError("stop")

    with pytest.raises(ValueError, match="stop"):
        cache.build_once("one", build, origin={})
    assert [path.name for path in (root / "models").iterdir()] == [".one.lock"]


def test_a_full_disk_is_said_with_numbers_before_it_begins(root):
    calls = []
    with pytest.raises(FtError) as caught:
        cache.build_once("one", writes("a", calls), origin={}, needs_bytes=10**18)
    assert calls == []
    lines = caught.value.lines()
    assert lines[0].startswith(
        f"The model cache in {root / 'models'} needs 1000000000000 MB, and the disk has "
    )
    assert lines[1] == "  Free some space, or set FTKERNEL_CACHE_DIR to a folder on a larger disk."


def test_a_disk_that_fills_up_midway_is_said(root):
    def build(folder):
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(FtError) as caught:
        cache.build_once("one", build, origin={})
    assert caught.value.lines()[0] == (
        f"The model cache in {root / 'models'} could not be written: "
        "[Errno 28] No space left on device"
    )


def test_two_that_want_the_same_build_it_once():
    calls, inside, go = [], threading.Event(), threading.Event()
    heard = Heard()

    def slow(folder):
        inside.set()
        assert go.wait(20)
        writes("a", calls)(folder)

    first = threading.Thread(target=cache.build_once, args=("one", slow), kwargs={"origin": {}})
    first.start()
    assert inside.wait(20)
    second = threading.Thread(
        target=cache.build_once,
        args=("one", writes("b", calls)),
        kwargs={"origin": {}, "report": heard},
    )
    second.start()
    wait_until(lambda: heard.notes, message="the second one says that it waits")
    go.set()
    first.join(20)
    second.join(20)
    assert calls == ["a"]
    assert heard.notes == [("models.waiting_for_conversion", {"name": "one"})]


KILLED_WHILE_BUILDING = """
import sys, time
from pathlib import Path
from ftkernel.models import cache

def build(folder):
    (folder / "model.safetensors").write_bytes(b"half")
    print("building", flush=True)
    time.sleep(600)

cache.build_once("one", build, origin={})
"""


def test_a_killed_builder_leaves_nothing_that_looks_finished(root):
    child = subprocess.Popen(
        [sys.executable, "-c", KILLED_WHILE_BUILDING],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[3],
    )
    assert child.stdout.readline() == "building\n"
    child.kill()
    child.communicate()
    assert cache.find("one") is None
    assert list((root / "models").glob(".one.*.part"))
    folder = cache.build_once("one", writes("b"), origin={})
    assert (folder / "config.json").read_text() == "b"
    assert not list((root / "models").glob(".one.*.part"))


def test_a_large_files_hash_is_read_once_until_it_changes(tmp_path, monkeypatch):
    file = tmp_path / "big.gguf"
    file.write_bytes(b"one")
    first = cache.remember_hash(file)
    assert first == cache.file_hash(file)
    with monkeypatch.context() as patch:
        patch.setattr(cache, "file_hash", lambda _: pytest.fail("read again"))
        assert cache.remember_hash(file) == first
    file.write_bytes(b"three")
    assert cache.remember_hash(file) != first
