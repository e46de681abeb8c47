"""Repairing a saved notebook: only the widget state changes, and what cannot be is left as it is."""

import json
import os
import stat

import pytest

from ftkernel.api import notebook_file
from ftkernel.api.notebook_file import clean
from ftkernel.errors import FtError

MIME = "application/vnd.jupyter.widget-state+json"
MODELS = {
    "a1": {"model_module": "@jupyter-widgets/base", "model_name": "LayoutModel", "state": {"x": 'a "\n'}},
    "b2": {"model_module": "anywidget", "model_name": "AnyModel", "state": {"_esm": "é 中"}},
}  # fmt: skip
CELLS = [
    {
        "cell_type": "code", "execution_count": 1, "metadata": {}, "source": ["1"],
        "outputs": [
            {"output_type": "display_data", "metadata": {}, "data": {"text/html": "<b>1.0e-05</b>"}}
        ],
    }
]  # fmt: skip


def notebook(widgets: object, **more: object) -> dict:
    metadata = {"kernelspec": {"name": "python3"}, "widgets": widgets, **more}
    return {"cells": CELLS, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


@pytest.fixture
def write(tmp_path):
    def written(value, *, name="n.ipynb", end="\n", **style):
        path = tmp_path / name
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, **style)
        path.write_bytes(text.encode() + end.encode())
        return path

    return written


@pytest.mark.parametrize(
    ("style", "end"),
    [
        ({"indent": 1}, "\n"),
        ({"indent": 4}, ""),
        ({"indent": "\t"}, "\n\n"),
        ({}, ""),
        ({"separators": (",", ":")}, ""),
    ],
)
@pytest.mark.parametrize("more", [{}, {"z_last": 1}])
def test_bare_models_are_put_below_state_and_nothing_else_changes(write, style, end, more):
    path = write(notebook({MIME: MODELS}, **more), end=end, **style)
    done = clean(path)
    assert (done.done, done.models) == ("repaired", 2)
    wanted = {"state": MODELS, "version_major": 2, "version_minor": 0}
    text = path.read_bytes().decode()
    assert json.loads(text) == notebook({MIME: wanted}, **more)
    if style.get("indent"):
        assert (
            text == json.dumps(notebook({MIME: wanted}, **more), ensure_ascii=False, **style) + end
        )
    assert clean(path).done == "fine"


@pytest.mark.parametrize("more", [{}, {"z_last": 1}])
@pytest.mark.parametrize("style", [{"indent": 1}, {}])
def test_the_state_can_be_removed_and_outputs_stay(write, style, more):
    path = write(notebook({MIME: {"state": MODELS}}, **more), **style)
    assert clean(path).done == "fine"
    before = path.stat().st_size
    done = clean(path, strip=True)
    assert (done.done, done.models, done.saved) == ("stripped", 2, before - path.stat().st_size)
    wanted = notebook(None, **more)
    del wanted["metadata"]["widgets"]
    assert path.read_text() == json.dumps(wanted, ensure_ascii=False, **style) + "\n"
    alone = {"metadata": {"widgets": {}}, "cells": [], "nbformat": 4}
    path = write(alone, name="alone.ipynb")
    clean(path, strip=True)
    assert json.loads(path.read_text())["metadata"] == {}


def test_line_ends_numbers_and_the_order_of_keys_are_kept(write):
    text = json.dumps(notebook({MIME: MODELS}), indent=1).replace(
        '"nbformat": 4', '"x": 1.50E+2, "nbformat": 4'
    )
    path = write(text.replace("\n", "\r\n"))
    before = path.read_bytes()
    clean(path)
    after = path.read_bytes()
    assert b'"x": 1.50E+2, "nbformat": 4' in after
    assert after.count(b"\n") == after.count(b"\r\n") + 1
    assert after.startswith(before[: before.index(b'"widgets"')])


def test_what_is_sound_or_has_no_widgets_keeps_every_byte_and_its_time(write):
    for number, widgets in enumerate(({MIME: {"state": {}}}, {}, None)):
        path = write(notebook(widgets), name=f"{number}.ipynb")
        stamp = path.stat().st_mtime_ns
        assert clean(path).done == "fine"
        assert path.stat().st_mtime_ns == stamp


def test_a_dry_run_says_the_same_and_writes_nothing(write):
    path = write(notebook({MIME: MODELS}), indent=1)
    before = path.read_bytes()
    said = clean(path, dry_run=True)
    assert path.read_bytes() == before
    assert said == clean(path)


def test_a_link_stays_a_link_and_the_mode_stays(write, tmp_path):
    path = write(notebook({MIME: MODELS}))
    path.chmod(0o640)
    link = tmp_path / "link.ipynb"
    link.symlink_to(path)
    assert clean(link).done == "repaired"
    assert link.is_symlink()
    assert "state" in json.loads(path.read_text())["metadata"]["widgets"][MIME]
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert sorted(os.listdir(tmp_path)) == ["link.ipynb", "n.ipynb"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("", "clean.not_json"),
        ('{"cells": [', "clean.not_json"),
        ("<<<<<<< HEAD\n{}", "clean.not_json"),
        ("[" * 100_000, "clean.not_json"),
        ("[]", "clean.no_notebook"),
        ('{"cells": []}', "clean.no_notebook"),
        ('{"nbformat": 4, "cells": {}}', "clean.no_notebook"),
        (json.dumps(notebook({MIME: MODELS, "other": {}})), "clean.unknown_state"),
        (json.dumps(notebook({"state": {}, "version": "1.1.2"})), "clean.unknown_state"),
        (json.dumps(notebook([])), "clean.unknown_state"),
    ],
)
def test_what_is_no_notebook_or_not_understood_is_refused_and_left(write, content, code):
    path = write(content)
    before = path.read_bytes()
    with pytest.raises(FtError) as caught:
        clean(path)
    assert caught.value.code == code
    assert path.read_bytes() == before


def test_missing_folders_large_and_binary_files_are_refused(write, tmp_path, monkeypatch):
    def code(path):
        with pytest.raises(FtError) as caught:
            clean(path)
        return caught.value.code

    assert code(tmp_path / "none.ipynb") == "clean.missing"
    assert code(tmp_path) == "clean.folder"
    (tmp_path / "dead.ipynb").symlink_to(tmp_path / "nowhere")
    assert code(tmp_path / "dead.ipynb") == "clean.missing"
    huge = tmp_path / "huge.ipynb"
    huge.touch()
    os.truncate(huge, 600_000_000)
    assert code(huge) == "clean.too_large"
    binary = tmp_path / "binary.ipynb"
    binary.write_bytes(b"PK\x03\x04\xff\xfe")
    assert code(binary) == "clean.not_text"
    path = write(notebook({MIME: MODELS}))
    monkeypatch.setattr(notebook_file.os, "access", lambda *_: False)  # the tests may run as root
    assert code(path) == "clean.read_only"
    assert json.loads(path.read_text()) == notebook({MIME: MODELS})


def test_a_file_that_is_saved_meanwhile_is_not_written_over(write, monkeypatch):
    path = write(notebook({MIME: MODELS}))
    copymode = notebook_file.shutil.copymode

    def saved_by_another(source, target):
        copymode(source, target)
        path.write_text("{}")

    monkeypatch.setattr(notebook_file.shutil, "copymode", saved_by_another)
    with pytest.raises(FtError) as caught:
        clean(path)
    assert caught.value.code == "clean.changed_meanwhile"
    assert path.read_text() == "{}"
    assert os.listdir(path.parent) == ["n.ipynb"]
