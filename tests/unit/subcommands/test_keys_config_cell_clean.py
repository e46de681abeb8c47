"""The lines `keys`, `config`, `cell` and `clean` as a person uses them, in both places."""

import json
import os

import pytest

from ftkernel.api import config
from ftkernel.errors import FtError
from ftkernel.subcommands import registry


class Host:
    """A host that keeps what it is told, with or without cells."""

    def __init__(self, *, cells: bool = True):
        self.prefix = "%ft" if cells else "ftkernel"
        self.cells = [] if cells else None
        self.lines = []
        self.bundles = []

    def line(self, text):
        self.lines.append(text)

    def show(self, bundle):
        self.bundles.append(bundle)
        self.lines.append(bundle["text/plain"])

    def variables(self):
        return None if self.cells is None else {}

    def next_cell(self, text):
        if self.cells is None:
            return False
        self.cells.append(text)
        return True

    def do(self, *words):
        registry.dispatch(words, self, "shell" if self.cells is None else "notebook")
        return "\n".join(self.lines)


@pytest.fixture(autouse=True)
def no_session():
    yield
    for name in config.SETTINGS:
        config.clear_session(name)


def refused(*words) -> list[str]:
    with pytest.raises(FtError) as caught:
        Host().do(*words)
    return caught.value.lines()


def names(shown: str) -> list[str]:
    return [line.split()[0] for line in shown.splitlines() if line.startswith("  ")]


def test_keys_by_pattern_by_word_and_in_full():
    assert names(Host().do("keys", "adam_beta?")) == ["adam_beta1", "adam_beta2"]
    assert names(Host().do("keys", "warmup*")) == ["warmup_steps"]
    by_word = names(Host().do("keys", "rate"))
    assert "learning_rate" in by_word
    assert "dataset" not in by_word
    assert set(names(Host().do("keys", "optimizer"))) >= {"weight_decay", "adam_beta1", "optim"}
    assert "eval_steps" in names(Host().do("keys", "评估"))
    full = Host().do("keys", "lr")
    assert full.startswith("learning_rate")
    assert "learning_rate: 0.0002" in full
    assert "not available" in Host().do("keys", "galore*").lower()
    assert (
        refused("keys", "learnin_rte")[0]
        == "There is no key 'learnin_rte'. Did you mean learning_rate?"
    )
    assert refused("keys", "zzz*")[0] == "There is no key 'zzz*'."


def test_config_keeps_gives_back_and_lists(monkeypatch):
    host = Host()
    assert "auto" in host.do("config", "display")
    assert "is kept in" in Host().do("config", "display", "html")
    assert config.get("display") == "html"
    assert "your file" in Host(cells=False).do("config", "display")
    config.set_session("display", "text")
    Host().do("config", "display", "panel")
    assert config.get("display") == "panel"
    monkeypatch.setenv("FTKERNEL_DISPLAY", "html")
    said = Host().do("config", "display=text")
    assert "FTKERNEL_DISPLAY=html" in said
    assert "environment: FTKERNEL_DISPLAY" in said
    monkeypatch.delenv("FTKERNEL_DISPLAY")
    assert Host().do("config", "display", "--reset").startswith("display is as it was at first.")
    assert config.look_up("display").source == "default"
    listed = Host().do("config")
    assert [line.split()[0] for line in listed.splitlines()[1:-1]] == list(config.SETTINGS)
    assert listed.splitlines()[-1].startswith("Your file of settings: ")


def test_config_refuses_what_cannot_be_and_changes_nothing():
    assert (
        refused("config", "lang", "zh")[0] == "There is no setting 'lang'. Did you mean language?"
    )
    assert refused("config", "warm", "maybe")[0] == "The setting warm cannot be 'maybe'."
    assert refused("config", "warm", "of")[0].endswith("Did you mean off?")
    assert (
        refused("config", "warm", "on", "--reset")[0]
        == "A value and --reset contradict each other."
    )
    assert not config.file_path().exists()


def test_a_broken_file_of_settings_is_moved_aside_on_request():
    path = config.file_path()
    path.write_text("{not json")
    assert refused("config", "warm", "on")[0].startswith(
        "The file of settings cannot be read as JSON"
    )
    assert "cannot be read as JSON" in Host().do("config")
    said = Host().do("config", "--reset")
    (kept,) = [name for name in os.listdir(path.parent) if name.endswith(".old")]
    assert kept in said
    assert (path.parent / kept).read_text() == "{not json"
    Host().do("config", "warm", "on")
    assert json.loads(path.read_text()) == {"warm": "on"}


def test_a_cell_is_written_below_or_printed(tmp_path):
    path = tmp_path / "r.yaml"
    path.write_text("model: x\n")
    host = Host()
    host.do("cell", str(path))
    assert host.cells == ["%%finetune\nmodel: x"]
    assert Host(cells=False).do("cell", str(path)) == "%%finetune\nmodel: x"
    assert refused("cell", "nothing-of-this-name")[0].startswith("There is no run")


def test_several_notebooks_are_cleaned_and_the_bad_ones_are_said(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    mime = "application/vnd.jupyter.widget-state+json"
    bad = {"cells": [], "metadata": {"widgets": {mime: {"a": {"state": {}}}}}, "nbformat": 4}
    for name in ("a.ipynb", "b[1].ipynb"):
        (tmp_path / name).write_text(json.dumps(bad))
    (tmp_path / "c.ipynb").write_text("no")
    host = Host()
    with pytest.raises(FtError) as caught:
        host.do("clean", "*.ipynb", "--dry-run")
    assert (
        caught.value.message()
        == "1 of 3 notebooks could not be cleaned; they are left as they are."
    )
    assert host.lines[0] == "a.ipynb: the state of 1 widget would be put where GitHub looks for it."
    assert host.lines[2].startswith("c.ipynb is no notebook")
    assert json.loads((tmp_path / "a.ipynb").read_text()) == bad
    assert "is where GitHub looks" in Host(cells=False).do("clean", "b[1].ipynb")
    assert "was removed" in Host().do("clean", "--strip", "a.ipynb")
    assert Host().do("clean", "a.ipynb") == "a.ipynb: nothing to repair."
    assert refused("clean", "x*.ipynb")[0] == "No file matches x*.ipynb."
    assert refused("clean", "c.ipynb")[0].startswith("c.ipynb is no notebook")
