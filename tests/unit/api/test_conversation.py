"""A conversation is a tree in which nothing is lost, and its file brings the same tree back."""

import json

import pytest

from ftkernel.api.conversation import Conversation, left_out, prompt_of
from ftkernel.api.transcript import Transcript, known, read
from ftkernel.errors import FtError
from ftkernel.views.samples import read_samples


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "chat"


def asked(talk, text, after, answers, transcript=None):
    """Say something and let each side answer; returns the round."""
    turn = talk.say(text, after)
    round_ = talk.ask(turn, list(answers), {"seed": 42 + len(turn.rounds)})
    return answered(round_, answers, transcript)


def answered(round_, answers, transcript=None):
    if transcript is not None:
        transcript.asked(round_)
    for side, text in answers.items():
        reply = round_.replies[side]
        reply.text, reply.state = text, "done"
        if transcript is not None:
            transcript.answered(round_, reply)
    return round_


def texts(talk):
    return [
        (turn.text, {side: reply.text for side, reply in round_.replies.items()})
        for turn, round_ in talk.path()
    ]


def contents(messages):
    return [message["content"] for message in messages]


def test_an_edited_turn_stands_beside_the_old_one_with_all_that_followed():
    talk = Conversation()
    first = asked(talk, "one", talk.begin, {"tuned": "1"})
    asked(talk, "two", first, {"tuned": "2"})
    asked(talk, "ONE", talk.begin, {"tuned": "I"})
    assert texts(talk) == [("ONE", {"tuned": "I"})]
    assert talk.choose(first.turn.id)
    assert texts(talk) == [("one", {"tuned": "1"}), ("two", {"tuned": "2"})]
    assert not talk.choose("nothing")


def test_another_version_of_an_answer_keeps_the_first_and_what_was_said_after_it():
    talk = Conversation()
    first = asked(talk, "one", talk.begin, {"tuned": "1"})
    asked(talk, "two", first, {"tuned": "2"})
    again = answered(talk.ask(first.turn, ["tuned"], {}), {"tuned": "1b"})
    assert texts(talk) == [("one", {"tuned": "1b"})]
    assert talk.end() is again
    talk.choose(first.id)
    assert texts(talk) == [("one", {"tuned": "1"}), ("two", {"tuned": "2"})]


def test_each_side_goes_on_with_its_own_answers():
    talk = Conversation()
    first = asked(talk, "one", talk.begin, {"tuned": "t", "base": "b"})
    turn = asked(talk, "two", first, {}).turn
    assert contents(prompt_of(turn, "tuned")) == ["one", "t", "two"]
    assert contents(prompt_of(turn, "base")) == ["one", "b", "two"]
    assert contents(prompt_of(turn, "step-40")) == ["one", "t", "two"]
    assert [m["role"] for m in prompt_of(turn, "base")] == ["user", "assistant", "user"]


def test_what_nobody_answered_is_left_out_and_counted():
    talk = Conversation()
    first = asked(talk, "one", talk.begin, {"tuned": "half"})
    first.replies["tuned"].state = "failed"
    second = asked(talk, "two", first, {"tuned": "stopped here"})
    second.replies["tuned"].state = "stopped"
    turn = talk.say("three", second)
    assert contents(prompt_of(turn, "tuned")) == ["two", "stopped here", "three"]
    assert left_out(turn, "tuned") == 1


def test_the_file_brings_the_whole_tree_back(folder):
    talk, transcript = Conversation(), Transcript(folder)
    first = asked(talk, "one\n<b>", talk.begin, {"tuned": "1", "base": "é\u2028"}, transcript)
    asked(talk, "two", first, {"tuned": "2"}, transcript)
    answered(talk.ask(first.turn, ["tuned"], {"seed": 43}), {"tuned": "1b"}, transcript)
    back = read(folder, transcript.name)
    assert texts(back) == texts(talk) == [("one\n<b>", {"tuned": "1b"})]
    transcript.chose(first.id)
    back = read(folder, transcript.name)
    assert texts(back) == [("one\n<b>", {"tuned": "1", "base": "é\u2028"}), ("two", {"tuned": "2"})]
    assert back.round(first.id).sampling == {"seed": 42}


def test_two_panels_may_write_one_file(folder):
    talk, one = Conversation(), Transcript(folder)
    first = asked(talk, "one", talk.begin, {"tuned": "1"}, one)
    other, two = read(folder, one.name), Transcript(folder, one.name)
    asked(other, "theirs", other.round(first.id), {"tuned": "t"}, two)
    asked(talk, "mine", first, {"tuned": "m"}, one)
    back = read(folder, one.name)
    assert [turn.text for turn in back.round(first.id).turns] == ["theirs", "mine"]


def test_what_a_dead_kernel_left_can_be_asked_again(folder):
    talk, transcript = Conversation(), Transcript(folder)
    asked(talk, "one", talk.begin, {"tuned": "1"}, transcript)
    turn = talk.say("two", talk.end())
    transcript.asked(talk.ask(turn, ["tuned"], {}))
    with open(transcript.path, "ab") as file:
        file.write(b'{"role": "assistant", "content": "torn')
    back = read(folder, transcript.name)
    assert texts(back) == [("one", {"tuned": "1"}), ("two", {"tuned": ""})]
    assert back.end().replies["tuned"].state == "stopped"
    Transcript(folder, transcript.name).asked(back.ask(back.end().turn, ["tuned"], {}))
    assert len(read(folder, transcript.name).end().turn.rounds) == 2


def test_foreign_lines_and_names_do_no_harm(folder, tmp_path):
    folder.mkdir()
    (folder / "a.talk.jsonl").write_text(
        '[]\n{"role": "user"}\n{"role": "user", "content": 3, "turn": "t", "round": "r",'
        ' "after": "gone"}\n{"round": "x", "side": "tuned"}\n{"kind": "chose"}\nnull\n\x00\n'
    )
    assert read(folder, "a.talk.jsonl") is None
    (tmp_path / "b.talk.jsonl").write_text("")
    assert read(folder, "../b.talk.jsonl") is None
    assert known(tmp_path / "missing") == known(None) == []


def test_conversations_are_listed_by_what_was_said_first(folder):
    talk, transcript = Conversation(), Transcript(folder)
    asked(talk, "  What\nis it?  ", talk.begin, {"tuned": "1"}, transcript)
    assert [(one.title, one.closed) for one in known(folder)] == [("What is it?", False)]
    transcript.closed()
    assert [one.closed for one in known(folder)] == [True]


def test_a_run_that_was_deleted_is_not_made_anew_by_its_chat(tmp_path):
    talk, transcript = Conversation(), Transcript(tmp_path / "gone" / "chat")
    asked(talk, "one", talk.begin, {"tuned": "1"}, transcript)
    assert not (tmp_path / "gone").exists()
    assert isinstance(transcript.problem, FtError)
    assert "No such file" in transcript.problem.lines()[0]


def test_pairs_of_tuned_and_base_become_samples_of_the_run(folder):
    talk, transcript = Conversation(), Transcript(folder)
    first = asked(talk, "one", talk.begin, {"tuned": "t1", "base": "b1"}, transcript)
    asked(talk, "two", first, {"tuned": "t2", "base": "b2"}, transcript)
    both = {"tuned": "t3", "base": "b3"}
    answered(talk.ask(first.turn, ["tuned", "base"], {}), both, transcript)
    found = {one.prompt: (one.base, one.tuned) for one in read_samples(folder)}
    assert found == {"one": ("b3", "t3"), "two": ("b2", "t2")}
    assert all(json.loads(line) for line in transcript.path.read_text().splitlines())
