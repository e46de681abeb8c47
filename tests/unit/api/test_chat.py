"""What is refused about a question before a worker is started, and what is said with the answer."""

from contextlib import nullcontext

import pytest

from ftkernel import messages
from ftkernel.api.chat import Answer, chat
from ftkernel.api.chat_target import target_of
from ftkernel.api.merge import merge
from ftkernel.api.resolve import with_model
from ftkernel.errors import FtError, Halt
from ftkernel.recipe.recipe import Recipe
from ftkernel.runs.events import RunStopped
from tests.unit.api.folders import make_checkpoint, make_run

pytestmark = pytest.mark.usefixtures("here")

STOPPED = RunStopped(step=40, reason="command", checkpoint=None)


@pytest.mark.parametrize(
    ("options", "first"),
    [
        ({"temperature": -4}, "'temperature' is out of range: -4."),
        ({"bogus": 1}, 'Chat has no setting "bogus".'),
        ({"seed": -1}, 'A seed is a whole number from 0 to 9007199254740991; "-1" is none.'),
        ({"ab": True}, "'org/name' has no adapter, so there is no base model to compare with."),
    ],
)
def test_a_question_that_cannot_be_answered_starts_no_worker(no_worker, options, first):
    with pytest.raises(FtError) as caught:
        chat("org/name", "Hello", **options)
    assert caught.value.lines()[0] == first


def test_temperature_nought_is_not_refused(no_worker):
    with pytest.raises(AssertionError, match="a worker was started"):
        chat("org/name", "Hello", temperature=0, max_new_tokens=3)


def test_an_interrupt_while_the_model_is_loaded_ends_the_worker_quietly(monkeypatch):
    class Loading:
        ready = closed = is_spent = False

        def in_turn(self, _given_up):
            return nullcontext()

        def load(self, _on_line):
            raise KeyboardInterrupt

        def close(self):
            self.closed = True

    session = Loading()
    monkeypatch.setattr("ftkernel.api.chat_keeping.session_for", lambda _target: session)
    with pytest.raises(Halt) as caught:
        chat("org/name", "Hello")
    assert caught.value.lines() == ["Interrupted before 'org/name' was loaded; nothing was asked."]
    assert session.closed


def test_a_chat_that_falls_back_to_an_older_checkpoint_says_so(here):
    folder = make_run(here, STOPPED)
    make_checkpoint(folder, 20)
    make_checkpoint(folder, 40, whole=False)
    target = target_of("first")
    assert target.model["checkpoint"] == "step-000020"
    assert Answer("text", remarks=target.remarks).notes() == [
        "The newest checkpoint of run first, step-000040, is damaged "
        "(state has 3 bytes instead of 7); step-000020 is used instead."
    ]
    assert target_of("first@20").remarks == ()
    said = []
    with_model(Recipe.from_mapping({"model": "first", "data": "demo"}), said.append)
    adapter = {"model": "smollm2-135m", "adapter_name_or_path": "first", "data": "demo"}
    with_model(Recipe.from_mapping(adapter), said.append)
    assert said == [*target.remarks, *target.remarks]
    assert target_of("smollm2-135m", adapter="first").remarks == target.remarks


def test_what_names_nothing_is_refused():
    for wrong, code in (("", "api.no_model_named"), ("@3", "run.none_named")):
        with pytest.raises(FtError) as caught:
            target_of(wrong)
        assert caught.value.code == code
        assert messages.hint(code)
    with pytest.raises(FtError) as caught:
        merge("first", "")
    assert caught.value.lines()[0] == "No folder is named for the merged model."
