"""Run folders: made once, numbered rather than overwritten, and whole checkpoints told from halves."""

import json
import os
import subprocess
import sys

import pytest

from ftkernel.errors import FtError
from ftkernel.runs.folder import (
    RunFolder,
    checkpoint_name,
    damage_of,
    read_json,
    write_atomic,
    write_json,
)
from tests.unit.runs.support import PlainRecipe, make_checkpoint, make_run


def test_a_new_run_has_its_recipe_and_who_made_it(tmp_path):
    folder = RunFolder.create(
        tmp_path / "ft-runs", "first", PlainRecipe(), notebook="a.ipynb", cwd="/c"
    )
    meta = folder.meta()
    assert set(meta) == {"id", "name", "created", "ftkernel", "python", "user", "cwd", "notebook"}
    assert (meta["name"], meta["notebook"], meta["cwd"]) == ("first", "a.ipynb", "/c")
    assert len(meta["id"]) == 12
    assert folder.recipe_yaml.read_text() == "# a recipe\n"
    assert json.loads(folder.recipe_json.read_text()) == {"given": {}}
    assert sorted(os.listdir(folder.path)) == [
        "checkpoints", "commands", "recipe.json", "recipe.yaml", "run.json",
    ]  # fmt: skip


def test_a_name_in_use_gets_a_number_and_nothing_is_overwritten(tmp_path):
    made = [make_run(tmp_path) for _ in range(3)]
    assert [folder.name for folder in made] == ["first", "first-2", "first-3"]
    assert len({folder.meta()["id"] for folder in made}) == 3
    assert [folder.meta()["name"] for folder in made] == ["first", "first-2", "first-3"]


def test_a_stray_file_of_the_name_is_left_alone(tmp_path):
    (tmp_path / "first").write_text("mine")
    assert make_run(tmp_path).name == "first-2"
    assert (tmp_path / "first").read_text() == "mine"


def test_a_run_without_a_name_is_called_run(tmp_path):
    assert make_run(tmp_path, None).name == "run"
    assert make_run(tmp_path, None).name == "run-2"


def test_a_bad_name_makes_nothing(tmp_path):
    with pytest.raises(FtError) as caught:
        make_run(tmp_path / "root", "../x")
    assert caught.value.code == "run.name_path"
    assert not (tmp_path / "root").exists()


def test_a_root_that_is_a_file_is_refused(tmp_path):
    (tmp_path / "root").write_text("")
    with pytest.raises(FtError) as caught:
        make_run(tmp_path / "root")
    assert str(caught.value) == (
        f"Runs can not lie in {tmp_path / 'root'}: it is a file.\n  Choose a folder with `runs_dir`."
    )


def test_a_folder_that_is_gone_is_told(tmp_path):
    with pytest.raises(FtError) as caught:
        RunFolder(tmp_path / "gone").meta()
    assert str(caught.value) == (
        f"The folder of the run is gone: {tmp_path / 'gone'}\n"
        "  It was removed or renamed, or its disk is not there. Put it back, or start a new run."
    )


def test_checkpoints_are_found_by_their_steps_and_only_whole_ones(tmp_path):
    folder = make_run(tmp_path)
    assert folder.latest_checkpoint() is None
    for step in (1_000_000, 20, 40):
        make_checkpoint(folder, step)
    (folder.checkpoints_folder / ".step-000060.tmp").mkdir()
    (folder.checkpoints_folder / "step-000080").mkdir()
    (folder.checkpoints_folder / "other").mkdir()
    assert [one.step for one in folder.checkpoints()] == [20, 40, 1_000_000]
    assert folder.latest_checkpoint().step == 1_000_000
    assert [one.step for one in folder.all_checkpoints()] == [20, 40, 80, 1_000_000]
    assert folder.checkpoint(40).path.name == "step-000040"
    assert folder.checkpoint(41) is None
    assert folder.checkpoint(80) is None


def test_a_damaged_checkpoint_is_passed_over_and_its_damage_said(tmp_path):
    folder = make_run(tmp_path)
    make_checkpoint(folder, 20)
    path = make_checkpoint(folder, 40)
    assert damage_of(path) is None
    (path / "model.safetensors").write_bytes(b"wei")
    assert damage_of(path) == "model.safetensors has 3 bytes instead of 7"
    assert folder.latest_checkpoint().step == 20
    (path / "model.safetensors").unlink()
    assert damage_of(path) == "model.safetensors is missing"
    (path / "manifest.json").write_text("{")
    assert damage_of(path) == "manifest.json is missing or unreadable"
    (path / "manifest.json").write_text('{"files": {}}')
    assert damage_of(path) == "manifest.json names no file"
    (path / "manifest.json").write_text('{"files": {"a": 3}}')
    assert damage_of(path) == "a is missing"


def test_checkpoint_names_sort_like_their_steps():
    assert checkpoint_name(40) == "step-000040"
    assert checkpoint_name(1_234_567) == "step-1234567"


def test_an_atomic_write_replaces_and_leaves_nothing_beside(tmp_path):
    path = tmp_path / "file"
    write_atomic(path, b"one")
    write_atomic(path, b"two")
    assert path.read_bytes() == b"two"
    assert os.listdir(tmp_path) == ["file"]


def test_an_atomic_write_that_fails_keeps_the_old_content(tmp_path):
    path = tmp_path / "folder" / "file"
    with pytest.raises(FtError) as caught:
        write_atomic(path, b"x")
    assert caught.value.code == "run.folder_lost"
    target = tmp_path / "target"
    target.mkdir()
    (target / "inside").write_text("")
    with pytest.raises(OSError):
        write_atomic(target, b"x")
    assert os.listdir(tmp_path) == ["target"]


def test_readers_never_see_half_of_a_file(tmp_path):
    path = tmp_path / "file.json"
    program = (
        "import sys; from pathlib import Path; from ftkernel.runs.folder import write_json\n"
        "n = 0\n"
        "while True:\n"
        "    n += 1; write_json(Path(sys.argv[1]), {'n': n, 'text': 'x' * 20000}, sync=False)\n"
    )
    writer = subprocess.Popen([sys.executable, "-c", program, str(path)])
    try:
        seen = set()
        while len(seen) < 200:
            value = read_json(path)
            if value is None:
                assert not path.exists() or path.stat().st_size == 0 or read_json(path)
                continue
            assert len(value["text"]) == 20000
            seen.add(value["n"])
    finally:
        writer.kill()
        writer.wait()


def test_json_of_anything_is_read_back(tmp_path):
    write_json(tmp_path / "a", {"path": tmp_path, "zh": "中", "half": "\ud800"})
    assert read_json(tmp_path / "a") == {"path": str(tmp_path), "zh": "中", "half": "\ud800"}
    (tmp_path / "b").write_text("[1]")
    assert read_json(tmp_path / "b") is None
    assert read_json(tmp_path / "none") is None
