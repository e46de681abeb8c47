"""A run that trains, told things from outside: each command, chat, and the end while it answers."""

import re
import threading

import pytest

from ftkernel.api import chat_live, commanding
from ftkernel.api.chat_session import Question
from ftkernel.api.run import Run as ApiRun
from ftkernel.errors import FtError
from ftkernel.runs.commands import send_command
from ftkernel.runs.history import metrics
from ftkernel.runs.state import current_attempt, state
from ftkernel.subcommands import registry
from tests.process.hosts import Host
from tests.process.training import SECONDS, Run, endless_recipe, small_recipe
from tests.waiting import wait_until

pytestmark = [pytest.mark.process, pytest.mark.timeout(300)]

SAMPLED = {"sample_prompts": "你是谁？", "sample_max_new_tokens": 4}
LONG = {"max_new_tokens": 128, "repetition_penalty": 1.5}
CLOCK = {"t", "tokens_per_second", "memory_bytes", "elapsed", "eta_seconds"}


@pytest.fixture
def make(tmp_path, tiny_model_folder):
    runs = []

    def make(**keys):
        # More rows a step than other tests have, so that people have time between two steps.
        keys = {"save_steps": 100, "gradient_accumulation_steps": 24, **keys}
        runs.append(Run(tmp_path / "runs", small_recipe(tiny_model_folder, tmp_path, **keys)))
        return runs[-1]

    yield make
    for run in runs:
        if run.worker is not None:
            run.worker.kill_tree()


def question(text="Who are you?", **sampling):
    return Question(({"role": "user", "content": text},), ("tuned",), sampling)


def figures(run):
    return [{k: v for k, v in row.items() if k not in CLOCK} for row in metrics(run.events())]


def begin(run):
    run.start()
    wait_until(lambda: run.has("step_logged"), SECONDS, run.log())
    return ApiRun(run.folder)


def test_the_figures_are_the_same_with_and_without_everything_that_can_be_asked(make):
    quiet = make(steps=12)
    assert quiet.finish() == 0, quiet.log()
    run = make(steps=12, **SAMPLED)
    said = {"tuned": "", "base": ""}

    def hear(side, text):
        said[side] += text

    begin(run)
    live = chat_live.live_session(run.folder)
    prompt = {"prompt": "Give three tips.", "sampling": {"max_new_tokens": 5, "seed": 3}}
    sent = [
        commanding.Sent(run.folder, name, **(prompt if name == "sample" else {}))
        for name in ("sample", "save", "evaluate")
    ]
    assert live.sides == ("tuned", "base")
    with live.in_turn():
        tuned = live.ask(question(max_new_tokens=12, top_k=0, top_p=1.0), "tuned", hear)
        base = live.ask(question(max_new_tokens=12, top_k=0, top_p=1.0), "base", hear)
    _, saved, evaluated = (one.wait(SECONDS) for one in sent)
    assert run.worker.wait(SECONDS) == 0, run.log()

    assert figures(run)[-1] == figures(quiet)[-1]
    measured = [row["step"] for row in figures(quiet) if "eval_loss" in row]
    assert [_without_extra(row, measured) for row in figures(run)] == figures(quiet)
    assert (said["tuned"], said["base"]) == (tuned["text"], base["text"])
    assert base["step"] > tuned["step"], "a step lies between two answers"
    asked, scheduled = (
        [one for one in run.events("sampled") if one["scheduled"] is kind] for kind in (False, True)
    )
    assert [(one["prompt"], one["seed"]) for one in asked] == [("Give three tips.", 3)]
    assert {one["step"] for one in scheduled} >= {3, 6, 9, 12}
    assert run.has("checkpoint_saved", step=saved["step"], reason="command")
    assert any(one["loss"] == evaluated["loss"] for one in run.events("evaluated"))
    assert not list(run.folder.chat.glob("*.stream.jsonl")), "whoever asked removes the stream"
    words = said["tuned"] or "\0"
    assert words not in run.folder.events.read_text(), "answers never go into the events"


def _without_extra(row, measured):
    """A row without the loss of a measurement that was asked for."""
    return row if row["step"] in measured else {k: v for k, v in row.items() if k != "eval_loss"}


def test_a_rate_that_was_set_is_in_force_and_kept_by_a_stop_and_a_resume(make):
    run = make(steps=100_000, lr_scheduler_type="constant", eval_steps=90_000)
    seen = begin(run)
    done = seen.set("lr", "0.003")
    assert (done["key"], done["old"], done["new"]) == ("learning_rate", 0.01, 0.003)
    seen.stop()
    assert run.worker.wait(SECONDS) == 0, run.log()
    assert state(run.folder) == "stopped"
    with pytest.raises(FtError) as caught:
        seen.set("lr", 0.1)
    assert caught.value.code == "commands.not_live"
    stopped = run.folder.latest_checkpoint().step
    run.start(resume=True)
    wait_until(lambda: run.has("step_logged", step=stopped + 2), SECONDS, run.log())
    rates = {row["step"]: row["learning_rate"] for row in metrics(run.events())}
    assert len(rates) >= stopped + 2
    assert rates == {step: 0.01 if step <= done["step"] else 0.003 for step in rates}


def test_a_stop_ends_an_answer_and_the_run_within_its_grace(make):
    run = make(steps=500)
    begin(run)
    live = chat_live.live_session(run.folder)
    late = []

    def hear(_side, _text):
        if not late:
            late.append(commanding.Sent(run.folder, "save"))
            send_command(run.folder, "stop", current_attempt(run.folder))

    ended = live.ask(question("Give three tips. " * 80, **LONG), "tuned", hear)
    assert ended["finish"] == "cancelled"
    assert run.worker.wait(SECONDS) == 0, run.log()
    assert run.events()[-1]["kind"] == "run_stopped"
    with pytest.raises(FtError) as caught:
        late[0].wait(SECONDS)
    assert caught.value.code == "training.run_is_over"
    assert run.folder.latest_checkpoint().step == run.events()[-1]["step"]
    with pytest.raises(FtError) as caught:
        chat_live.live_session(run.folder)
    assert caught.value.code == "commands.not_live"


@pytest.fixture(scope="module")
def going(tmp_path_factory, tiny_model_folder):
    """One run without an end, for everything that leaves it alive."""
    root = tmp_path_factory.mktemp("going")
    run = Run(root / "runs", endless_recipe(tiny_model_folder, root))
    begin(run)
    yield run
    run.worker.kill_tree()


def test_the_price_of_a_second_worker_is_told_once_there_is_a_checkpoint(going):
    assert not chat_live.describe(going.folder)["second_possible"]
    step = ApiRun(going.folder).save()
    told = chat_live.describe(going.folder)
    assert told["second_possible"]
    assert told["behind"] >= 0
    assert going.folder.latest_checkpoint().step == step


def test_an_answer_is_cancelled_from_another_thread_and_the_run_goes_on(going):
    live = chat_live.live_session(going.folder)
    first = threading.Event()
    pressed = threading.Thread(
        target=lambda: first.wait(SECONDS) and [live.cancel() for _ in range(20)]
    )
    pressed.start()
    line = live.ask(question(**LONG), "tuned", lambda *_: first.set())
    pressed.join()
    assert line["finish"] in ("cancelled", "stop", "length"), "it may have ended by itself"
    assert len([one for one in going.events("command_answered") if one["command"] == "cancel"]) <= 1
    again = live.ask(question(max_new_tokens=3), "tuned", lambda *_: None)
    assert again["kind"] == "answer"
    told = chat_live.describe(going.folder)
    assert told["tokens_per_second"] > 0
    assert [one["code"] for one in told["said"]][:2] == ["chat_live.pauses", "chat_live.speed"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["save"], r"Run 'small' has saved step \d+\."),
        (["evaluate"], r"Run 'small': evaluation loss \d+\.\d{4}\."),
        (["sample", "Who", "are you?", "--max_new_tokens", "3"],
         r"tuned: (.|\n)*\nStep \d+, \d tokens? in [\d.]+ s; training waited\."),
        (["set", "lr", "2e-3"],
         r"Run 'small': learning_rate is 0\.002 after step \d+ \(it was [\de.-]+\)\."),
        (["save", "--no-wait"],
         r"Run 'small' was told 'save'; .*show small says what comes of it\."),
    ],
)  # fmt: skip
def test_a_subcommand_says_what_the_run_has_confirmed(going, words, says):
    host = Host()
    name, *rest = words
    registry.dispatch([name, str(going.folder.path), *rest], host, "shell")
    assert re.fullmatch(says, "\n".join(host.lines)), host.lines


def test_a_refused_command_raises_its_reason_and_a_slow_one_says_what_goes_on(going):
    seen = ApiRun(going.folder)
    with pytest.raises(FtError) as caught:
        seen.set("save_stepz", 3)
    assert caught.value.params["near"] == "save_steps"
    with pytest.raises(FtError) as caught:
        commanding.Sent(going.folder, "set", key="lora_rank", value=3).wait(SECONDS)
    assert caught.value.code == "training.set_unknown"
    with pytest.raises(FtError) as caught:
        seen.set("sample_steps", 3)
    assert caught.value.lines("en") == [
        "sample_steps has no effect in this run, since it has no sample_prompts."
    ]
    with pytest.raises(FtError) as caught:
        seen.sample("Who are you?", temperature=-1)
    assert caught.value.code == "recipe.problems"
    with pytest.raises(FtError) as caught:
        seen.save(timeout=0)
    assert caught.value.code == "commands.timeout"
    live = chat_live.live_session(going.folder)
    with pytest.raises(FtError) as caught:
        live.ask(question("word " * 4000), "tuned", lambda *_: None)
    assert caught.value.code == "inference.prompt_too_long"
    with pytest.raises(FtError) as caught:
        live.ask(question("a" * (2 << 20)), "tuned", lambda *_: None)
    assert caught.value.code == "run.command_too_large"
