"""A real chat worker: loaded once, asked over its pipe, gone when it should be."""

import json

import pytest

from ftkernel.errors import from_json
from ftkernel.runs.folder import RunFolder
from tests.process.talking import LONG, SHORT, Talk, seconds_until_gone, start_job, unstarted_run
from tests.unit.inference.making import make_adapter

pytestmark = pytest.mark.process


@pytest.fixture(scope="module")
def adapter(tiny_model_folder, tmp_path_factory):
    return make_adapter(tiny_model_folder, tmp_path_factory.mktemp("adapter") / "adapter")


@pytest.fixture(scope="module")
def run(tmp_path_factory, tiny_model_folder):
    return unstarted_run(tmp_path_factory.mktemp("runs"), tiny_model_folder)


@pytest.fixture(scope="module")
def talk(tmp_path_factory, tiny_model_folder, adapter, run):
    """One worker for all questions that leave it alive."""
    model = {"base": str(tiny_model_folder), "adapter": str(adapter), "checkpoint": "step-000040"}
    talk = start_job(
        tmp_path_factory.mktemp("chat"), {"job": "chat", "model": model, "run": str(run.path)}
    )
    talk.ready = talk.next("ready", "error")
    yield talk
    talk.worker.kill_tree()


@pytest.fixture
def start(tmp_path, tiny_model_folder, adapter):
    started: list[Talk] = []

    def start(**fields) -> Talk:
        model = {"base": str(tiny_model_folder), "adapter": str(adapter)}
        talk = start_job(tmp_path, {"job": "chat", "model": model, **fields})
        started.append(talk)
        return talk

    yield start
    for talk in started:
        talk.worker.kill_tree()


def test_it_says_what_it_has_loaded(talk):
    assert (
        talk.ready
        == {
            "kind": "ready",
            "sides": ["tuned", "base"],
            "device": "cpu",
            "dtype": "float32",
            "limit": 2048,
        }
        or talk.ready["dtype"] == "bfloat16"
    )  # where the hardware has it


def test_pieces_come_before_the_answer_and_make_it_up(talk):
    answer = talk.answer("p1", "Who are you?", sampling=SHORT)
    pieces = [line for line in talk.said if line["kind"] == "token" and line["id"] == "p1"]
    assert "".join(piece["text"] for piece in pieces) == answer["text"]
    assert {piece["side"] for piece in pieces} == {"tuned"}
    assert answer["tokens"] <= 8
    assert answer["finish"] in ("stop", "length")
    assert answer["tokens_per_second"] > 0
    assert answer["seed"] == 42


def test_both_sides_answer_one_question_with_one_seed(talk):
    talk.ask("ab", "Who are you?", sampling={**SHORT, "seed": 7}, side="both")
    tuned, base = talk.next("answer", "error"), talk.next("answer", "error")
    assert (tuned["side"], base["side"]) == ("tuned", "base")
    assert tuned["seed"] == base["seed"] == 7
    assert tuned["text"] != base["text"]
    for side, known in (("tuned", tuned), ("base", base)):
        again = talk.answer(
            f"again-{side}", "Who are you?", sampling={**SHORT, "seed": 7}, side=side
        )
        assert again["text"] == known["text"]


def test_a_system_prompt_of_the_question_changes_the_prompt(talk):
    plain = talk.answer("s1", "Who are you?", sampling=SHORT)
    with_system = talk.answer("s2", "Who are you?", sampling={**SHORT, "system": "Be brief."})
    assert with_system["prompt_tokens"] > plain["prompt_tokens"]


def test_a_cancelled_answer_ends_and_the_next_one_is_whole(talk):
    talk.ask("c1", "Give three tips.", sampling=LONG)
    talk.next("token", id="c1")
    talk.worker.send({"cancel": "c1"})
    assert talk.next("answer", id="c1")["finish"] == "cancelled"
    assert talk.answer("c2", "Who are you?", sampling=SHORT)["finish"] in ("stop", "length")


def test_a_question_that_waits_can_be_cancelled_before_its_turn(talk):
    talk.ask("w1", "Give three tips.", sampling=LONG)
    talk.ask("w2", "Who are you?", sampling=LONG)
    talk.worker.send({"cancel": "w2"})
    talk.worker.send({"cancel": "w1"})
    assert talk.next("answer", id="w1")["finish"] == "cancelled"
    second = talk.next("answer", id="w2")
    assert (second["finish"], second["tokens"] <= 1) == ("cancelled", True)


@pytest.mark.parametrize(
    ("fields", "lines"),
    [
        (
            {"sampling": {"top_p": 3}},
            ["top_p must be 0 < top_p ≤ 1"],
        ),
        (
            {"side": "left"},
            ['A question goes to "tuned", "base" or "both"; "left" is none of them.'],
        ),
        (
            {"messages": "hi"},
            [
                "A question needs a list of messages with role and content, the last one from the "
                "user; str was given.",
                '  For example [{"role": "user", "content": "Who are you?"}].',
            ],
        ),
    ],
)
def test_a_bad_question_is_refused_and_the_chat_goes_on(talk, fields, lines):
    line = talk.answer("bad", "Who are you?", **fields)
    assert line["kind"] == "error"
    if "sampling" in fields:
        assert from_json(line["error"]).to_json()["problems"][0]["code"] == "recipe.out_of_range"
    else:
        assert from_json(line["error"]).lines("en") == lines
    assert talk.answer("good", "Who are you?", sampling=SHORT)["kind"] == "answer"


def test_something_that_is_no_request_is_answered_too(talk):
    talk.worker.send({"hello": 1})
    error = from_json(talk.next("error")["error"])
    assert error.message("en") == ('The chat worker did not understand a request: {"hello": 1}.')


def test_the_transcript_lies_in_the_run_one_line_a_turn(talk, run):
    first = talk.answer("t1", "你是谁？", sampling=SHORT, side="base")
    history = [
        {"role": "user", "content": "你是谁？"},
        {"role": "assistant", "content": first["text"]},
        {"role": "user", "content": "Really?"},
    ]
    second = talk.answer("t2", "", messages=history, sampling={**SHORT, "temperature": 0})
    assert second["notes"] == [{"code": "inference.greedy", "params": {}}]
    [file] = run.chat.glob("*.jsonl")
    turns = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    asked = [turn for turn in turns if turn["id"] in ("t1", "t2")]
    assert [turn["role"] for turn in asked][:2] == ["user", "assistant"]
    assert asked[0]["content"] == "你是谁？"
    assert (asked[1]["side"], asked[1]["content"]) == ("base", first["text"])
    assert (asked[-1]["side"], asked[-1]["content"]) == ("tuned", second["text"])
    assert asked[-1]["sampling"]["do_sample"] is False
    assert {turn["checkpoint"] for turn in turns} == {"step-000040"}
    assert all(turn["t"] > 0 for turn in turns)


def test_it_leaves_with_its_owner_even_in_the_middle_of_an_answer(start):
    talk = start()
    talk.next("ready")
    talk.ask("1", "Give three tips.", sampling=LONG)
    talk.next("token")
    talk.worker.close_lifeline()
    assert seconds_until_gone(talk) < 10
    assert talk.worker.poll() == 0


def test_before_the_first_checkpoint_there_is_nothing_to_talk_to(
    start, tmp_path, tiny_model_folder
):
    empty = tmp_path / "run" / "result"
    empty.mkdir(parents=True)
    talk = start(model={"base": str(tiny_model_folder), "adapter": str(empty)})
    error = from_json(talk.next("error")["error"])
    assert error.lines("en") == [
        f"There is nothing tuned to talk to yet: {empty} holds neither an adapter nor a model.",
        "  Wait for the first checkpoint, or ask the base model with --base.",
    ]
    assert talk.worker.wait(10) == 1


def test_a_lost_transcript_is_said_once_and_the_chat_goes_on_until_nobody_asks(start, tmp_path):
    lost = RunFolder(tmp_path / "lost")
    lost.path.mkdir()
    (lost.path / "chat").write_text("a file in the way")
    talk = start(run=str(lost.path), idle_seconds=2)
    talk.next("ready")
    assert talk.answer("1", "Who are you?", sampling=SHORT)["kind"] == "answer"
    assert talk.answer("2", "Who are you?", sampling=SHORT)["kind"] == "answer"
    warned = [line for line in talk.said if line["kind"] == "warned"]
    assert [line["code"] for line in warned] == ["inference.no_transcript"]
    assert (lost.path / "chat").read_text() == "a file in the way"
    assert talk.rest() == []
    assert talk.worker.wait(10) == 0
