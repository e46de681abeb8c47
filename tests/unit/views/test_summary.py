"""A summary is drawn from events alone, whatever they are."""

import json

import pytest

from ftkernel.errors import FtError
from ftkernel.runs.event_log import read_events
from ftkernel.runs.events import EVENTS
from ftkernel.runs.folder import RunFolder, write_json
from ftkernel.views import bundle
from ftkernel.views.gather import TAKE
from ftkernel.views.mime import MIME
from ftkernel.views.shape import Evaluation, Mark, Note, Phase
from ftkernel.views.summary import summarize, summarize_events
from tests.unit.views.support import BEGIN, META, Story, error_json, stories, tokenizing


def test_a_running_run_tells_where_it_is():
    summary = Story().begin().prepare().train(1, 120, evaluate=25).summary("running")
    assert (summary.step, summary.total_steps, summary.attempt) == (120, 200, 1)
    assert summary.epoch == pytest.approx(1.8)
    assert summary.eta_seconds == pytest.approx(64)
    assert summary.phase == Phase("training")
    assert [one.step for one in summary.evaluations] == [25, 50, 75, 100]
    assert [one.step for one in summary.checkpoints] == [50, 100]
    assert summary.model is not None
    assert summary.model.percent == 3.5
    assert summary.model_name == "smollm2-135m"
    assert summary.peak_memory == 980_000_120
    assert summary.tokens_per_second == pytest.approx(
        1300 / 0.8
    )  # not the mean of the steps' own speeds


def test_steps_that_a_resume_superseded_are_gone():
    story, state = stories()["stopped"]
    first = next(event for event in story.events if event.get("step") == 60)
    summary = story.summary(state)
    assert [point.step for point in summary.points] == list(range(1, 141))
    assert summary.points[59].loss != first["loss"]
    assert Mark("resume", 50, "2") in summary.marks
    assert [mark.step for mark in summary.marks if mark.kind == "checkpoint"] == [50, 100, 140]
    assert summary.attempt == 2
    assert summary.stop_reason == "command"
    assert summary.eta_seconds is None


def test_what_was_said_twice_is_shown_once():
    story = Story().begin().begin()
    story.say("warned", code="x", params={"a": 1}).say("warned", code="x", params={"a": 2})
    summary = story.summary("running")
    assert summary.adjusted == (Note("views.test_adjusted", {"dtype": "float32"}),)
    assert [note.params for note in summary.warned] == [{"a": 1}, {"a": 2}]


def test_what_the_recipe_noted_comes_first():
    meta = {**META, "recipe": {"notes": [{"code": "recipe.moved", "params": {"name": "n"}}]}}
    summary = summarize_events(Story().begin().events, meta, "starting")
    assert [note.code for note in summary.adjusted] == ["recipe.moved", "views.test_adjusted"]


def test_what_the_recipe_noted_and_the_worker_said_too_is_shown_once():
    meta = {**META, "recipe": {"notes": [{"code": "x", "params": {"pairs": "a = b"}}]}}
    story = Story().say("adjusted", code="x", params={"pairs": "a = b"})
    assert len(summarize_events(story.events, meta, "starting").adjusted) == 1


def test_a_deleted_checkpoint_is_not_listed():
    story = Story().begin().prepare().train(1, 100)
    story.say("checkpoint_deleted", step=50, path="checkpoints/step-000050")
    assert [one.step for one in story.summary("running").checkpoints] == [100]


def test_progress_of_a_phase_is_kept_until_the_next():
    assert tokenizing().summary("starting").phase == Phase("tokenizing", 1200, 5000, "rows")
    assert tokenizing().say("phase_started", phase="preparing").summary("starting").phase == Phase(
        "preparing"
    )


def test_an_error_is_shown_only_while_the_run_stands_failed():
    story, _ = stories()["failed"]
    assert story.summary("failed").error == error_json()
    assert story.begin().summary("starting").error is None


def test_the_lifetime_counts_attempts_and_not_the_time_between():
    story = Story().begin()
    story.now += 10_000
    story.begin()
    assert story.summary("died").seconds == pytest.approx(3.0)
    assert story.summary("running", now=story.now + 5).seconds == pytest.approx(8.0)


def test_an_evaluation_without_a_number_is_kept_without_one():
    story = Story().begin().say("evaluated", step=3, epoch=0.1, loss=float("nan"), seconds=1.0)
    assert story.summary("running").evaluations == (Evaluation(3, None, 1.0),)


def test_merges_come_from_events_and_from_elsewhere():
    story, state = stories()["finished"]
    summary = story.summary(state, merges=[{"path": "other", "kl": 1e-9}])
    assert [merge.path for merge in summary.merges] == ["merged", "other"]


def test_the_smoothed_loss_begins_at_the_loss_and_follows_it():
    summary = Story().begin().prepare().train(1, 200).summary("running")
    assert summary.smoothing_span == 7
    assert summary.smoothed[0] == summary.points[0].loss
    assert summary.last_smoothed == pytest.approx(summary.losses[-1], abs=0.2)


def test_every_kind_of_event_is_known():
    assert {event.KIND for event in EVENTS} == set(TAKE)


@pytest.mark.parametrize("name", stories())
def test_a_file_cut_at_any_place_is_still_a_picture(name, tmp_path):
    story, _ = stories()[name]
    path = tmp_path / "events.jsonl"
    lines = [json.dumps(event).encode() + b"\n" for event in story.events]
    whole = b"".join(lines)
    ends = [sum(map(len, lines[:index])) for index in range(len(lines) + 1)]
    cuts = [*ends[:25], *(end - 7 for end in ends[1:25]), *ends[25::20], *ends[-3:]]
    states = ("starting", "running", "finished", "stopped", "failed", "died")
    for number, cut in enumerate(cuts):
        path.write_bytes(whole[:cut])
        state = states[number % len(states)]
        summary = summarize_events(read_events(path), META, state)
        assert set(bundle.mime_bundle(summary)) >= {"text/html", "text/plain"}


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"kind": None},
        {"kind": ["step_logged"]},
        {"kind": "of_tomorrow", "step": 3},
        {"kind": "step_logged"},
        {"kind": "step_logged", "step": "3"},
        {"kind": "step_logged", "step": 3, "loss": "low", "epoch": [], "memory_bytes": 1e400},
        {"kind": "step_logged", "step": 3, "loss": float("inf"), "learning_rate": float("nan")},
        {"kind": "evaluated", "step": None},
        {"kind": "run_resumed", "from_step": None},
        {"kind": "data_prepared", "refusals": ["x", {"first": [1, 2]}, {"params": 3}]},
        {"kind": "phase_progressed", "phase": 3, "done": "x", "total": -1},
        {"kind": "adjusted", "code": 7, "params": [1]},
        {"kind": "model_loaded", "percent": "all", "parameters": 10**400},
        {"kind": "run_failed", "error": {"code": "x", "params": {"where": 1}, "where": {"no": 2}}},
        {"kind": "run_failed", "error": {"problems": [3]}},
        {"kind": "run_failed", "error": "oops"},
        {"kind": "checkpoint_saved", "step": 3, "path": None},
        {"kind": "merge_verified", "kl": None},
        {"kind": "plan_made", "total_steps": -4},
    ],
)
def test_a_broken_event_never_breaks_the_picture(broken):
    for state in ("running", "failed", "stopped"):
        story = Story().begin().prepare().train(1, 5)
        story.events.append(broken)
        summary = story.summary(state)
        assert [point.step for point in summary.points] == [1, 2, 3, 4, 5]
        for drawn in (summary, summarize_events([broken], {}, state)):
            card = bundle.mime_bundle(drawn)
            assert json.loads(json.dumps(card[MIME], allow_nan=False))["state"] == state
            assert card["text/html"].startswith("<div")
            assert state in card["text/plain"]


def test_an_unknown_state_is_drawn_as_created():
    assert summarize_events([], {"created": BEGIN}, "levitating").state == "created"


def test_a_folder_tells_everything_about_a_run(tmp_path):
    folder = RunFolder(tmp_path / "first")
    story, _ = stories()["finished"]
    for name in ("chat", "merges"):
        (folder.path / name).mkdir(parents=True)
    write_json(folder.meta_file, META)
    write_json(folder.recipe_json, {"values": {"model_name_or_path": {"base": "tiny"}}})
    folder.events.write_text("".join(json.dumps(event) + "\n" for event in story.events))
    write_json(folder.path / "merges" / "b.json", {"path": "later", "t": 2.0})
    write_json(folder.path / "merges" / "c.json", {"path": "sooner", "t": 1.0})
    lines = [("user", ""), ("assistant", "base"), ("assistant", "tuned")]
    (folder.chat / "a.jsonl").write_text(
        "".join(
            json.dumps({"role": role, "side": side, "content": side}) + "\n" for role, side in lines
        )
    )
    summary = summarize(folder)
    assert (summary.state, summary.step, summary.model_name) == ("finished", 200, "tiny")
    assert [merge.path for merge in summary.merges] == ["merged", "sooner", "later"]
    assert [sample.tuned for sample in summary.samples] == ["tuned"]


def test_a_lost_folder_is_said(tmp_path):
    with pytest.raises(FtError) as caught:
        summarize(RunFolder(tmp_path / "gone"))
    assert caught.value.code == "run.folder_lost"
