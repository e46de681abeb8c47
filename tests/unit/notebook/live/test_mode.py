"""Which front end gets what: panels only where widgets work and are not saved."""

import sys
from types import ModuleType, SimpleNamespace

import pytest

from ftkernel.notebook.live import mode as rule


def shell(*, kernel=True, metadata=None, variables=()):
    parts = {"session": None, "pub_socket": None, "topic": None} if kernel else {}
    return SimpleNamespace(
        display_pub=SimpleNamespace(**parts),
        kernel=SimpleNamespace(get_parent=lambda: {"metadata": metadata or {}}),
        user_ns=dict.fromkeys(variables),
    )


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch, tmp_path):
    monkeypatch.setenv("FTKERNEL_STATE_DIR", str(tmp_path))
    for name in ("FTKERNEL_DISPLAY", "COLAB_RELEASE_TAG", "KAGGLE_KERNEL_RUN_TYPE"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("here", "expected"),
    [
        (shell(kernel=False), "text"),  # IPython in a terminal
        (shell(), "html"),  # nbclient, or something that nobody knows
        (shell(metadata={"cellId": "ab12"}), "panel"),  # JupyterLab, Notebook 7
        (shell(variables=["__vsc_ipynb_file__"]), "panel"),
    ],
)
def test_by_itself(here, expected):
    assert rule.mode(here) == expected


def test_what_saves_widgets_gets_html_unless_a_panel_is_asked_for(monkeypatch):
    lab = shell(metadata={"cellId": "ab12"})
    monkeypatch.setitem(sys.modules, "google.colab", ModuleType("google.colab"))
    assert rule.mode(lab) == "html"
    monkeypatch.setenv("FTKERNEL_DISPLAY", "panel")
    assert rule.mode(lab) == "panel"
    assert rule.mode(shell(kernel=False)) == "text"


def test_without_anywidget_there_is_no_panel_even_where_one_is_asked_for(monkeypatch):
    find = rule.importlib.util.find_spec
    monkeypatch.setattr(
        rule.importlib.util, "find_spec", lambda name: None if name == "anywidget" else find(name)
    )
    monkeypatch.setenv("FTKERNEL_DISPLAY", "panel")
    assert rule.mode(shell(metadata={"cellId": "ab12"})) == "html"


@pytest.mark.parametrize("wanted", ["html", "text"])
def test_as_it_is_set(monkeypatch, wanted):
    monkeypatch.setenv("FTKERNEL_DISPLAY", wanted)
    assert rule.mode(shell(metadata={"cellId": "ab12"})) == wanted
