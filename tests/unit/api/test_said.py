"""What was decided about a model is said in a call from Python as in a cell and in the shell."""

import pytest

from ftkernel.api.chat import chat
from ftkernel.api.finetune import finetune
from ftkernel.api.merge import merge
from ftkernel.api.run import Run
from ftkernel.errors import FtError
from ftkernel.runs.events import RunStopped
from tests.unit.api.folders import make_checkpoint, make_run

SAID = (
    "The newest checkpoint of run first, step-000040, is damaged "
    "(state has 3 bytes instead of 7); step-000020 is used instead.\n"
)


@pytest.fixture(autouse=True)
def damaged(here):
    """A run whose newest checkpoint is cut, and whose worker cannot be started."""
    stopped = RunStopped(step=40, reason="command", checkpoint=None)
    folder = make_run(here, stopped, worker_python="/no/such/python")
    make_checkpoint(folder, 20)
    make_checkpoint(folder, 40, whole=False)
    return folder


@pytest.mark.parametrize(
    "call",
    [
        lambda: merge("first", "merged"),
        lambda: Run("first").merge("merged"),
        lambda: chat("first", "Who are you?"),
        lambda: finetune(model="first", data="demo", worker_python="/no/such/python"),
    ],
)
def test_an_older_checkpoint_is_never_taken_silently(call, capsys):
    with pytest.raises(FtError) as caught:
        call()
    assert caught.value.code == "worker.no_interpreter"
    assert capsys.readouterr().err == SAID


def test_a_front_end_that_listens_is_told_in_its_own_way(capsys):
    lines = []
    with pytest.raises(FtError):
        merge("first", "merged", on_line=lines.append)
    assert [line["code"] for line in lines] == ["run.newest_damaged"]
    assert capsys.readouterr().err == ""
