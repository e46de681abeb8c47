import errno
import os
import subprocess
import sys

import psutil
import pytest

from ftkernel.errors import FtError
from ftkernel.export import target as module
from ftkernel.export.target import publish, staging, writes
from ftkernel.runs import merge_folder
from ftkernel.runs.merge_folder import check_target
from tests.disk import Disk


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory, monkeypatch):
    monkeypatch.setenv("FTKERNEL_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))


def write(target, needed=100, names=("a.txt",)):
    with staging(check_target(target), needed) as partial:
        for name in names:
            (partial / name).write_text(name)
        publish(partial, target)


def fail_half_way(target, number):
    with staging(target, 100) as partial, writes(target, 100):
        (partial / "half").write_text("half")
        raise OSError(number, os.strerror(number))


def test_what_was_staged_is_the_target_and_nothing_else_is_beside_it(tmp_path):
    write(tmp_path / "merged")
    assert os.listdir(tmp_path) == ["merged"]
    assert (tmp_path / "merged" / "a.txt").read_text() == "a.txt"


def test_an_empty_folder_is_a_target(tmp_path):
    (tmp_path / "merged").mkdir()
    write(tmp_path / "merged")
    assert os.listdir(tmp_path / "merged") == ["a.txt"]


def test_what_is_published_is_on_the_disk_before_it_gets_its_name(tmp_path, monkeypatch):
    disk = Disk(monkeypatch)
    write(tmp_path / "merged", names=("a.txt", "b.txt"))
    assert disk.not_synced_before_named(tmp_path / "merged") == []
    assert disk.has_synced_name(tmp_path / "merged")


def test_until_it_is_published_nothing_is_at_the_target(tmp_path):
    with staging(tmp_path / "merged", 1) as partial:
        (partial / "a.txt").write_text("a")
        assert not (tmp_path / "merged").exists()
        assert partial.parent == tmp_path
        assert partial.name.startswith(".merged.ftkernel-")
        assert partial.name.endswith(".partial")
    assert os.listdir(tmp_path) == []


def test_a_file_is_no_target(tmp_path):
    (tmp_path / "f").write_text("mine")
    with pytest.raises(FtError) as caught:
        check_target(tmp_path / "f")
    assert caught.value.lines("en") == [
        f"{tmp_path / 'f'} is a file; a merged model needs a folder. Nothing was written.",
        "  Name a folder that does not exist yet.",
    ]
    assert (tmp_path / "f").read_text() == "mine"


def test_a_folder_with_anything_in_it_is_no_target(tmp_path):
    (tmp_path / "one").write_text("1")
    (tmp_path / "two").write_text("2")
    with pytest.raises(FtError) as caught:
        check_target(tmp_path)
    assert caught.value.lines("en") == [
        f"{tmp_path} is not empty (2 entries, such as one). Nothing was written.",
        "  Name a folder that does not exist yet, or an empty one.",
    ]


def test_what_appears_at_the_target_meanwhile_is_not_overwritten(tmp_path):
    target = tmp_path / "merged"
    with staging(target, 1) as partial:
        (partial / "a.txt").write_text("a")
        target.mkdir()
        (target / "theirs").write_text("theirs")
        with pytest.raises(FtError) as caught:
            publish(partial, target)
    assert caught.value.code == "export.target_not_empty"
    assert os.listdir(tmp_path) == ["merged"]
    assert os.listdir(target) == ["theirs"]


def test_two_merges_do_not_share_a_target(tmp_path):
    target = tmp_path / "merged"
    with staging(target, 1):
        with pytest.raises(FtError) as caught, staging(target, 1):
            pass
        assert caught.value.lines("en") == [
            f"Another merge is writing to {target} at this moment.",
            "  Wait for it, or name another folder.",
        ]
    write(target)


def test_a_disk_that_can_not_hold_it_is_refused_with_both_numbers(tmp_path):
    with pytest.raises(FtError) as caught:
        write(tmp_path / "merged", needed=10**18)
    free = caught.value.params["free"]
    assert caught.value.lines("en") == [
        f"The merged model needs 1000000000.0 GB on disk, and {free} are free at {tmp_path}. Nothing "
        "was written.",
        "  Free some space, name a folder on another disk, or choose dtype: bfloat16.",
    ]
    assert os.listdir(tmp_path) == []


def test_folders_made_for_a_merge_that_fails_go_again(tmp_path):
    with pytest.raises(RuntimeError), staging(tmp_path / "a" / "b" / "merged", 1):
        raise RuntimeError
    assert os.listdir(tmp_path) == []
    write(tmp_path / "a" / "b" / "merged")
    assert (tmp_path / "a" / "b" / "merged" / "a.txt").is_file()


def test_a_place_below_a_file_is_no_target(tmp_path):
    (tmp_path / "f").write_text("a file")
    with pytest.raises(FtError) as caught:
        check_target(tmp_path / "f" / "a" / "merged")
    assert caught.value.lines("en") == [
        f"{tmp_path / 'f' / 'a' / 'merged'} can not be made: {tmp_path / 'f'} is a file.",
        "  Name a folder in a place that is one.",
    ]


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written_is_named(tmp_path):
    tmp_path.chmod(0o555)
    with pytest.raises(FtError) as caught:
        write(tmp_path / "merged")
    assert caught.value.message("en") == (
        f"{tmp_path / 'merged'} can not be written: Permission denied."
    )


@pytest.mark.parametrize(
    ("number", "message"),
    [
        (
            errno.ENOSPC,
            "The disk became full while {0} was written (100 B needed, {1} free now). "
            "Nothing is left there.",
        ),
        (errno.EROFS, "{0} can not be written: Read-only file system."),
    ],
)
def test_a_write_that_fails_says_why_and_leaves_nothing(tmp_path, number, message):
    target = tmp_path / "merged"
    with pytest.raises(FtError) as caught:
        fail_half_way(target, number)
    free = caught.value.params.get("free")
    assert caught.value.message("en") == message.format(target, free)
    assert os.listdir(tmp_path) == []


def test_what_killed_merges_left_goes_at_the_next_one_in_that_folder(tmp_path):
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    left = tmp_path / f".merged.ftkernel-{merge_folder._host()}-{dead.pid}-1.partial"
    other = tmp_path / f".other.ftkernel-{merge_folder._host()}-{dead.pid}-1.partial"
    elsewhere = tmp_path / f".merged.ftkernel-00000000-{dead.pid}-1.partial"
    me = psutil.Process()
    living = (
        tmp_path
        / f".merged.ftkernel-{merge_folder._host()}-{me.ppid()}-{int(me.parent().create_time())}.partial"
    )
    for folder in (left, other, elsewhere, living):
        folder.mkdir()
        (folder / "model.safetensors").write_text("half")
    write(tmp_path / "merged")
    assert set(os.listdir(tmp_path)) == {"merged", elsewhere.name, living.name}


def test_a_very_long_name_still_has_room_for_its_partial(tmp_path):
    name = "m" * 250
    write(tmp_path / name)
    assert os.listdir(tmp_path) == [name]


def test_sizes_read_as_people_say_them():
    sizes = [module.size_text(count) for count in (12, 34_500, 271_000_000, 1_230_000_000)]
    assert sizes == ["12 B", "34.5 KB", "271.0 MB", "1.2 GB"]
