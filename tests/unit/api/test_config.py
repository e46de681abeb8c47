"""Settings: which place counts, what each may be, and that the user's file is never lost."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ftkernel import messages
from ftkernel.api import config, config_file
from ftkernel.api.place import runs_dir, start_folder
from ftkernel.errors import FtError


@pytest.fixture(autouse=True)
def no_session():
    yield
    for name in config.SETTINGS:
        config.clear_session(name)
    config.set_profile({})


def source(name: str) -> tuple[object, str]:
    found = config.look_up(name)
    return found.value, found.source


def test_each_place_wins_over_the_next(monkeypatch):
    assert source("display") == ("auto", "default")
    config.set_profile({"display": "text", "unrelated": 1})
    assert source("display") == ("text", "profile")
    config_file.save("display", "html")
    assert source("display") == ("html", "file")
    monkeypatch.setenv("FTKERNEL_DISPLAY", "panel")
    assert source("display") == ("panel", "environment")
    config.set_session("display", "Text")
    assert source("display") == ("text", "session")
    config.clear_session("display")
    assert source("display") == ("panel", "environment")


@pytest.mark.parametrize(
    ("name", "written", "comes_to"),
    [
        ("warm", "off", "off"),
        ("warm", True, "on"),
        ("keep-model", "no", "off"),
        ("warm_memory", "2GB", 2_000_000_000),
        ("warm_memory", "1.5 GiB", 1_610_612_736),
        ("chat_memory", 4096, 4096),
        ("chat_memory", "auto", None),
        ("refresh_seconds", "0.5", 0.5),
        ("debug", "yes", True),
        ("debug", 0, False),
    ],
)
def test_what_a_person_writes_comes_to_what_it_means(name, written, comes_to):
    config.set_session(name, written)
    assert config.get(name) == comes_to


@pytest.mark.parametrize(
    ("name", "value", "lines"),
    [
        (
            "display",
            "pannel",
            [
                "The setting display cannot be 'pannel'. Did you mean panel?",
                "  at display",
                "  Write one of: auto, panel, html, text.",
            ],
        ),
        (
            "refresh_seconds",
            "0.1",
            [
                "The setting refresh_seconds is a number of seconds from 0.25 to 60; '0.1' is none.",
                "  at refresh_seconds",
                "  Write for example 0.5.",
            ],
        ),
        (
            "warm_memory",
            "lots",
            [
                "The setting warm_memory is an amount of memory; 'lots' is none.",
                "  at warm_memory",
                "  Write for example 2GB, 500MB, a number of bytes, or auto.",
            ],
        ),
        (
            "displya",
            "html",
            [
                "There is no setting 'displya'. Did you mean display?",
                "  There are: " + ", ".join(config.SETTINGS) + ".",
            ],
        ),
    ],
)
def test_what_cannot_be_is_refused_with_what_can(name, value, lines):
    with pytest.raises(FtError) as caught:
        config.set_session(name, value)
    assert caught.value.lines() == lines


@pytest.mark.parametrize("bad", ["-1", "nan", float("inf"), "", None, True, [1]])
def test_no_odd_value_is_a_memory_or_a_time(bad):
    for name in ("chat_memory", "refresh_seconds"):
        with pytest.raises(FtError):
            config.set_session(name, bad)


def test_a_bad_value_of_the_environment_is_said_and_the_next_place_counts(monkeypatch, capsys):
    monkeypatch.setenv("FTKERNEL_DISPLAY", "3d")
    config_file.save("display", "html")
    assert source("display") == ("html", "file")
    config.apply()
    config.apply()
    said = capsys.readouterr().err
    assert said.count("The setting display cannot be '3d'") == 1
    assert "FTKERNEL_DISPLAY" in said


@pytest.mark.parametrize("content", ['{"display": "html"', "[]", "[" * 100_000, "\x00\xff"])
def test_a_broken_file_is_said_and_never_written_over(content, capsys):
    path = config_file.file_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    assert source("display") == ("auto", "default")
    config.apply()
    assert "cannot be read as JSON" in capsys.readouterr().err
    with pytest.raises(FtError) as caught:
        config_file.save("display", "text")
    assert caught.value.code == "config.file_broken"
    assert path.read_text() == content
    kept = config_file.set_aside()
    assert kept is not None
    assert kept.read_text() == content
    config_file.save("display", "text")
    assert source("display") == ("text", "file")


def test_what_a_later_version_wrote_is_kept_and_said():
    path = config_file.file_path()
    path.write_text('{"hologram": true, "display": "html"}')
    config_file.save("language", "zh")
    config_file.forget("display")
    assert json.loads(path.read_text()) == {"hologram": True, "language": "zh"}
    assert [problem.code for problem in config.problems()] == ["config.unknown"]


def test_a_linked_file_stays_a_link(tmp_path):
    real = tmp_path / "dotfiles.json"
    real.write_text("{}")
    path = config_file.file_path()
    path.symlink_to(real)
    config_file.save("warm", "off")
    assert path.is_symlink()
    assert json.loads(real.read_text()) == {"warm": "off"}


def test_the_language_follows_its_setting_and_comes_back(monkeypatch):
    config.set_session("language", "zh")
    assert messages.language() == "zh"
    config.clear_session("language")
    assert messages.language() == "en"
    monkeypatch.setenv("FTKERNEL_LANG", "zh_CN.UTF-8")
    assert source("language") == ("zh", "environment")
    assert messages.language() == "zh"


def test_the_folder_of_runs_counts_from_where_the_kernel_started(monkeypatch, tmp_path):
    assert runs_dir() == start_folder() / "ft-runs"
    config.set_session("runs_dir", "elsewhere")
    assert runs_dir() == start_folder() / "elsewhere"
    config.set_session("runs_dir", "~/runs")
    assert runs_dir() == Path.home() / "runs"
    file = tmp_path / "file"
    file.write_text("")
    with pytest.raises(FtError) as caught:
        config.set_session("runs_dir", str(file))
    assert caught.value.code == "config.folder_is_file"


def test_debug_shows_the_trace_below_an_error():
    def fail() -> None:
        raise FtError("api.no_keyring")

    def shown() -> str:
        try:
            fail()
        except FtError as error:
            return "\n".join(error._render_traceback_())
        raise AssertionError

    assert "in fail" not in shown()
    config.set_session("debug", "on")
    assert "in fail" in shown()


def test_writers_do_not_lose_each_other_s_settings():
    wanted = {"display": "html", "language": "zh", "warm": "off", "keep_model": "on"}

    def keep(name: str) -> None:
        for _ in range(5):
            config_file.save(name, wanted[name])

    with ThreadPoolExecutor(len(wanted)) as pool:
        list(pool.map(keep, wanted))
    assert json.loads(config_file.file_path().read_text()) == wanted
