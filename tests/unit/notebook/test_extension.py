"""What loading registers, unloading takes away; nothing stacks up."""

import pytest
from IPython.core.interactiveshell import InteractiveShell

import ftkernel
from ftkernel.notebook.empty_cell import keep_empty_body


@pytest.fixture
def shell(tmp_path, monkeypatch):
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    return InteractiveShell()


def registered(shell):
    table = shell.magics_manager.magics
    return {
        f"{kind} {name}"
        for kind in table
        for name in ("finetune", "chat", "ft")
        if name in table[kind]
    }


def test_loading_registers_the_magics_and_unloading_takes_everything_away(shell):
    before = list(shell.input_transformers_cleanup)
    ftkernel.load_ipython_extension(shell)
    assert registered(shell) == {
        "line finetune", "cell finetune", "line chat", "cell chat", "line ft",
    }  # fmt: skip
    ftkernel.unload_ipython_extension(shell)
    assert registered(shell) == set()
    assert list(shell.input_transformers_cleanup) == before


def test_loading_twice_leaves_one_set_of_registrations(shell):
    ftkernel.load_ipython_extension(shell)
    ftkernel.load_ipython_extension(shell)
    assert list(shell.input_transformers_cleanup).count(keep_empty_body) == 1


def test_unloading_what_was_never_loaded_does_no_harm(shell):
    ftkernel.unload_ipython_extension(shell)
    assert registered(shell) == set()


def test_the_room_of_runs_is_a_module_that_can_be_called(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    from ftkernel.runs import events

    assert ftkernel.runs.events is events
    assert ftkernel.runs() == []


def test_every_public_name_is_there():
    for name in ftkernel.__all__:
        assert getattr(ftkernel, name) is not None
    with pytest.raises(AttributeError, match="module 'ftkernel' has no attribute 'fine'"):
        _ = ftkernel.fine
