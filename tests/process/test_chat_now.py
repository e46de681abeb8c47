"""A cell or a call that asks a run while it trains: the run itself answers, and says so."""

import io
import sys

import psutil
import pytest

from ftkernel import messages
from ftkernel.api import chat_keeping
from ftkernel.api.chat import chat
from ftkernel.api.run import Run as ApiRun
from ftkernel.errors import FtError
from ftkernel.runs.state import state
from ftkernel.shell.host import TerminalHost
from ftkernel.subcommands import registry
from tests.process.hosts import Host
from tests.process.training import SECONDS, Run, endless_recipe
from tests.waiting import wait_until

pytestmark = [pytest.mark.process, pytest.mark.timeout(300)]

SHORT = {"max_new_tokens": 4, "temperature": 0}


@pytest.fixture(autouse=True)
def no_workers_left():
    yield
    chat_keeping.make_room()


@pytest.fixture(scope="module")
def endless(tmp_path_factory, tiny_model_folder):
    """A run without an end and without a checkpoint."""
    root = tmp_path_factory.mktemp("endless")
    run = Run(root / "runs", endless_recipe(tiny_model_folder, root))
    run.start()
    yield run
    run.worker.kill_tree()


def test_it_answers_from_its_present_weights_before_it_has_a_checkpoint(endless):
    pieces, lines = [], []
    answer = chat(str(endless.folder.path), "Who are you?", on_line=lines.append, **SHORT,
                  on_text=lambda side, piece: pieces.append((side, piece)))  # fmt: skip
    assert endless.folder.checkpoints() == []
    assert "".join(piece for _, piece in pieces) == answer.text
    details = answer.details["tuned"]
    step = details["step"]
    assert step >= 1
    assert endless.has("command_answered", command="ask", ok=True)
    assert f"Run 'small' trains: its weights after step {step} answered;" in answer.notes()[0]
    assert {one["phase"] for one in lines} <= {
        "starting", "loading_model", "reading_data", "tokenizing", "preparing", "checking",
        "end_of_step", "answering",
    }  # fmt: skip
    assert lines
    again = ApiRun(endless.folder).chat("Who are you?", ab=True, **SHORT)
    assert again.details["tuned"]["step"] > step, "the weights have moved on"
    assert again.base is not None
    assert chat_keeping.kept_memory(endless.folder.path) == 0, "nobody else was asked"
    transcript = "".join(one.read_text() for one in endless.folder.chat.glob("*.jsonl"))
    assert f'"step": {step}' in transcript or f'"step":{step}' in transcript


def test_a_longer_answer_than_a_run_gives_is_said_to_be_cut(endless):
    asked = {"max_new_tokens": 130, "repetition_penalty": 1.5, "stop": ["e"]}
    answer = chat(str(endless.folder.path), "Who are you?", **asked)
    assert (
        "Training waits while this is written, so the answer has at most 128 tokens instead of 130."
        in answer.notes()
    )
    assert answer.details["tuned"]["tokens"] <= 128


def test_an_interrupt_ends_the_answer_and_not_the_run(endless):
    def interrupt(_side, _piece):
        raise KeyboardInterrupt

    answer = chat(str(endless.folder.path), "Give three tips.", max_new_tokens=128,
                  repetition_penalty=1.5, on_text=interrupt)  # fmt: skip
    assert answer.stopped
    assert "its weights after step" in answer.notes()[0]
    assert not list(endless.folder.chat.glob("*.stream.jsonl"))
    assert chat(str(endless.folder.path), "And now?", **SHORT).details["tuned"]["finish"]
    assert state(endless.folder) == "running"


def test_a_checkpoint_that_is_named_is_asked_in_a_second_worker(endless):
    step = ApiRun(endless.folder).save()
    host = Host()
    path = str(endless.folder.path)
    registry.dispatch(["chat", path, "Hello", "--max-new-tokens", "3"], host, "shell")
    assert host.lines[-1].startswith(f"`small@{step}` asks its newest checkpoint")
    asked = len(endless.events("command_answered"))
    second = ApiRun(endless.folder).chat("Hello", checkpoint=step, **SHORT)
    assert "step" not in second.details["tuned"]
    assert chat_keeping.kept_memory(endless.folder.path) > 0
    assert len(endless.events("command_answered")) == asked, "training was not disturbed"


class Terminal(io.StringIO):
    """Both streams of a terminal, and what is seen of them."""

    def isatty(self):
        return True

    def lines(self):
        out = []
        for line in self.getvalue().split("\n"):
            shown = ""
            for part in line.split("\r"):
                shown = part + shown[len(part) :]
            out.append(shown.rstrip())
        return out


def test_a_terminal_shows_what_is_waited_for_and_then_the_answer_in_its_place(endless, monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr("sys.stdout", terminal)
    monkeypatch.setattr("sys.stderr", terminal)
    words = ["chat", str(endless.folder.path), "Give three tips.", "--max-new-tokens", "12"]
    registry.dispatch([*words, "--seed", "1"], TerminalHost(), "shell")
    waits = messages.text("views.phase.end_of_step"), messages.text("views.phase.answering")
    assert any(word in terminal.getvalue() for word in waits)
    assert not any(word in line for line in terminal.lines() for word in waits)
    assert any("its weights after step" in line for line in terminal.lines())


def test_a_setting_is_refused_before_training_is_disturbed(endless):
    asked = len(endless.events("command_answered"))
    with pytest.raises(FtError) as caught:
        chat(str(endless.folder.path), "Hello", temperature=-4)
    assert caught.value.lines()[0] == "'temperature' is out of range: -4."
    assert len(endless.events("command_answered")) == asked


def test_a_run_that_ends_before_it_can_answer_is_asked_by_what_it_has_learnt(
    tmp_path, tiny_model_folder
):
    run = Run(tmp_path / "runs", endless_recipe(tiny_model_folder, tmp_path))
    run.start()
    wait_until(lambda: run.has("step_logged"), SECONDS, run.log())
    ApiRun(run.folder).stop()
    answer = chat(str(run.folder.path), "Hello", **SHORT)
    assert run.worker.wait(SECONDS) == 0, run.log()
    assert answer.notes()[0] == (
        "Run 'small' ended before it could answer, so what it has learnt was asked."
    )
    assert not answer.stopped
    assert "step" not in answer.details["tuned"]


@pytest.mark.skipif(sys.platform != "linux", reason="a limit that another process sets")
def test_an_answer_that_memory_is_too_short_for_leaves_the_run_alone(tmp_path, tiny_model_folder):
    run = Run(tmp_path / "runs", endless_recipe(tiny_model_folder, tmp_path))
    run.start()
    try:
        # Once the libraries have what they make for themselves, a step takes nothing new.
        chat(str(run.folder.path), "Who are you?", **SHORT)
        wait_until(lambda: run.has("step_logged", step=16), SECONDS)
        worker = psutil.Process(run.worker.pid)
        worker.rlimit(psutil.RLIMIT_AS, (worker.memory_info().vms + 2**20, psutil.RLIM_INFINITY))
        with pytest.raises(FtError) as caught:
            chat(str(run.folder.path), "word " * 540, **SHORT)
        assert caught.value.code == "training.answer_memory"
        step = run.events("step_logged")[-1]["step"]
        wait_until(lambda: run.has("step_logged", step=step + 3), SECONDS, "the run goes on")
        assert state(run.folder) == "running"
    finally:
        run.worker.kill_tree()
