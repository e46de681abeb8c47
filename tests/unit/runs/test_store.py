"""Runs are found by what people call them: here first, then everywhere, with help for a slip."""

import pytest

from ftkernel.errors import FtError
from ftkernel.runs import index
from ftkernel.runs.ownership import Ownership
from ftkernel.runs.store import (
    create_run,
    default_runs_dir,
    find_checkpoint,
    find_run,
    list_runs,
    runs_in,
)
from tests.unit.runs.support import PlainRecipe, make_checkpoint


def create(root, name="first"):
    return create_run(root, name, PlainRecipe())


def refused(text, runs_dir):
    with pytest.raises(FtError) as caught:
        find_run(text, runs_dir)
    return str(caught.value)


def test_runs_lie_in_ft_runs_by_default(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert default_runs_dir() == tmp_path / "ft-runs"
    folder = create(None)
    assert folder.path == tmp_path / "ft-runs" / "first"
    assert find_run("first") == (folder, None)


def test_every_root_is_remembered_for_all_later_kernels(tmp_path):
    here, there = create(tmp_path / "a"), create(tmp_path / "b", "second")
    assert index.roots() == [tmp_path / "a", tmp_path / "b"]
    assert {folder.path for folder in list_runs(tmp_path / "c")} == {here.path, there.path}
    assert list_runs(tmp_path / "c")[0] == there  # the newest first


def test_a_root_that_is_gone_is_left_out(tmp_path):
    import shutil

    create(tmp_path / "a")
    shutil.rmtree(tmp_path / "a")
    assert index.roots() == []
    assert list_runs(tmp_path / "c") == []


def test_an_index_that_can_not_be_written_costs_no_run(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("FTKERNEL_STATE_DIR", str(tmp_path / "file"))
    assert create(tmp_path / "a").exists()
    assert index.roots() == []


def test_garbage_in_the_index_does_no_harm(tmp_path):
    create(tmp_path / "a")
    (index.state_folder() / "roots" / "x.json").write_text("{")
    (index.state_folder() / "roots" / "y.json").write_text('{"path": 3}')
    assert index.roots() == [tmp_path / "a"]


def test_a_bare_name_means_this_folder_first(tmp_path):
    here, there = create(tmp_path / "a"), create(tmp_path / "b")
    assert find_run("first", tmp_path / "a")[0] == here
    assert find_run("first", tmp_path / "b")[0] == there


def test_a_name_elsewhere_is_found_and_two_of_them_are_asked_about(tmp_path):
    here = create(tmp_path / "a")
    assert find_run("first", tmp_path / "c")[0] == here
    there = create(tmp_path / "b")
    ids = [folder.meta()["id"] for folder in (here, there)]
    assert refused("first", tmp_path / "c") == (
        f"Several runs are meant by 'first': {here.path} ({ids[0]}), {there.path} ({ids[1]})\n"
        "  Write the id in brackets, or the path of the folder."
    )
    assert find_run(ids[1], tmp_path / "c")[0] == there
    assert find_run(ids[1][:6], tmp_path / "a")[0] == there


def test_a_path_names_its_run(tmp_path, monkeypatch):
    folder = create(tmp_path / "a")
    assert find_run(str(folder.path))[0] == folder
    monkeypatch.chdir(tmp_path)
    assert find_run("a/first")[0].path == folder.path
    assert refused("a/second", tmp_path) == (
        "No run lies in 'a/second': it has no run.json.\n"
        "  `%ft runs` lists the runs with their folders."
    )


def test_a_step_stands_after_an_at(tmp_path):
    folder = create(tmp_path / "a")
    root = tmp_path / "a"
    assert find_run("first@40", root) == (folder, 40)
    assert find_run("first@step-000040", root) == (folder, 40)
    assert find_run(f"{folder.path}@7", root) == (folder, 7)
    assert refused("first@last", root) == (
        "'first@last' names no step: 'last' after `@` is not a number.\n"
        "  Write `name@40` for the checkpoint of step 40."
    )


def test_a_slip_is_answered_with_the_nearest_names(tmp_path):
    create(tmp_path / "a")
    create(tmp_path / "a", "second")
    assert refused("firs", tmp_path / "a") == (
        "There is no run called 'firs'. Did you mean first?\n  `%ft runs` lists all of them."
    )
    assert refused("zzz", tmp_path / "a") == (
        "There is no run called 'zzz'. The newest are second, first.\n  `%ft runs` lists all of them."
    )


def test_a_slip_is_answered_from_this_folder_first_and_others_are_said_with_their_folder(tmp_path):
    create(tmp_path / "b", "third")
    create(tmp_path / "b", "bloom")
    create(tmp_path / "a", "thirty")
    for root, first in (
        ("a", f"There is no run called 'thir'. Did you mean thirty, third ({tmp_path / 'b'})"),
        ("b", f"There is no run called 'thir'. Did you mean third, thirty ({tmp_path / 'a'})"),
    ):
        assert refused("thir", tmp_path / root).startswith(first)
    assert refused("zzz", tmp_path / "a").startswith(
        "There is no run called 'zzz'. The newest are thirty.\n"
    )
    assert refused("zzz", tmp_path / "c").count(f" ({tmp_path / 'b'})") == 2


def test_the_first_run_of_all_is_not_there_yet(tmp_path):
    assert refused("first", tmp_path) == (
        "There is no run called 'first', nor any other yet.\n  `%%finetune` starts one."
    )


def test_folders_that_are_no_runs_are_not_listed(tmp_path):
    create(tmp_path)
    (tmp_path / "other").mkdir()
    (tmp_path / ".hidden").mkdir()
    (tmp_path / "file").write_text("")
    assert [folder.name for folder in runs_in(tmp_path)] == ["first"]
    assert runs_in(tmp_path / "none") == []


def test_weights_are_those_of_the_step_else_the_result_else_the_newest(tmp_path):
    folder = create(tmp_path)
    with pytest.raises(FtError) as caught:
        find_checkpoint(folder, None)
    assert str(caught.value) == (
        "Run first has no checkpoint: it was never started.\n  `%ft resume first` starts it."
    )
    owner = Ownership.take(folder, 1)
    try:
        with pytest.raises(FtError) as caught:
            find_checkpoint(folder, None)
    finally:
        owner.release()
    assert str(caught.value) == (
        "Run first has no checkpoint yet.\n"
        "  Wait for the first one; `save_steps` and `save_minutes` say when it comes."
    )
    early, late = make_checkpoint(folder, 20), make_checkpoint(folder, 40)
    assert find_checkpoint(folder, None) == late
    assert find_checkpoint(folder, 20) == early
    folder.result.mkdir()
    assert find_checkpoint(folder, None) == folder.result
    with pytest.raises(FtError) as caught:
        find_checkpoint(folder, 30)
    assert str(caught.value) == (
        "Run first has no checkpoint of step 30; there are 20, 40.\n  Write one of these after `@`."
    )
