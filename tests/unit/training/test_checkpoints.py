"""Checkpoints: half ones are never seen, broken ones passed over, foreign code in them never executed."""

import errno
import json
import os
import pickle
import traceback

import pytest
import torch

from ftkernel.errors import FtError
from ftkernel.runs.folder import RunFolder
from ftkernel.runs.integrity import fault_of
from ftkernel.training import checkpoints
from ftkernel.training.checkpoints import (
    choose_checkpoint,
    clear_unfinished,
    delete_checkpoint,
    load_state,
    save_state,
    set_aside_later,
    write_checkpoint,
    write_result,
)


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "run"
    (path / "checkpoints").mkdir(parents=True)
    return RunFolder(path)


def part(name, content):
    return lambda folder: (folder / name).write_bytes(content)


def write(folder, step, content=b"weights"):
    return write_checkpoint(
        folder, step, [part("model.safetensors", content), part("optimizer.pt", b"o")]
    )


def choose(folder):
    passed = []
    found = choose_checkpoint(folder, lambda one, reason: passed.append((one.step, reason)))
    return (found.step if found else None), passed


def test_a_checkpoint_has_a_manifest_with_sizes_and_hashes(folder):
    written = write(folder, 40)
    path = folder.checkpoints_folder / "step-000040"
    assert written.checkpoint.path == path
    assert written.size == 8
    manifest = json.loads((path / "manifest.json").read_text())
    assert manifest["step"] == 40
    assert manifest["files"]["model.safetensors"]["size"] == 7
    assert fault_of(path) is None
    assert [one.step for one in folder.checkpoints()] == [40]


def test_what_fails_half_way_leaves_nothing_behind(folder):
    def full(_folder):
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(FtError) as caught:
        write_checkpoint(folder, 1, [part("a", b"1"), full])
    assert caught.value.code == "run.disk_full"
    assert os.listdir(folder.checkpoints_folder) == []


def test_a_full_disk_is_recognised_behind_the_error_of_a_library(folder):
    def full(_folder):
        raise RuntimeError(
            "Error while serializing: I/O error: No space left on device (os error 28)"
        )

    with pytest.raises(FtError) as caught:
        write_result(folder, [full])
    assert caught.value.code == "run.disk_full"
    assert not folder.result.exists()


def test_files_are_synced_before_the_manifest_and_the_folder_after_the_rename(folder, monkeypatch):
    seen = []
    real = os.fsync

    def fsync(fd):
        seen.append(os.path.basename(os.readlink(f"/proc/self/fd/{fd}")))
        real(fd)

    monkeypatch.setattr(checkpoints.os, "fsync", fsync)
    write(folder, 2)
    assert seen == [
        "model.safetensors",
        "optimizer.pt",
        "manifest.json",
        ".writing-step-000002",
        "checkpoints",
    ]


def test_the_newest_sound_checkpoint_is_chosen_and_broken_ones_are_named(folder):
    for step in (1, 2, 3, 4):
        write(folder, step)
    base = folder.checkpoints_folder
    (base / "step-000004" / "manifest.json").unlink()
    (base / "step-000003" / "model.safetensors").write_bytes(b"WEIGHTS")
    assert choose(folder) == (
        2,
        [
            (4, "manifest.json is missing or unreadable"),
            (3, "model.safetensors has changed since it was written"),
        ],
    )


def test_a_run_whose_every_checkpoint_is_broken_is_refused(folder):
    write(folder, 5)
    (folder.checkpoints_folder / "step-000005" / "optimizer.pt").write_bytes(b"")
    with pytest.raises(FtError) as caught:
        choose(folder)
    assert caught.value.lines("en") == [
        "This run cannot be resumed: its checkpoint is broken "
        "(newest: step-000005; optimizer.pt has 0 bytes instead of 1).",
        f"  Start the run anew, or put a copy of the folder back at {folder.checkpoints_folder}.",
    ]


def test_going_back_to_a_step_looks_at_no_later_checkpoint_and_sets_them_aside(folder):
    for step in (1, 2, 3):
        write(folder, step)
    warned = []
    for at_most, chosen in ((2, 2), (1, 1), (0, None)):
        found = choose_checkpoint(folder, lambda one, _: warned.append(one), at_most=at_most)
        assert (found.step if found else None) == chosen
    assert warned == []
    set_aside_later(folder, 1)
    assert choose(folder) == (1, [])
    write(folder, 2, b"again!!")
    set_aside_later(folder, 1)
    assert [one.step for one in folder.all_checkpoints()] == [1]
    aside = folder.checkpoints_folder / "superseded-step-000002"
    assert (aside / "model.safetensors").read_bytes() == b"again!!"
    assert fault_of(folder.checkpoints_folder / "superseded-step-000003") is None


def test_a_run_without_any_checkpoint_begins_anew(folder):
    assert choose(folder) == (None, [])


def test_a_checkpoint_of_the_model_alone_is_passed_over(folder):
    write(folder, 1)
    write_checkpoint(folder, 2, [part("model.safetensors", b"m")])
    assert choose(folder) == (1, [(2, "it holds the model alone (save_only_model)")])


def test_a_broken_checkpoint_of_the_same_step_is_replaced(folder):
    write(folder, 3)
    (folder.checkpoints_folder / "step-000003" / "optimizer.pt").unlink()
    write(folder, 3, b"again!!")
    assert choose(folder) == (3, [])
    assert sorted(os.listdir(folder.checkpoints_folder)) == ["step-000003"]


def test_leftovers_of_a_killed_worker_are_no_checkpoints_and_are_cleared(folder):
    write(folder, 1)
    for name in (".writing-step-000002", ".removing-step-000001-1-1"):
        (folder.checkpoints_folder / name).mkdir()
    (folder.path / ".writing-result").mkdir()
    assert [one.step for one in folder.all_checkpoints()] == [1]
    clear_unfinished(folder)
    assert os.listdir(folder.checkpoints_folder) == ["step-000001"]
    assert sorted(os.listdir(folder.path)) == ["checkpoints"]


def test_deleting_takes_the_name_away_first(folder, monkeypatch):
    written = write(folder, 1)
    monkeypatch.setattr(
        checkpoints.shutil, "rmtree", lambda *a, **k: None
    )  # killed before removing
    delete_checkpoint(folder, written.checkpoint)
    assert folder.all_checkpoints() == []


class Evil:
    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (os.system, (f"touch {self.path}",))


@pytest.mark.parametrize("how", ["pickle", "torch"])
def test_a_malicious_state_file_is_refused_and_nothing_in_it_runs(how, folder, tmp_path):
    target = tmp_path / "executed"
    path = tmp_path / "optimizer.pt"
    if how == "pickle":
        path.write_bytes(pickle.dumps(Evil(target)))
    else:
        torch.save({"state": Evil(target)}, path)
    with pytest.raises(FtError) as caught:
        load_state(path)
    assert caught.value.code == "training.state_refused"
    assert caught.value.params["file"] == "optimizer.pt"
    assert 2 <= len(caught.value.lines("en")) <= 6
    # PyTorch tells how to run such a file all the same; neither message nor log repeat that.
    traced = "".join(traceback.format_exception(caught.value)) + str(caught.value)
    assert "weights_only" not in traced
    assert "arbitrary code" not in traced
    if how == "torch":
        assert "was not read: it calls for posix.system." in str(caught.value)
    assert not target.exists()


def test_states_come_back_as_they_were(tmp_path):
    state = {"a": torch.arange(3), "b": [1, 2.5, "x", None, True], "c": {"d": (1, 2)}}
    save_state(tmp_path / "s.pt", state)
    found = load_state(tmp_path / "s.pt")
    assert torch.equal(found["a"], state["a"])
    assert found["b"] == state["b"]
    assert found["c"] == state["c"]


def test_a_malicious_checkpoint_with_a_matching_manifest_is_refused_at_the_resume(
    tmp_path, tiny_model_folder
):
    from tests.unit.training.support import small_run

    run = small_run(tmp_path, tiny_model_folder, max_steps=3, save_steps=2)
    run.train(stop_at_forward=5)
    target = tmp_path / "executed"
    for file in ("optimizer.pt", "scheduler.pt", "rng_state.pt"):
        checkpoint = run.folder.latest_checkpoint()
        good = (checkpoint.path / file).read_bytes()
        torch.save({"x": Evil(target)}, checkpoint.path / file)
        trainer = run.build(checkpoint=checkpoint)
        with pytest.raises(FtError) as caught:
            trainer.train(resume_from_checkpoint=str(checkpoint.path))
        assert caught.value.code == "training.state_refused"
        (checkpoint.path / file).write_bytes(good)
    assert not target.exists()
