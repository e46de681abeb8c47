"""The language of a kernel's own texts: that of its page, of the last page, of Jupyter's setting."""

import json
import os
import time

import pytest

from ftkernel import messages
from ftkernel.api import config, frontend, page_language

SETTING = "lab/user-settings/@jupyterlab/translation-extension/plugin.jupyterlab-settings"


@pytest.fixture(autouse=True)
def kernel(monkeypatch, tmp_path):
    """A kernel under a Jupyter server, where nobody has chosen a language and no page spoke."""
    monkeypatch.setattr(frontend, "in_kernel", lambda: True)
    monkeypatch.delenv("FTKERNEL_LANG")
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path))
    monkeypatch.setenv("JPY_SESSION_NAME", "a.ipynb")
    monkeypatch.delenv("JUPYTERLAB_SETTINGS_DIR", raising=False)
    page_language._heard.clear()
    config.apply()
    yield
    page_language._heard.clear()
    config.clear_session("language")
    messages.set_page_language(None)


def jupyter_is_set_to(locale, folder, when=0.0):
    file = folder / SETTING
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text('{\n    // "locale": "fr_FR"\n    "locale": ' + json.dumps(locale) + "\n}")
    os.utime(file, (when, when))


def test_a_page_that_says_hello_is_answered_in_its_language_and_so_is_the_next_kernel():
    assert messages.language() == "en"
    page_language.hear("zh-CN")
    assert messages.language() == "zh"
    page_language.hear("")
    page_language.hear({"not": "a locale"})
    assert messages.language() == "zh"
    page_language._heard.clear()  # as the next kernel begins
    messages.set_page_language(None)
    config.apply()
    assert messages.language() == "zh"
    page_language.hear("en")
    assert messages.language() == "en"


def test_what_a_person_has_chosen_goes_before_every_page(monkeypatch):
    config.set_session("language", "en")
    page_language.hear("zh")
    assert messages.language() == "en"
    config.set_session("language", "auto")
    assert messages.language() == "zh"
    monkeypatch.setenv("FTKERNEL_LANG", "en")
    config.apply()
    assert messages.language() == "en"


def test_before_a_page_has_spoken_the_later_of_jupyters_setting_and_the_last_page_counts(
    tmp_path, monkeypatch
):
    jupyter_is_set_to("zh_CN", tmp_path, time.time() - 60)
    config.apply()
    assert messages.language() == "zh"
    page_language.remember("en")
    config.apply()
    assert messages.language() == "en"
    jupyter_is_set_to("zh_TW", tmp_path, time.time() + 60)
    config.apply()
    assert messages.language() == "zh"
    page_language.remember("zh")
    jupyter_is_set_to("default", tmp_path, time.time() + 60)
    config.apply()
    assert messages.language() == "en"
    page_language.remember("en")
    jupyter_is_set_to("zh_CN", tmp_path, time.time() + 60)
    monkeypatch.delenv("JPY_SESSION_NAME")
    monkeypatch.delenv("JPY_PARENT_PID", raising=False)
    config.apply()
    assert messages.language() == "en"  # no server of Jupyter's, so its setting says nothing


def test_a_terminal_keeps_the_language_of_its_process(monkeypatch):
    page_language.remember("zh")
    monkeypatch.setattr(frontend, "in_kernel", lambda: False)
    config.apply()
    assert messages.language() == "en"


def test_a_home_that_is_broken_or_cannot_be_written_costs_nothing_else(tmp_path, monkeypatch):
    file = tmp_path / "file"
    file.write_text("")
    monkeypatch.setenv("FTKERNEL_STATE_DIR", str(file / "below"))
    page_language.hear("zh")
    assert messages.language() == "zh"
    monkeypatch.setenv("FTKERNEL_STATE_DIR", str(tmp_path))
    (tmp_path / "page.json").write_text('{"language": 5, "told": "yesterday"}')
    page_language._heard.clear()
    config.apply()
    assert messages.language() == "en"
