"""A folder to be in, where a person's runs lie."""

import pytest


@pytest.fixture
def here(tmp_path, monkeypatch):
    """The folder that a kernel was started in and is in still; ``ft-runs`` in it holds its runs."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("ftkernel.api.place.start_folder", lambda: tmp_path)
    return tmp_path


@pytest.fixture
def no_worker(monkeypatch):
    """No worker can be started: whoever tries fails."""

    def refuse(*_, **__):
        raise AssertionError("a worker was started")

    monkeypatch.setattr("ftkernel.api.chat_keeping.session_for", refuse)
    monkeypatch.setattr("ftkernel.api.merge.lines_of", refuse)
