"""The shell command: the same subcommands, exit codes, errors on standard error."""

import os
import subprocess
import sys

import pytest

from ftkernel._version import __version__
from ftkernel.errors import FtError
from ftkernel.runs.events import RunFailed, RunFinished
from ftkernel.shell.main import main
from tests.unit.api.folders import make_run


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("ftkernel.api.place.start_folder", lambda: tmp_path)
    return tmp_path


def test_the_version_is_said(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"ftkernel {__version__}\n"


def test_help_lists_the_commands_of_the_shell(capsys):
    assert main([]) == 0
    out = capsys.readouterr().out
    assert "ftkernel train " in out
    assert "ftkernel attach " in out


def test_a_line_that_is_not_understood_exits_with_two(capsys):
    assert main(["shov"]) == 2
    seen = capsys.readouterr()
    assert seen.out == ""
    assert seen.err.startswith("There is no subcommand 'shov'. Did you mean show")


def test_an_error_exits_with_one_on_standard_error(capsys):
    assert main(["show", "first"]) == 1
    seen = capsys.readouterr()
    assert seen.out == ""
    assert seen.err.splitlines() == [
        "There is no run called 'first', nor any other yet.",
        "  `ftkernel train recipe.yaml` starts one.",
    ]


def test_an_empty_list_of_runs_names_the_command_that_starts_one(capsys):
    assert main(["runs"]) == 0
    assert capsys.readouterr().out == (
        "There is no run yet. ftkernel train recipe.yaml starts one.\n"
    )


def test_a_run_is_shown_in_two_lines(here, capsys):
    make_run(here, RunFinished(step=3, result="result"))
    assert main(["show", "first"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_waiting_for_a_run_that_failed_raises_its_error(here, capsys):
    make_run(here, RunFailed(error=FtError("api.no_keyring").to_json()))
    assert main(["wait", "first"]) == 1
    assert "The package keyring is not installed" in capsys.readouterr().err


def test_an_override_that_is_none_is_refused(here, capsys):
    assert main(["train", "recipe.yaml", "steps"]) == 1
    assert capsys.readouterr().err.startswith("'steps' is not KEY=VALUE.")


def test_removing_needs_to_be_said(here, capsys):
    folder = make_run(here, RunFinished(step=3, result="result"))
    assert main(["rm", "first"]) == 1
    assert "ftkernel rm first --yes deletes it for good." in capsys.readouterr().err
    assert main(["rm", "first", "--yes"]) == 0
    assert not folder.path.exists()


@pytest.mark.parametrize("words", [["runs"], ["keys"], ["keys", "lr"], ["doctor"], ["login"]])
def test_what_needs_no_run_says_something(words, capsys):
    assert main(words) == 0
    assert capsys.readouterr().out.strip()


@pytest.mark.parametrize("content", ["{", ""])
def test_a_damaged_run_is_marked_among_the_others_and_shown_as_what_it_is(here, capsys, content):
    make_run(here, RunFinished(step=3, result="result"), name="whole")
    folder = make_run(here, RunFinished(step=3, result="result"), name="broken")
    folder.meta_file.write_text(content)
    assert main(["runs"]) == 0
    _, whole, broken = capsys.readouterr().out.splitlines()
    assert whole.startswith("whole   ✓ finished")
    assert broken.startswith("broken  ✕ unreadable: run.json is damaged  –")
    assert main(["show", "broken"]) == 1
    assert capsys.readouterr().err.splitlines()[0] == (
        f"The run.json of run 'broken' is damaged: {folder.meta_file}"
    )


def test_runs_of_a_folder_that_is_none_are_refused(here, capsys):
    assert main(["runs", str(here / "nowhere")]) == 1
    assert capsys.readouterr().err.splitlines()[0] == f"There is no folder {here / 'nowhere'}."


@pytest.mark.parametrize(
    ("words", "first"),
    [
        (["train", "."], "'.' is a folder, not a recipe file."),
        (["show", ""], "'' names no run."),
        (["show", "@3"], "'@3' names no run."),
        (["log", "first", "-n", "-5"], "-n says how many lines to show; -5 are none."),
        (
            ["wait", "first", "--timeout", "-3"],
            "A time to wait is a number of seconds from 0 on; '-3.0' is none.",
        ),
        (["doctor", "--worker-python", "/nope"], "There is no Python at /nope."),
        (["attach", "first", "-o", "x"], "A terminal has no variables to store a run in."),
    ],
)
def test_what_cannot_be_meant_is_refused(words, first, capsys):
    assert main(words) == 1
    error = capsys.readouterr().err.splitlines()
    assert error[0] == first
    assert 2 <= len(error) <= 6


def test_hints_are_written_as_a_terminal_takes_them(here, capsys):
    make_run(here)
    assert main(["show", "nobody"]) == 1
    assert "`ftkernel runs` lists all of them." in capsys.readouterr().err
    assert FtError("run.not_found", name="a", near="b").hint() == "`%ft runs` lists all of them."


def test_a_reader_that_goes_away_ends_it_quietly(here):
    read, write = os.pipe()
    os.close(read)
    ended = subprocess.run(
        [sys.executable, "-m", "ftkernel.shell.main", "keys"],
        stdout=write, stderr=subprocess.PIPE, cwd=here, timeout=60, check=False,
    )  # fmt: skip
    os.close(write)
    assert (ended.returncode, ended.stderr) == (141, b"")
