"""A bare name means the newest run that was started under it here; a path or an id means itself."""

import shutil

import pytest

from ftkernel.api import names
from ftkernel.api.chat_target import target_of
from ftkernel.api.names import run_meant
from ftkernel.api.resolve import with_model
from ftkernel.api.run import Run
from ftkernel.errors import FtError
from ftkernel.recipe.recipe import Recipe
from ftkernel.runs.events import RunFinished
from ftkernel.subcommands import registry
from tests.unit.api.folders import make_checkpoint, make_run

FINISHED = RunFinished(step=3, result="result")


class Host:
    prefix = "%ft"

    def __init__(self):
        self.lines = []
        self.cards = []

    def line(self, text):
        self.lines.append(text)

    def card(self, run):
        self.cards.append(run.name)

    def confirm(self, question):
        self.lines.append(question)
        return False


def start(root, name="first"):
    """What `finetune.start` does with a name, without a worker."""
    folder = make_run(root, FINISHED, name=name)
    folder.result.mkdir()
    make_checkpoint(folder, 20)
    names.started(folder, name)
    return folder


def test_a_name_means_the_newest_run_that_was_started_under_it_here(here):
    old = make_run(here, FINISHED)  # of an earlier kernel
    old.result.mkdir()
    assert Run("first").folder == old.path
    second = start(here)
    third = start(here)
    assert [second.name, third.name] == ["first-2", "first-3"]
    assert Run("first").folder == third.path
    assert run_meant("first@20") == (third, 20)
    assert target_of("first").folder == third
    assert target_of("first@20").model["adapter"] == str(third.checkpoint(20).path)
    made = with_model(Recipe.from_mapping({"model": "first", "data": "demo"}))
    assert made["adapter_name_or_path"] == str(third.result)
    adapter = {"model": "smollm2-135m", "adapter_name_or_path": "first@20", "data": "demo"}
    made = with_model(Recipe.from_mapping(adapter))
    assert made["adapter_name_or_path"] == str(third.checkpoint(20).path)
    host = Host()
    registry.dispatch(["show", "first"], host, "notebook")
    assert host.cards == ["first-3"]


def test_an_exact_name_an_id_and_a_path_mean_what_they_say(here):
    old = make_run(here, FINISHED)
    second = start(here)
    third = start(here)
    for text, meant in (
        (str(old.path), old),
        ("ft-runs/first", old),
        (old.meta()["id"], old),
        ("first-2", second),
        (third.meta()["id"][:6], third),
    ):
        assert run_meant(text)[0].path.resolve() == meant.path.resolve()


def test_each_folder_of_runs_has_its_own_names(here, tmp_path):
    make_run(here, FINISHED)
    elsewhere = tmp_path / "elsewhere"
    make_run(elsewhere, FINISHED, name="other")
    start(here)
    other = start(elsewhere, "other")
    assert Run("first").name == "first-2"
    assert Run("other").folder == other.path
    assert other.name == "other-2"
    assert run_meant("first", elsewhere / "ft-runs")[0].name == "first-2"


def test_deleting_a_name_says_which_run_it_means_and_never_reaches_the_older_one(here):
    old = make_run(here, FINISHED)
    new = start(here)
    host = Host()
    with pytest.raises(FtError) as caught:
        registry.dispatch(["rm", "first"], host, "notebook")
    assert "Delete run 'first-2'" in host.lines[0]
    assert caught.value.lines()[1] == "  %ft rm first-2 --yes deletes it for good."
    registry.dispatch(["rm", "first", "--yes"], host, "notebook")
    assert host.lines[-1].startswith("Run 'first-2' is deleted;")
    assert not new.path.exists()
    with pytest.raises(FtError) as caught:
        registry.dispatch(["rm", "first", "--yes"], host, "notebook")
    assert caught.value.lines() == [
        f"`first` meant run `first-2` here, and its folder is gone; an older run `first` lies in {old.path}.",
        "  Write that path where you mean the older run.",
    ]
    assert Run(old.path).state == "finished"


def test_a_name_that_is_free_again_is_that_of_its_folder(here):
    first = start(here)
    shutil.rmtree(first.path)
    with pytest.raises(FtError) as caught:
        Run("first")
    assert caught.value.code == "run.none_yet"
    again = make_run(here, FINISHED)
    assert Run("first").folder == again.path
