"""Runs with nobody at the notebook: an executed notebook, a plain script, the shell."""

import os
import signal
import subprocess
import sys

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from ftkernel.runs.folder import RunFolder
from ftkernel.runs.state import state
from tests.kernel.harness import ROOT
from tests.process.support import interpreter, nothing_is_left
from tests.waiting import wait_until

pytestmark = pytest.mark.kernel


@pytest.fixture
def env(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / ".ipython"))
    return monkeypatch


def execute(folder, *cells):
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    client = NotebookClient(book, timeout=60, resources={"metadata": {"path": str(folder)}})
    try:
        client.execute()
    except CellExecutionError:
        return book, False
    return book, True


def recipe(folder):
    return f"model: smollm2-135m\ndata: demo\nworker_python: {interpreter(folder)}\n"


def test_an_executed_notebook_waits_and_keeps_the_final_card(tmp_path, env):
    env.setenv("FTKERNEL_WAIT", "1")
    env.setenv("FTKERNEL_TEST_BEHAVIOUR", "short")
    book, went_well = execute(
        tmp_path, "%load_ext ftkernel", f"%%finetune first\n{recipe(tmp_path)}", "%ft show first"
    )
    assert went_well
    (card,) = book.cells[1].outputs
    assert "finished" in card["data"]["text/plain"]
    assert "ive when saved" not in card["data"]["text/html"]


def test_a_notebook_that_is_run_again_means_its_own_run_by_the_name(tmp_path, env):
    env.setenv("FTKERNEL_WAIT", "1")
    env.setenv("FTKERNEL_TEST_BEHAVIOUR", "short")
    cells = (
        "%load_ext ftkernel",
        f"%%finetune first\n{recipe(tmp_path)}",
        "import ftkernel; print(ftkernel.Run('first').name)",
        "%ft show first",
    )
    book, went_well = execute(tmp_path, *cells)
    assert went_well
    assert book.cells[2].outputs[0]["text"] == "first\n"
    book, went_well = execute(tmp_path, *cells)  # another kernel, the same folder
    assert went_well
    assert book.cells[1].outputs[0]["text"] == (
        "`first` was in use: this run is `first-2`; in this notebook `first` now means it.\n"
    )
    assert book.cells[2].outputs[0]["text"] == "first-2\n"
    assert "first-2" in book.cells[3].outputs[0]["data"]["text/plain"]


def test_a_run_that_fails_while_its_cell_waits_is_in_its_variable_and_in_the_error(tmp_path, env):
    env.setenv("FTKERNEL_WAIT", "1")
    env.setenv("FTKERNEL_TEST_BEHAVIOUR", "fails")
    keys = f"model='smollm2-135m', data='demo', worker_python={interpreter(tmp_path)!r}"
    book, went_well = execute(
        tmp_path,
        "%load_ext ftkernel\nimport sys, ftkernel",
        f"try:\n    get_ipython().run_cell_magic('finetune', 'first -o run', {recipe(tmp_path)!r})\n"
        "except ftkernel.FtError as error:\n    print(run.name, run.state, error.run.name)",
        f"try:\n    ftkernel.finetune({keys}, name='second')\n"
        "except ftkernel.FtError as error:\n    print(error.run.name, error.run.state)",
    )
    assert went_well, book.cells
    assert book.cells[1].outputs[-1]["text"] == "first failed first\n"
    assert book.cells[2].outputs[-1]["text"] == "second failed\n"


def test_a_run_that_fails_ends_the_notebook_with_its_error(tmp_path, env):
    env.setenv("FTKERNEL_TEST_BEHAVIOUR", "fails")
    book, went_well = execute(
        tmp_path,
        "%load_ext ftkernel",
        f"%%finetune first\n{recipe(tmp_path)}",
        "%ft wait first",
        "print('never')",
    )
    assert not went_well
    error = book.cells[2].outputs[-1]
    assert error["output_type"] == "error"
    assert error["ename"] == "FtError"
    assert 2 <= len(error["traceback"]) <= 6
    assert book.cells[3].execution_count is None
    assert "failed" in book.cells[1].outputs[0]["data"]["text/plain"]


SCRIPT = """
import ftkernel
keys = dict(model="smollm2-135m", data="demo", worker_python={python!r})
run = ftkernel.finetune(name="first", **keys)
print(run.state, len(run.metrics()))
"""


def test_a_script_waits_and_shows_one_line(tmp_path, env):
    env.setenv("FTKERNEL_TEST_BEHAVIOUR", "short")
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(python=interpreter(tmp_path))],
        cwd=tmp_path, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.stdout == "finished 3\n", done.stderr
    (line,) = done.stderr.splitlines()
    assert line.startswith("first · finished")


def test_an_interrupt_in_the_shell_stops_the_run_with_a_checkpoint(tmp_path, env):
    env.setenv("FTKERNEL_TEST_BEHAVIOUR", "steady")
    (tmp_path / "recipe.yaml").write_text(recipe(tmp_path))
    command = [sys.executable, "-m", "ftkernel.shell.main"]
    shell = subprocess.Popen(
        [*command, "train", "recipe.yaml", "name=first"],
        cwd=tmp_path, env=os.environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    first = RunFolder(tmp_path / "ft-runs" / "first")
    wait_until(lambda: first.exists() and state(first) == "running")
    shell.send_signal(signal.SIGINT)
    _, errors = shell.communicate(timeout=30)
    assert shell.returncode == 130
    assert "Run 'first' was interrupted and is now stopped." in errors
    assert first.latest_checkpoint() is not None
    wait_until(lambda: nothing_is_left(first))
    env.setenv("FTKERNEL_TEST_BEHAVIOUR", "short")
    resumed = subprocess.run(
        [*command, "resume", "first"], cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert resumed.returncode == 0, resumed.stderr
    assert state(first) == "finished"
