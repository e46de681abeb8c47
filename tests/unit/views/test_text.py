"""A run in a terminal: two lines, one line, a table."""

from typing import get_args

import pytest

from ftkernel import messages
from ftkernel.runs.events import Phase, SaveReason, StopReason
from ftkernel.views import table, text
from ftkernel.views.shape import State
from tests.unit.views.page import Page
from tests.unit.views.support import Story, stories


def _summary(name):
    story, state = stories()[name]
    return story.summary(state)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("created", "first · ○ created · smollm2-135m\n  no step yet"),
        (
            "tokenizing",
            "first · ◔ starting · tokenizing: 1,200 of 5,000 rows · smollm2-135m\n"
            "  no step yet · 2.5 s",
        ),
        (
            "failed",
            "first · ✕ failed · step 30 of 200 · epoch 0.45 · smollm2-135m\n"
            "  A run has no metric 'speed'.\n"
            "    at line 3: metric\n"
            "    There are: loss.",
        ),
    ],
)
def test_two_lines(name, shown):
    assert text.two_lines(_summary(name)) == shown


@pytest.mark.parametrize("name", [name for name in stories() if name != "failed"])
def test_two_lines_are_two_lines(name):
    assert len(text.two_lines(_summary(name)).splitlines()) == 2


def test_one_line_of_progress():
    story = Story().begin().prepare(4)
    story.say("step_logged", step=3, epoch=0.75, loss=2.5, eta_seconds=65.0)
    assert text.progress_line(story.summary("running")) == (
        "first · training · step 3 of 4 · epoch 0.75 · loss 2.500 · about 1 min left"
    )
    assert text.progress_line(_summary("stopped")).startswith(
        "first · stopped on request · step 140 of 200 · epoch 2.10 · loss 0."
    )


def test_a_table_of_runs_has_a_line_for_each(monkeypatch):
    monkeypatch.setenv("TZ", "UTC")
    lines = text.runs_table([_summary("finished"), _summary("created")]).splitlines()
    assert lines[0].split() == ["name", "state", "step", "loss", "model", "started", "time"]
    assert lines[1].startswith("first  ✓ finished  200/200  ")
    assert lines[2].startswith("first  ○ created   –        –  ")


def test_no_run_is_said_in_words():
    assert text.runs_table([]) == "There is no run yet. %%finetune starts one."
    assert "There is no run yet." in table.runs_table([])


def test_columns_of_chinese_stand_under_each_other():
    assert text.columns([("名称", "x"), ("ab", "y")]) == "名称  x\nab    y"


def test_the_table_of_html_is_harmless_and_whole():
    page = Page(table.runs_table([_summary(name) for name in stories()]))
    page.assert_harmless()
    assert [tag for tag, _ in page.tags].count("tr") == len(stories()) + 1
    assert "✓ finished" in page.text


def test_a_time_that_is_none_is_a_dash():
    assert text.moment(None) == text.moment(1e30) == "–"


def test_every_phase_and_reason_has_words_in_both_languages():
    for group, names in (
        ("phase", get_args(Phase)),
        ("save_reason", get_args(SaveReason)),
        ("stop_reason", get_args(StopReason)),
        ("state", get_args(State)),
    ):
        assert names
        for name in names:
            entry = messages.all_texts()[f"views.{group}.{name}"]
            assert entry.en
            assert entry.zh
