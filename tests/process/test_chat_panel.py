"""A chat panel with real workers: what a page asks for, and what all pages are told."""

import shutil
from contextlib import contextmanager, suppress

import psutil
import pytest

from ftkernel.api import chat_keeping
from ftkernel.api.chat import chat
from ftkernel.api.chat_sides import subject_of
from ftkernel.notebook.chat_panel.panel import Panel
from tests.process.talking import LONG, SHORT, unstarted_run
from tests.unit.inference.making import make_adapter
from tests.waiting import wait_until

pytestmark = pytest.mark.process


class Page:
    """A page as the panel knows it: takes messages and keeps the picture that they make."""

    def __init__(self) -> None:
        self.head: dict = {}
        self.turns: list[dict] = []
        self.answers: dict[int, dict] = {}
        self.pieces = 0
        self.seq = 0
        self.missed = 0
        self._count = 0
        self.panel: Panel | None = None

    def hear(self, message: dict) -> None:
        if message["kind"] in ("accepted", "refused"):
            self.answers[message["id"]] = message
            return
        if message["base"] not in (0, self.seq):
            self.missed += 1
        self.seq = message["seq"]
        if message["kind"] == "piece":
            self.pieces += 1
            for turn in self.turns:
                for reply in turn["replies"]:
                    if turn["round"] == message["round"] and reply["side"] == message["side"]:
                        reply["text"] += message["text"]
            return
        self.head = message["head"]
        if "turns" in message:
            self.turns = [*self.turns[: message["from"]], *message["turns"]]

    def ask_for(self, kind: str, **fields) -> dict:
        """Send a request and return what came back."""
        self._count += 1
        self.panel.take({"kind": kind, "id": self._count, **fields})
        return self.answers[self._count]

    def settle(self) -> list[tuple[str, dict[str, str]]]:
        """Wait until nothing is answered any more; what is shown then."""
        wait_until(lambda: not self.panel.is_busy and not self.head["busy"], 60, "the answers end")
        return self.shown()

    def shown(self) -> list[tuple[str, dict[str, str]]]:
        return [
            (turn["text"], {one["side"]: one["text"] for one in turn["replies"]})
            for turn in self.turns
        ]

    def replies(self, field: str) -> list:
        return [one[field] for one in self.turns[-1]["replies"]]


@pytest.fixture(scope="module")
def run(tmp_path_factory, tiny_model_folder):
    folder = unstarted_run(tmp_path_factory.mktemp("runs"), tiny_model_folder)
    make_adapter(tiny_model_folder, folder.result)
    yield folder
    chat_keeping.make_room()


def open_panel(model, **options) -> Page:
    page = Page()
    page.panel = Panel(subject_of(str(model))[0], page.hear, **options)
    page.ask_for("hello")
    return page


@pytest.fixture
def page(run):
    shutil.rmtree(run.chat, ignore_errors=True)
    return open_panel(run.path, settings=SHORT)


def test_an_answer_streams_and_all_of_it_is_there_after_a_reload_and_a_restart(page, run):
    assert page.ask_for("ask", text="Who are you?", sides=["tuned"])["kind"] == "accepted"
    shown = page.settle()
    assert [text for text, _ in shown] == ["Who are you?"]
    assert shown[0][1]["tuned"]
    assert (page.replies("state"), page.missed) == (["done"], 0)
    assert page.pieces >= 1
    assert page.replies("facts")[0][0][0].endswith("seed 42")
    assert page.replies("thinking") == [[["<think>", "</think>"]]]
    reloaded = Page()
    reloaded.panel, page.panel._send = page.panel, reloaded.hear
    page.panel._feed._send = reloaded.hear
    reloaded.ask_for("hello")
    assert reloaded.turns == page.turns
    assert open_panel(run.path).shown() == shown


def test_sides_answer_side_by_side_with_one_seed_and_each_goes_on_with_its_own(page):
    page.ask_for("ask", text="Who are you?", sides=["tuned", "base"], settings={**SHORT, "seed": 7})
    first = page.settle()[0][1]
    assert first["tuned"] != first["base"]
    assert [fact[0][0].rpartition(" ")[2] for fact in page.replies("facts")] == ["7", "7"]
    page.ask_for("ask", text="And then?")
    assert set(page.settle()[1][1]) == {"tuned", "base"}


def test_regenerate_keeps_the_earlier_version_and_draws_with_the_next_seed(page):
    page.ask_for("ask", text="Who are you?", sides=["tuned"])
    first = page.settle()[0][1]["tuned"]
    page.ask_for("again", turn=page.turns[0]["id"])
    second = page.settle()[0][1]["tuned"]
    assert second != first
    rounds = page.turns[0]["rounds"]
    assert len(rounds) == 2
    page.ask_for("choose", to=rounds[0])
    assert page.shown()[0][1]["tuned"] == first


def test_an_edited_question_is_asked_in_place_of_the_old_one_which_stays(page, run):
    page.ask_for("ask", text="Who are you?", sides=["tuned"])
    page.settle()
    page.ask_for("ask", text="And then?")
    page.settle()
    page.ask_for("edit", turn=page.turns[0]["id"], text="Who am I?")
    assert [text for text, _ in page.settle()] == ["Who am I?"]
    versions = page.turns[0]["versions"]
    page.ask_for("choose", to=versions[0])
    assert [text for text, _ in page.shown()] == ["Who are you?", "And then?"]
    assert [text for text, _ in open_panel(run.path).shown()] == ["Who are you?", "And then?"]


def test_stop_twenty_times_ends_one_answer_and_the_next_one_is_whole(page):
    page.ask_for("ask", text="Give three tips.", sides=["tuned", "base"], settings=LONG)
    wait_until(lambda: page.pieces > 0, 60, "the first piece")
    for _ in range(20):
        assert page.ask_for("stop")["kind"] == "accepted"
    page.settle()
    assert page.replies("state") == ["stopped", "stopped"]
    page.ask_for("ask", text="Who are you?", sides=["tuned"], settings=SHORT)
    page.settle()
    assert page.replies("state") == ["done"]


def test_stop_ends_the_loading_of_a_model_and_asking_again_loads_it(page):
    chat_keeping.make_room()
    page.ask_for("ask", text="Who are you?", sides=["tuned"])
    wait_until(lambda: page.panel._job._worker is not None, 60, "a worker is started")
    page.ask_for("stop")
    page.settle()
    assert page.replies("state") == ["stopped"]
    page.ask_for("again", turn=page.turns[0]["id"])
    page.settle()
    assert page.replies("state") == ["done"]


REFUSED = [
    ({"kind": "ask", "text": "  "}, "There is nothing to ask."),
    ({"kind": "ask", "text": "x", "sides": []}, "Nobody is chosen to answer."),
    ({"kind": "ask", "text": "x", "sides": ["step-9"]}, "Nobody can answer as 'step-9'."),
    ({"kind": "ask", "text": "x" * 400_001},
     "The question has 400,001 characters; a panel takes 400,000."),
    ({"kind": "ask", "text": "x", "settings": {"temperature": "hot"}},
     "'temperature' must be a number; it is 'hot'."),
    ({"kind": "ask", "text": "x", "settings": {"top_p": 3}}, "'top_p' is out of range: 3."),
    ({"kind": "set", "settings": {"stop": 3}},
     'Stop strings are one text or a list of texts; "3" is neither.'),
    ({"kind": "edit", "turn": "gone", "text": "x"}, "This conversation has no such turn any more."),
    ({"kind": "again", "turn": None}, "This conversation has no such turn any more."),
    ({"kind": "choose", "to": []}, "This conversation has no such turn any more."),
    ({"kind": "open", "name": "../x.talk.jsonl"}, "That conversation cannot be read any more."),
]  # fmt: skip


def test_what_cannot_be_is_refused_and_the_conversation_stays(page):
    page.ask_for("ask", text="Who are you?", sides=["tuned"])
    before = page.settle()
    for request, first in REFUSED:
        fields = {key: value for key, value in request.items() if key != "kind"}
        answer = page.ask_for(request["kind"], **fields)
        assert (answer["kind"], answer["lines"][0][0]) == ("refused", first)
    for nonsense in ({}, {"kind": None}, {"kind": "hack", "id": 1}, {"kind": ["ask"]}):
        page.panel.take(nonsense)
    page.ask_for("hello")
    assert page.shown() == before
    assert page.head["settings"] == SHORT


def test_all_settings_that_cannot_be_are_refused_at_once_each_at_its_place(page):
    wrong = {"temperature": "hot", "max_new_tokens": "many", "seed": -1, "top_k": 5}
    answer = page.ask_for("ask", text="Who?", settings=wrong)
    assert answer["kind"] == "refused"
    assert set(answer["fields"]) == {"temperature", "max_new_tokens", "seed"}
    english = answer["lines"][0]
    assert all(lines[0][0] in english for lines in answer["fields"].values())
    assert (page.shown(), page.head["settings"]) == ([], SHORT)


def test_a_second_question_has_to_wait_for_the_first(page):
    page.ask_for("ask", text="Give three tips.", sides=["tuned"], settings=LONG)
    assert page.ask_for("ask", text="And?")["lines"][0][0] == "An answer is still being written."
    assert page.ask_for("clear")["kind"] == "refused"
    page.ask_for("stop")
    page.settle()


def test_clear_begins_anew_and_the_old_conversation_can_be_opened(page, run):
    page.ask_for("ask", text="Who are you?", sides=["tuned"])
    before = page.settle()
    page.ask_for("clear")
    assert page.shown() == []
    assert open_panel(run.path).shown() == []
    names = [one["name"] for one in page.head["conversations"]]
    assert [one["title"] for one in page.head["conversations"]] == ["Who are you?"]
    page.ask_for("open", name=names[0])
    assert page.shown() == before


def test_a_prompt_that_is_too_long_and_a_worker_that_dies_are_said_in_their_place(page):
    page.ask_for("ask", text="word " * 3000, sides=["tuned"])
    page.settle()
    error = page.replies("error")[0][0]
    assert "the model takes at most 2,048" in error[0]
    assert error[1] == "  Start a new conversation, or shorten the question."
    page.ask_for("ask", text="Give three tips.", settings=LONG)
    wait_until(lambda: page.pieces > 0, 60, "the first piece")
    for session in chat_keeping._sessions.values():
        session.worker.kill_tree()
    page.settle()
    assert page.replies("state") == ["failed"]
    assert "was killed from outside (signal 9)" in page.replies("error")[0][0][0]
    assert page.shown()[1][1]["tuned"]
    page.ask_for("again", turn=page.turns[-1]["id"], settings=SHORT)
    page.settle()
    assert page.replies("state") == ["done"]


@contextmanager
def no_more_memory(pid: int):
    """Let a process have no more than it has: what it asks for next is refused by the system."""
    process = psutil.Process(pid)
    before = process.rlimit(psutil.RLIMIT_AS)
    process.rlimit(psutil.RLIMIT_AS, (process.memory_info().vms, before[1]))
    yield
    with suppress(psutil.NoSuchProcess):
        process.rlimit(psutil.RLIMIT_AS, before)


@pytest.mark.skipif(not hasattr(psutil, "RLIMIT_AS"), reason="no limits of processes here")
def test_when_memory_runs_out_that_is_said_and_the_next_question_has_a_new_worker(page, run):
    page.ask_for("ask", text="Who are you?", sides=["tuned"])
    before = page.settle()
    [session] = chat_keeping._sessions.values()
    other = open_panel(run.path, settings=SHORT)
    with no_more_memory(session.worker.pid):
        with session.in_turn():
            page.ask_for("ask", text="word " * 300)
            other.ask_for("ask", text="Who are you? " * 20, sides=["tuned"])
            wait_until(lambda: page.head["doing"] and other.head["doing"], 20, "both wait")
        page.settle()
        other.settle()
    failed = page if page.replies("state") == ["failed"] else other
    assert sorted([*page.replies("state"), *other.replies("state")]) == ["done", "failed"]
    english, chinese = failed.replies("error")[0]
    assert english[0].startswith("There is not enough memory to answer: ")
    assert "Stop other runs and chats" in english[1]
    assert chinese[0].startswith("内存不足，无法回答")
    assert not session.is_alive
    failed.ask_for("again", turn=failed.turns[-1]["id"])
    failed.settle()
    assert failed.replies("state") == ["done"]
    assert page.shown()[0] == before[0]


def test_a_cell_and_a_panel_ask_one_worker_without_disturbing_each_other(page, run):
    page.ask_for("ask", text="Give three tips.", sides=["tuned"],
                 settings={**SHORT, "max_new_tokens": 60})  # fmt: skip
    answers = [chat(str(run.path), "Who are you?", **SHORT).text for _ in range(3)]
    page.settle()
    assert len(set(answers)) == 1
    assert answers[0]
    assert page.replies("state") == ["done"]
    assert len(chat_keeping._sessions) == 1


def test_a_run_that_is_deleted_is_said_and_its_conversation_stays_on_the_page(
    tmp_path, tiny_model_folder
):
    folder = unstarted_run(tmp_path, tiny_model_folder, "second")
    page = open_panel(folder.path)
    page.ask_for("ask", text="Who are you?", sides=["tuned"])
    page.settle()
    assert page.replies("state") == ["failed"]  # it was never started: nothing was learnt
    before = page.shown()
    shutil.rmtree(folder.path)
    answer = page.ask_for("ask", text="And now?")
    assert str(folder.path) in answer["lines"][0][0]
    page.ask_for("hello")
    assert page.shown() == before
    assert not folder.path.exists()
