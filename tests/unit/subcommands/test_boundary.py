"""At the boundary errors are short, and their traces are in the log."""

import pytest

from ftkernel.errors import FtError, Halt
from ftkernel.subcommands.boundary import log_path, short_errors


def test_an_unexpected_error_becomes_short_and_its_trace_is_in_the_log():
    with pytest.raises(FtError) as caught, short_errors():
        {}["absent"]
    assert caught.value.lines() == [
        "Something unexpected happened in ftkernel: KeyError: 'absent'",
        f"  The whole trace is in {log_path()}.",
        "  %ft config debug true shows traces with the errors.",
    ]
    assert "Traceback (most recent call last)" in log_path().read_text()


def test_an_error_of_ours_passes_as_it_is_with_its_trace_in_the_log():
    with pytest.raises(FtError) as caught, short_errors():
        raise FtError("api.no_keyring")
    assert caught.value.code == "api.no_keyring"
    assert "api.no_keyring" in log_path().read_text() or "keyring" in log_path().read_text()


def test_an_interrupt_ends_quietly():
    with pytest.raises(Halt) as caught, short_errors():
        raise KeyboardInterrupt
    assert caught.value.lines() == ["Interrupted; nothing else was ended."]
    assert not log_path().exists()


def test_debugging_shows_the_error_itself(monkeypatch):
    monkeypatch.setenv("FTKERNEL_DEBUG", "1")
    with pytest.raises(KeyError), short_errors():
        {}["absent"]


def test_a_log_that_cannot_be_written_hides_no_error(monkeypatch, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    monkeypatch.setenv("FTKERNEL_STATE_DIR", str(blocked / "below"))
    with pytest.raises(FtError) as caught, short_errors():
        raise ValueError("odd")
    assert caught.value.lines()[0] == "Something unexpected happened in ftkernel: ValueError: odd"
