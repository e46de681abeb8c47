"""Frames: what a page that applies them knows is what the events tell, whatever it missed."""

import itertools
import json
import random
import time

import pytest

from ftkernel import messages
from ftkernel.errors import FtError
from ftkernel.views import html, wording
from ftkernel.views.figures import figures
from ftkernel.views.live import MOST_BYTES, LiveRun
from ftkernel.views.summary import summarize
from tests.unit.views.live_page import Page, append, live_folder
from tests.unit.views.support import Story, error_json, stories


@pytest.fixture
def folder(tmp_path):
    return live_folder(tmp_path)


def told(story, **more):
    """A story whose events are written with a given ``seq`` each."""
    return [{**event, **more} for event in story.events]


def agrees(live, page):
    """The page knows what the static views show."""
    full = summarize(live.folder, now=time.time())
    for lang in ("en", "zh"):
        with messages.speaking(lang):
            index = ("en", "zh").index(lang)
            tiles = [
                tuple(tile[key][index] for key in ("name", "value", "remark"))
                for tile in page.view["tiles"]
            ]
            now = {messages.text("views.time")}  # goes on while the test does
            shown = [tile for tile in tiles if tile[0] not in now]
            assert shown == [tile for tile in figures(full) if tile[0] not in now]
            assert page.view["left"][index] == wording.time_left(full)
            assert page.view["activity"][index] == wording.activity(full)
            assert page.view["adjusted"] == both_notes(full.adjusted)
    assert (page.view["state"], page.view["step"]) == (full.state, full.step)
    assert page.view["total_steps"] == full.total_steps
    losses = [(point.step, point.loss) for point in full.points if point.loss is not None]
    assert page.curve("loss") == losses
    smoothed = zip(full.points, full.smoothed, strict=True)
    expected = [(point.step, value) for point, value in smoothed if value is not None]
    assert page.curve("smoothed") == expected
    assert page.curve("loss", "evaluations") == [
        (one.step, one.loss) for one in full.evaluations if one.loss is not None
    ]
    static = ("checkpoint", "resume", "command")
    marks = [(mark["kind"], mark["step"]) for mark in page.marks if mark["kind"] in static]
    assert marks == [(mark.kind, mark.step) for mark in full.marks]
    return True


def both_notes(notes):
    out = []
    for note in notes:
        pair = []
        for lang in ("en", "zh"):
            with messages.speaking(lang):
                pair.append(wording.note_words(note))
        out.append(pair)
    return out


@pytest.mark.parametrize("name", list(stories()))
def test_whatever_pieces_the_events_come_in_page_and_card_agree(folder, name):
    story, _ = stories()[name]
    rough = random.Random(name)
    live, page = LiveRun(folder), Page()
    live.poll()
    left = list(story.events)
    seen = None
    while True:
        few = rough.randint(1, 9)
        append(folder, *left[:few])
        del left[:few]
        live.poll()
        frame = live.frame(page.seq, seen=seen)
        assert page.take(frame)
        seen = frame.view
        assert frame.size < MOST_BYTES
        if not left:
            break
    assert agrees(live, page)
    fresh = Page()
    other = LiveRun(folder)
    other.poll()
    assert fresh.take(other.frame(0))
    assert fresh.tables == page.tables
    assert fresh.marks == page.marks
    fixed = [key for key in page.view if key not in {"seconds", "tiles"}]
    assert {key: fresh.view[key] for key in fixed} == {key: page.view[key] for key in fixed}


def test_a_page_that_missed_frames_asks_once_and_has_everything(folder):
    live, page = LiveRun(folder), Page()
    story = Story().begin().prepare().train(1, 30, evaluate=10)
    append(folder, *story.events[:20])
    live.poll()
    first = live.frame()
    assert page.take(first)
    append(folder, *story.events[20:30])
    live.poll()
    lost = live.frame(page.seq, seen=first.view)
    append(folder, *story.events[30:])
    live.poll()
    late = live.frame(lost.seq, seen=lost.view)
    assert not page.take(late)
    assert page.take(live.frame(page.seq))
    assert agrees(live, page)
    for nonsense in (-1, live.seq + 5):
        assert live.frame(nonsense).content["base"] == 0


def test_only_what_changed_is_said_again(folder):
    live = LiveRun(folder)
    story = Story().begin().prepare().train(1, 5)
    append(folder, *story.events)
    live.poll()
    first = live.frame()
    assert not live.poll()
    time_goes_on = live.frame(first.seq, seen=first.view)
    assert set(time_goes_on.content.get("view", {})) <= {"seconds", "tiles"}
    assert time_goes_on.content["tables"] == []
    append(folder, *Story.train(story, 6, 6).events[-1:])
    live.poll()
    step = live.frame(first.seq, seen=first.view)
    assert step.content["tables"] == [
        {"name": "train", "from": 5, "count": 1, "fields": first.content["tables"][0]["fields"]}
    ]
    assert {"step", "tiles"} <= set(step.content["view"]) <= {
        "step", "tiles", "epoch", "eta_seconds", "left", "seconds", "settable",
    }  # fmt: skip
    assert step.size < 2_000
    assert live.frame(step.seq, seen=step.view | {"seconds": 0}).content["view"].keys() == {
        "seconds"
    }


def test_torn_lines_holes_and_strange_numbers_hide_nothing(folder):
    live, page = LiveRun(folder), Page()
    story = Story().begin().prepare().train(1, 12)
    events = story.events
    for event, seq in zip(events, itertools.count(3, 4), strict=False):
        event["seq"] = seq
    events[9]["seq"] = 10**12  # by hand
    events[10], events[14] = events[14], events[10]
    half = json.dumps(events[12])
    append(folder, *events[:12], torn=half[:20])
    live.poll()
    page.take(live.frame())
    append(folder, torn=half[20:] + "\n[1, 2]\nnonsense\n{}\n")
    append(folder, {"seq": 5, "kind": "of_tomorrow", "x": 1}, {"seq": 7, "kind": "step_logged"})
    append(folder, {"seq": 8, "kind": "step_logged", "step": "three"}, *events[13:])
    live.poll()
    assert page.take(live.frame(page.seq))
    assert agrees(live, page)


def test_steps_in_any_order_stand_in_order_and_the_last_word_counts(folder):
    live, page = LiveRun(folder), Page()
    story = Story().begin().prepare().train(1, 20, evaluate=5, save=0)
    late = story.events[20:]
    random.Random(1).shuffle(late)
    again = {**late[3], "seq": 900, "loss": 0.25}
    append(folder, *story.events[:20])
    for event in [*late, again]:
        append(folder, event)
        live.poll()
        assert page.take(live.frame(page.seq))
    assert agrees(live, page)


def test_values_that_are_none_leave_a_gap(folder):
    live, page = LiveRun(folder), Page()
    story = Story().begin().prepare().train(1, 6)
    story.events[-3] |= {"loss": None, "grad_norm": "inf", "memory_bytes": True}
    story.events[-2] |= {"loss": float("nan")}
    append(folder, *story.events)
    live.poll()
    page.take(live.frame())
    assert [step for step, _ in page.curve("loss")] == [1, 2, 3, 6]
    assert [step for step, _ in page.curve("grad_norm")] == [1, 2, 3, 5, 6]
    assert agrees(live, page)


def test_another_metric_becomes_a_column_and_evaluations_have_theirs(folder):
    live, page = LiveRun(folder), Page()
    story = Story().begin().prepare().train(1, 3)
    append(folder, *story.events)
    live.poll()
    page.take(live.frame())
    story.say("step_logged", step=4, loss=1.0, tokens=5200, rewards_margin=0.5, note="words")
    story.say("evaluated", step=4, epoch=0.1, loss=1.5, seconds=1.0, metrics={"accuracy": 0.75})
    append(folder, *story.events[-2:])
    live.poll()
    frame = live.frame(page.seq)
    assert frame.content["base"] == 0  # the columns are others now
    assert page.take(frame)
    assert page.curve("rewards_margin") == [(4, 0.5)]
    assert "note" not in page.tables["train"]
    assert page.curve("accuracy", "evaluations") == [(4, 0.75)]
    assert page.curve("tokens", "evaluations") == [(4, 5200.0)]
    assert [mark["kind"] for mark in page.marks][-1] == "evaluation"


def test_a_resume_takes_back_what_came_after_its_checkpoint(folder):
    live, page = LiveRun(folder), Page()
    story = Story().begin().prepare().train(1, 70)
    story.say("sampled", step=60, id="0", prompt="Who?", answer="Nobody", tokens=2, seconds=1.0)
    story.say("adjusted", code="training.set", params={"key": "save_steps", "new": 7, "step": 65})
    append(folder, *story.events)
    live.poll()
    first = live.frame()
    assert page.take(first)
    assert len(page.curve("loss")) == 70
    before = len(story.events)
    story.begin().say("run_resumed", from_step=50, checkpoint="checkpoints/step-000050")
    story.prepare().train(51, 55)
    append(folder, *story.events[before:])
    live.poll()
    frame = live.frame(page.seq, seen=first.view)
    assert frame.content["base"] == 0
    assert page.take(frame)
    assert len(page.curve("loss")) == 55
    assert page.view["samples"] == []
    assert {"key": "save_steps", "value": None} in page.view["settable"]
    assert agrees(live, page)


def test_a_file_that_was_replaced_is_read_anew(folder):
    live, page = LiveRun(folder), Page()
    append(folder, *Story().begin().prepare().train(1, 30).events)
    live.poll()
    page.take(live.frame())
    folder.events.unlink()
    append(folder, *Story().begin().prepare().train(1, 3).events)
    live.poll()
    assert page.take(live.frame(page.seq))
    assert len(page.curve("loss")) == 3


def test_twenty_thousand_steps_come_in_small_frames_and_a_reload_shows_their_extremes(folder):
    live, page = LiveRun(folder), Page()
    story = Story().begin().prepare(20_000)
    story.train(1, 20_000, total=20_000, evaluate=500, save=1000)
    spike = next(event for event in story.events if event.get("step") == 12_345)
    spike |= {"loss": 99.0}
    lines = [json.dumps(event) + "\n" for event in story.events]
    sizes, seen = [], None
    with open(folder.events, "a") as file:
        for start in range(0, len(lines), 400):
            file.writelines(lines[start : start + 400])
            file.flush()
            live.poll()
            frame = live.frame(page.seq, seen=seen)
            assert page.take(frame)
            seen = frame.view
            sizes.append(frame.size if start else 0)
    assert max(sizes) < MOST_BYTES
    assert max(page.curve("loss"), key=lambda one: one[1]) == (12_345, 99.0)
    reloaded = Page()
    whole = live.frame(0)
    assert reloaded.take(whole)
    assert whole.content["tables"][0]["count"] <= 5_000
    curve = reloaded.curve("loss")
    assert (curve[0][0], curve[-1][0]) == (1, 20_000)
    assert (12_345, 99.0) in curve
    small = live.frame(0, most_points=300, most_bytes=MOST_BYTES)
    assert small.size < MOST_BYTES
    assert Page().take(small)
    assert small.content["tables"][0]["count"] > 100


def test_names_prompts_and_answers_stay_text_and_small_whatever_is_in_them(tmp_path):
    evil = "<script>alert(1)</script>\u202e\x1b[31m\ud800" + "长" * 5_000
    folder = live_folder(tmp_path)
    meta = json.loads(folder.meta_file.read_text()) | {"name": evil}
    folder.meta_file.write_text(json.dumps(meta))
    story = Story().begin().prepare().train(1, 3)
    for step in range(1, 60):
        story.say("sampled", step=step, id="0", prompt=evil, answer=evil, tokens=9, seconds=1.0)
        story.say("warned", code="views.test_" + "x" * step, params={"file": evil, "n": step})
    story.say("command_answered", id=evil, command="save", ok=False, code=evil, params={"a": evil})
    story.say("run_failed", step=3, error={**error_json(), "params": {"metric": evil, "names": ""}})
    append(folder, *story.events)
    live = LiveRun(folder)
    live.poll()
    frame = live.frame(0)
    assert frame.size < MOST_BYTES
    shown = json.dumps(frame.content, ensure_ascii=False).encode()  # no half characters
    assert "<script>alert(1)</script>" in frame.content["view"]["samples"][0]["prompt"]
    assert b"\x1b" not in shown
    card = html.card(summarize(folder))
    assert "<script" not in card
    assert "&lt;script&gt;alert(1)" in card


def test_what_may_be_done_depends_on_the_run(folder):
    live = LiveRun(folder)
    story = Story().begin()
    append(folder, *story.events)
    live.poll()
    assert live.frame().view["can"] == dict.fromkeys(
        ("save", "evaluate", "sample", "set"), False
    ) | {"stop": True}
    before = len(story.events)
    story.prepare().train(1, 2)
    story.say("adjusted", code="training.set", params={"key": "save_steps", "new": 7, "step": 2})
    story.say("command_answered", id="ab", command="set", ok=True)
    append(folder, *story.events[before:])
    live.poll(at_once=True)
    view = live.frame().view
    assert all(view["can"].values())
    assert {"key": "save_steps", "value": 7.0} in view["settable"]
    assert [one["id"] for one in view["commands"]] == ["ab"]
    assert view["commands"][0]["text"] == ["", ""]  # the page says that it is done
    append(
        folder, {"seq": 999, "kind": "run_finished", "step": 2, "attempt": 1, "result": "result"}
    )
    live.poll()
    view = live.frame().view
    assert (view["state"], view["live"]) == ("finished", False)
    assert not any(view["can"].values())


def test_a_run_that_is_deleted_while_it_is_shown_says_so(folder):
    live = LiveRun(folder)
    append(folder, *Story().begin().events)
    live.poll()
    folder.path.rename(folder.path.with_name("elsewhere"))
    with pytest.raises(FtError) as caught:
        live.poll(at_once=True)
    assert caught.value.code == "run.folder_lost"
