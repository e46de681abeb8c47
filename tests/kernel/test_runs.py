"""A run beside a notebook: cells that return, live outputs, Interrupt, restarts, deaths, other kernels.

The worker is the real one with a job of :mod:`tests.process.behaviours` that needs no torch, so that these tests
are about the kernel; :mod:`tests.kernel.test_training` trains.
"""

from itertools import pairwise

import psutil
import pytest

from ftkernel.runs.folder import RunFolder
from ftkernel.runs.state import state
from tests.process.support import interpreter, kinds, last, nothing_is_left, worker_pid
from tests.waiting import wait_until

pytestmark = pytest.mark.kernel


ANOTHER_CELL = """
import time
from pathlib import Path
while not Path("enough").exists():
    time.sleep(0.05)
print("done")
"""

WATCH_FOR_WAITING = """
import sys, threading, time, traceback
from pathlib import Path

def tell(main=threading.main_thread().ident):
    while all(one.name != "ticks" for one in traceback.extract_stack(sys._current_frames()[main])):
        time.sleep(0.02)
    Path("waits").touch()

threading.Thread(target=tell, daemon=True).start()
"""


@pytest.fixture
def kernel(make_kernel, python, tmp_path):
    kernel = make_kernel(python, FTKERNEL_TEST_BEHAVIOUR="steady")
    kernel.run("%load_ext ftkernel")
    return kernel


def cell(kernel, line, *more):
    python = interpreter(kernel.folder)
    lines = [f"%%finetune {line}", "model: smollm2-135m", "data: demo", f"worker_python: {python}"]
    return "\n".join([*lines, *more])


def folder_of(kernel, name):
    return RunFolder(kernel.folder / "ft-runs" / name)


def is_running(folder):
    return folder.exists() and state(folder) == "running"


def cards(kernel, reply):
    """The displays of a cell that show a run, by their ids."""
    return [
        one["transient"]["display_id"] for one in reply.displays if "display_id" in one["transient"]
    ]


def test_a_cell_returns_at_once_and_its_output_is_kept_up_to_date_in_its_place(kernel):
    started = kernel.run(cell(kernel, "first -o run", "stop_grace_seconds: 10"))
    assert started.status == "ok", started.text
    assert started.seconds < 5
    (card,) = cards(kernel, started)
    assert "application/vnd.ftkernel.run.v1+json" in started.displays[0]["data"]
    assert "ive when saved" in started.displays[0]["data"]["text/html"]
    assert kernel.run("run").displays[0]["data"].keys() >= {"text/html", "text/plain"}

    wait_until(lambda: is_running(folder_of(kernel, "first")))
    other = kernel.start(ANOTHER_CELL)
    kernel.hear(lambda: len(kernel.updates(card)) >= 3)
    (kernel.folder / "enough").touch()
    kernel.finish(other)
    assert other.stdout == "done\n"
    assert other.displays == []
    updates = kernel.updates(card)
    times = [one["header"]["date"].timestamp() for one in updates]
    assert min(later - sooner for sooner, later in pairwise(times)) > 0.95  # at most once a second
    assert {one["parent_header"]["msg_id"] for one in updates} == {started.id}
    assert "running" in updates[-1]["content"]["data"]["text/plain"]

    assert kernel.run("%reload_ext ftkernel").status == "ok"
    seen = len(kernel.updates(card))
    kernel.hear(lambda: len(kernel.updates(card)) > seen)
    assert state(folder_of(kernel, "first")) == "running"

    assert kernel.run("run.stop()\nprint(run.wait(20), run.metrics()[0]['step'])").stdout == (
        "stopped 1\n"
    )
    assert "stopped" in kernel.updates(card)[-1]["content"]["data"]["text/plain"]
    assert "ive when saved" not in kernel.updates(card)[-1]["content"]["data"]["text/html"]
    dead = kernel.run("%ft stop first")
    assert dead.error == [
        "Run 'first' was stopped already.",
        "  `%ft resume first` goes on from the last checkpoint.",
    ]
    wait_until(lambda: nothing_is_left(folder_of(kernel, "first")))


def tells_when_it_waits(kernel):
    """A file that comes when the next cell waits for a run, and no sooner."""
    path = kernel.folder / "waits"
    path.unlink(missing_ok=True)
    assert kernel.run(WATCH_FOR_WAITING).status == "ok"
    return path


def test_interrupt_ends_the_waiting_and_twice_the_run(kernel):
    waits = tells_when_it_waits(kernel)
    waiting = kernel.start(cell(kernel, "first --wait"))
    wait_until(lambda: waits.exists() and is_running(folder_of(kernel, "first")))
    kernel.interrupt()
    kernel.until(waiting, "No longer waiting; run 'first' goes on.")
    kernel.finish(waiting)
    assert waiting.status == "error"
    assert waiting.error == [
        "Stopped waiting for run 'first', which goes on.",
        "  %ft wait first waits again; %ft stop first stops it with a checkpoint.",
    ]
    assert state(folder_of(kernel, "first")) == "running"

    waits = tells_when_it_waits(kernel)
    again = kernel.start("%ft wait first")
    wait_until(waits.exists)
    kernel.interrupt()
    kernel.until(again, "Interrupt again within two seconds to stop it with a checkpoint.")
    kernel.interrupt()
    kernel.finish(again)
    assert again.error == [
        "Run 'first' was interrupted and is now stopped.",
        "  %ft resume first goes on from its checkpoint.",
    ]
    assert folder_of(kernel, "first").latest_checkpoint() is not None


def test_nothing_is_left_ten_seconds_after_the_kernel_was_killed_or_restarted(kernel):
    kernel.run(cell(kernel, "first"))
    first = folder_of(kernel, "first")
    wait_until(lambda: is_running(first))
    kernel.restart()
    wait_until(lambda: nothing_is_left(first), 10)
    assert (state(first), last(first)["reason"]) == ("stopped", "owner_gone")
    assert first.latest_checkpoint() is not None

    kernel.run("%load_ext ftkernel")
    resumed = kernel.run("%ft resume first")
    assert resumed.status == "ok", resumed.text
    wait_until(lambda: "run_resumed" in kinds(first) and state(first) == "running")
    kernel.kill()
    wait_until(lambda: nothing_is_left(first), 10)
    assert (state(first), last(first)["reason"]) == ("stopped", "owner_gone")


def test_a_detached_run_outlives_its_kernel_and_another_kernel_attaches_to_it(
    kernel, make_kernel, python
):
    kernel.run(cell(kernel, "first --detach"))
    first = folder_of(kernel, "first")
    wait_until(lambda: is_running(first))
    other = make_kernel(python)
    other.run("%load_ext ftkernel")
    refused = other.run("%ft resume first")
    assert refused.status == "error"
    assert "first" in refused.error[0]
    assert str(worker_pid(first)) in "\n".join(refused.error)
    assert other.run("%ft rm first --yes").error == [
        "Run 'first' is going on; it was not deleted.",
        "  Stop it first: %ft stop first --wait.",
    ]
    kernel.kill()
    wait_until(lambda: not psutil.pid_exists(kernel.pid) or zombie(kernel.pid))
    attached = other.run("%ft attach first -o run")
    assert attached.status == "ok", attached.text
    assert f":{worker_pid(first)}" in attached.stdout
    assert other.run("print(run.state)").stdout == "running\n"
    assert other.run("%ft stop first --wait").status == "ok"
    assert state(first) == "stopped"
    asked = other.run("%ft rm first")
    assert asked.error[0].startswith("Run 'first' takes ")
    assert other.run("%ft rm first --yes").status == "ok"
    assert not first.path.exists()


def zombie(pid):
    return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_interrupt_ends_an_answer_and_nothing_else(kernel):
    kernel.run(cell(kernel, "first"))
    first = folder_of(kernel, "first")
    wait_until(lambda: is_running(first))
    assert kernel.run("%ft stop first --wait").status == "ok"
    kernel.run("import os; os.environ['FTKERNEL_TEST_BEHAVIOUR'] = 'talkative'")
    asked = kernel.start("%%chat first\nWho are you?")
    kernel.hear(lambda: "word3" in answer(kernel, asked))
    kernel.interrupt()
    kernel.finish(asked)
    assert (asked.status, asked.error) == ("ok", [])
    assert asked.stdout == "(stopped)\n"
    assert answer(kernel, asked).startswith("word1 word2 word3 ")

    texts = [answer(kernel, kernel.run("%%chat first\nAnd now?")) for _ in range(2)]
    assert texts[0] == texts[1]  # one worker, which outlived the interrupt
    assert texts[0].startswith("from ")
    assert psutil.pid_exists(int(texts[0].split()[1]))


def answer(kernel, asked):
    """What a chat cell shows at last."""
    mine = [one for one in kernel.messages if one["parent_header"].get("msg_id") == asked.id]
    shown = [one for one in mine if one["msg_type"] in {"display_data", "update_display_data"}]
    texts = [one["content"]["data"].get("text/plain", "") for one in shown]
    return next((text for text in reversed(texts) if text), "")


def test_a_card_says_when_the_folder_of_its_run_is_gone(kernel):
    started = kernel.run(cell(kernel, "first"))
    first = folder_of(kernel, "first")
    wait_until(lambda: is_running(first))
    first.path.rename(kernel.folder / "elsewhere")
    (card,) = cards(kernel, started)
    gone = [
        f"The folder of the run is gone: {first.path}",
        "  It was removed or renamed, or its disk is not there. Put it back, or start a new run.",
    ]

    def shown():
        return [one["content"]["data"]["text/plain"] for one in kernel.updates(card)][-1:]

    kernel.hear(lambda: shown() == ["\n".join(gone)], 10)
    looked = kernel.run(f"%ft show {first.path}")
    assert looked.status == "error"
    assert looked.error[0] == f"No run lies in '{first.path}': it has no run.json."


def test_a_python_call_does_the_same_as_a_cell_and_needs_no_extension(make_kernel, python):
    kernel = make_kernel(python, FTKERNEL_TEST_BEHAVIOUR="steady")
    called = kernel.run(
        "import ftkernel\n"
        "run = ftkernel.finetune(model='smollm2-135m', data=[{'text': 'x'}], name='first',"
        f" worker_python={interpreter(kernel.folder)!r})\n"
        "run"
    )
    assert called.status == "ok", called.text
    assert called.seconds < 5
    card, result = called.displays
    assert "application/vnd.ftkernel.run.v1+json" in card["data"]
    assert result["data"]["text/plain"].startswith("Run('first', ")
    assert "text/html" not in result["data"]
    wait_until(lambda: is_running(folder_of(kernel, "first")))
    assert kernel.run("print([run.name for run in ftkernel.runs()])").stdout == "['first']\n"
    wrong = kernel.run("ftkernel.finetune(model='smollm2-135m', data='demo', stpes=3)")
    assert wrong.error == ["There is no key 'stpes'.", "  at stpes", "  Did you mean steps?"]
