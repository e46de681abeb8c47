"""The list of runs says where each lies, and tells runs of one name apart."""

import pytest

from ftkernel.errors import FtError
from ftkernel.runs.store import find_run
from ftkernel.subcommands import registry
from tests.unit.api.folders import make_run


class Host:
    """A host that keeps what it is shown."""

    prefix = "%ft"

    def show(self, bundle):
        self.shown = bundle


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.setattr("ftkernel.api.place.start_folder", lambda: tmp_path / "a")
    return tmp_path


def listed(*words):
    host = Host()
    registry.dispatch(["runs", *words], host, "notebook")
    return host.shown


def test_runs_of_two_folders_are_listed_with_their_folder_and_equal_names_with_their_id(here):
    one, two = make_run(here / "a"), make_run(here / "b")
    make_run(here / "b", name="second")
    ids = {folder.meta()["id"][:6]: folder for folder in (one, two)}
    head, *rows = listed()["text/plain"].splitlines()
    assert head.split()[-1] == "folder"
    by_name = {row.split("  ")[0]: row for row in rows}
    assert set(by_name) == {"second", *(f"first ({short})" for short in ids)}
    assert by_name["second"].endswith(str(here / "b" / "ft-runs"))
    for short, folder in ids.items():
        assert by_name[f"first ({short})"].endswith(str(folder.path.parent))
        assert find_run(short, here / "c")[0] == folder
        assert f"<strong>first ({short})</strong>" in listed()["text/html"]
        assert f"{folder.path.parent}</code>" in listed()["text/html"]


def test_runs_of_one_folder_are_listed_without_folder_and_id(here):
    make_run(here / "a")
    assert "folder" not in listed()["text/plain"]
    assert str(here) not in listed()["text/html"]
    make_run(here / "b")
    assert str(here) not in listed(str(here / "b" / "ft-runs"))["text/plain"]


def test_a_name_that_several_other_folders_have_is_asked_about_with_these_ids(here):
    folders = [make_run(here / place) for place in "bc"]
    with pytest.raises(FtError) as caught:
        registry.dispatch(["log", "first"], Host(), "notebook")
    assert all(folder.meta()["id"][:6] in caught.value.message() for folder in folders)
