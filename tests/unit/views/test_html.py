"""The card says what there is to say, and nothing in it can act."""

import copy
import dataclasses
import json
from collections.abc import Iterator
from typing import Any

import pytest

from ftkernel import messages
from ftkernel.views import html, mime, table, text
from ftkernel.views.shape import Sample
from ftkernel.views.summary import summarize_events
from tests.unit.views.page import Page
from tests.unit.views.support import META, Story, stories, tokenizing

HOSTILE = (
    "\"><img src=x onerror=alert(1)>'<script>alert(2)</script>&amp;\x1b[31m\x00\ud800\u202e{0.x}"
)


def _card(name: str, **options: Any) -> Page:
    story, state = stories()[name]
    return Page(html.card(story.summary(state), **options))


@pytest.mark.parametrize("name", stories())
def test_every_card_is_well_formed_and_still(name):
    page = _card(name, live=True)
    page.assert_harmless()
    assert "first" in page.text
    story, state = stories()[name]
    assert ("svg" in dict(page.tags)) == bool(story.summary(state).points)


def test_a_card_says_what_the_run_is_and_how_far():
    shown = _card("running").text
    for words in (
        "first", "▶ running", "smollm2-135m · lora", "training · step 120 of 200 · epoch 1.80",
        "about 1 min 04 s left", "loss", "evaluation loss", "1,625 tokens/s", "980 MB",
        "1.10 GB expected", "4.88 M", "of 135 M (3.50%)", "learning rate", "gradient norm", "tokens per second",
        "each step", "smoothed (EMA, 7 steps)", "held-out rows", "▲ checkpoint",
    ):  # fmt: skip
        assert words in shown


def test_a_card_has_every_score_of_the_evaluations():
    story = Story().begin().prepare().train(1, 10)
    for step, accuracy in ((5, 0.5), (10, 0.75)):
        story.say("evaluated", step=step, loss=2.0, metrics={"acc": accuracy, HOSTILE: 1.0})
    page = Page(html.card(story.summary("finished")))
    page.assert_harmless()
    assert "acc (held-out rows) 0.500 → 0.750" in page.text


def test_a_card_draws_an_absurd_loss_nowhere_and_tells_of_it():
    story = Story().begin().prepare().train(1, 20)
    logged = [one for one in story.events if one["kind"] == "step_logged"]
    logged[9]["loss"] = 1e308
    summary = story.summary("finished")
    assert "1 value lies far outside" in Page(html.card(summary)).text
    assert summary.last_smoothed is not None
    assert summary.last_smoothed < 10


def test_a_card_says_what_was_adjusted_and_what_became_of_the_rows():
    shown = _card("finished").text
    for words in (
        "What was adjusted views.test_adjusted (dtype=float32)",
        "Please note views.test_warned (count=12)",
        "5,000 rows (instruction, input, output): 4,958 to train on, 20 held out",
        "812,345 tokens, 301,222 of them trained (37.1%); the longest row has 1,402",
        "3 rows were cut at the end",
        "22 rows were left out",
        "22: views.test_refused (column=output) (first at rows.jsonl:17)",
        "merged: mean KL 3.2e-9 (bound 1e-6), token agreement 100%",
    ):
        assert words in shown


def test_progress_before_the_first_step_is_that_of_the_phase():
    page = Page(html.card(tokenizing().summary("starting")))
    (bar,) = [attrs for _, attrs in page.tags if attrs.get("role") == "progressbar"]
    assert bar["aria-valuenow"] == "24"
    assert "tokenizing: 1,200 of 5,000 rows" in page.text


def test_an_error_is_shown_with_its_place_and_what_to_do():
    shown = _card("failed").text
    assert "A run has no metric 'speed'. at line 3: metric There are: loss." in shown
    assert "%ft resume first starts it again from the beginning; %ft log first shows" in shown
    stopped = _card("stopped").text
    assert "%ft resume first goes on from its last checkpoint; %ft log first shows" in stopped


def test_a_dead_run_says_why_it_died():
    story, state = stories()["died"]
    error = {"code": "views.unknown_metric", "params": {"metric": "m", "names": "n"}}
    assert "A run has no metric 'm'." in Page(html.card(story.summary(state, error=error))).text


@pytest.mark.parametrize(
    ("name", "live", "words"),
    [
        ("running", True, "Live when saved; %ft show first shows it as it is now."),
        ("finished", False, "%%chat first asks the tuned model; %ft merge first --to FOLDER"),
        ("stopped", False, "stopped on request · step 140 of 200"),
    ],
)
def test_the_footer_says_what_to_type(name, live, words):
    assert words in _card(name, live=live).text


def test_a_run_that_is_shown_once_does_not_claim_to_be_live():
    assert "Live when saved" not in _card("running").text


def test_two_cards_on_a_page_share_no_id():
    story, state = stories()["finished"]
    both = Page(html.card(story.summary(state)) + html.card(story.summary(state)))
    assert len(both.ids()) == len(set(both.ids())) == 16


def test_ids_can_be_chosen_so_that_a_card_is_the_same_again():
    story, state = stories()["finished"]
    summary = story.summary(state)
    assert html.card(summary, view="a") == html.card(summary, view="a")


def test_a_card_speaks_chinese(monkeypatch):
    monkeypatch.setenv("FTKERNEL_LANG", "zh")
    shown = _card("running", live=True).text
    for words in (
        "运行中",
        "正在训练 · 第 120 / 200 步",
        "约剩 1 分 04 秒",
        "自动调整",
        "保存时仍在运行",
    ):
        assert words in shown


def test_answers_before_and_after_stand_side_by_side():
    story, state = stories()["finished"]
    summary = story.summary(state)
    pair = Sample("Who?", "A model.", "<b>Ftk.</b>")
    page = Page(html.card(dataclasses.replace(summary, samples=(pair,))))
    page.assert_harmless()
    assert "Before and after Who? base model A model. tuned model <b>Ftk.</b>" in page.text


def test_a_run_of_20_000_steps_stays_small():
    story = Story().begin().prepare(20_000).train(1, 20_000, total=20_000, evaluate=100, save=50)
    summary = story.summary("running")
    assert len(html.card(summary).encode()) < 100_000
    assert len(html.card(summary).encode()) < 80_000, "with room for texts"
    assert len(Page(html.card(summary)).tags) < 1_000


def test_long_lists_are_cut_and_counted():
    story = Story().begin()
    for number in range(1_000):
        story.say(
            "warned", code="views.test_warned", params={"number": number, "long": "x" * 5_000}
        )
    source = html.card(story.summary("running"))
    assert "and 988 more" in Page(source).text
    assert len(source) < 20_000


def _fields(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths of all texts in JSON, but for the kinds of events."""
    if isinstance(value, dict):
        for key, item in value.items():
            if key != "kind":
                yield from _fields(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _fields(item, (*path, index))
    elif isinstance(value, str):
        yield path


def _with(value: Any, path: tuple[Any, ...], text_: str) -> Any:
    changed = copy.deepcopy(value)
    inner = changed
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = text_
    return changed


def _hostile_runs() -> Iterator[tuple[str, tuple[Any, ...], Any, str]]:
    for name in ("stopped", "failed", "finished", "tokenizing"):
        story, state = stories()[name]
        seen: set[tuple[Any, ...]] = set()
        whole = {"events": story.events, "meta": META}
        for path in _fields(whole):
            kind = story.events[path[1]]["kind"] if path[0] == "events" else "meta"
            if (kind, *path[2:], path[-1]) not in seen:
                seen.add((kind, *path[2:], path[-1]))
                yield name, path, whole, state


def test_whatever_is_written_into_a_run_is_only_shown():
    tried = 0
    for name, path, whole, state in _hostile_runs():
        changed = _with(whole, path, HOSTILE)
        summary = summarize_events(changed["events"], changed["meta"], state)
        for source in (html.card(summary, live=True), table.runs_table([summary])):
            Page(source).assert_harmless()
            source.encode("utf-8")
            assert "\x1b" not in source, (name, path)
        for line in (text.two_lines(summary), text.progress_line(summary)):
            line.encode("utf-8")
            assert not {"\x1b", "\x00", "\u202e"} & set(line), (name, path)
        json.dumps(mime.run_json(summary), ensure_ascii=False).encode("utf-8")
        tried += 1
    assert tried > 60


def test_a_hostile_name_is_shown_as_it_is():
    summary = summarize_events([], {**META, "name": "<script>alert(1)</script>"}, "created")
    assert "<script>alert(1)</script>" in Page(html.card(summary)).text


def test_a_logarithmic_loss_can_be_asked_for():
    story, state = stories()["finished"]
    summary = story.summary(state)
    assert html.card(summary, view="a", log=True) != html.card(summary, view="a")
    assert messages.text("views.chart.loss") in Page(html.card(summary, log=True)).text
