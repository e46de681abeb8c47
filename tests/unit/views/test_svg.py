"""A chart shows what it is given, to eyes and to screen readers."""

import re

import pytest

from ftkernel.views import digits, svg
from ftkernel.views.charts import charts
from ftkernel.views.svg import Chart, Line, Tick
from tests.unit.views.page import Page
from tests.unit.views.support import Story, stories


def _chart(**more) -> Chart:
    given = {
        "title": "loss",
        "description": "falls",
        "lines": [Line("raw", [(1.0, 2.0), (2.0, 1.0)], "#3b82f6")],
        "last_step": 2,
    }
    return Chart(**{**given, **more})


def test_a_chart_has_a_name_and_a_description_for_those_who_do_not_see_it():
    page = Page(svg.draw(_chart(), "v"))
    (tag, attributes) = page.tags[0]
    assert (tag, attributes["role"], attributes["aria-labelledby"]) == ("svg", "img", "v-t v-d")
    assert page.ids() == ["v-t", "v-d"]


def test_nothing_but_title_and_description_is_left_where_svg_is_taken_away():
    """JupyterLab does so in a notebook that somebody else has run, and keeps the text inside."""
    ticks = [Tick(1, "triangle"), Tick(2, "line")]
    assert Page(svg.draw(_chart(ticks=ticks))).text == "loss : falls"
    assert Page(svg.sample(_chart().lines[0])).text == ""


def test_lines_differ_in_more_than_colour():
    looks = ("thin", "thick", "dashed")
    lines = [Line(look, [(1.0, 2.0), (2.0, 1.0)], "#3b82f6", look) for look in looks]
    drawn = svg.draw(_chart(lines=lines))
    assert len(set(re.findall(r'stroke-width="[\d.]+"', drawn))) == 3
    assert drawn.count("stroke-dasharray") == 1
    assert drawn.count("<circle") == 2
    assert len({svg.sample(line) for line in lines}) == 3


def test_one_point_is_a_dot():
    drawn = svg.draw(_chart(lines=[Line("raw", [(1.0, 2.0)], "#3b82f6", "thin")]))
    assert drawn.count("<circle") == 1


def test_every_place_lies_inside_the_chart():
    lines = [Line("raw", [(0.0, 5.0), (3.0, -5.0), (9.0, 1e9)], "#3b82f6")]
    drawn = svg.draw(_chart(lines=lines, last_step=5))
    (path,) = re.findall(r'd="M([\d. L-]+)"', drawn)
    for place in path.split("L"):
        across, down = map(float, place.split())
        assert 0 <= across <= 640
        assert 0 <= down <= 210


def test_marks_never_run_together_and_the_last_is_kept():
    ticks = [Tick(step, "triangle") for step in range(5_000)]
    drawn = svg.draw(_chart(last_step=4_999, ticks=[Tick(7, "line"), *ticks]))
    assert 30 < drawn.count("l4 6h-8z") <= 60
    assert drawn.count('stroke-dasharray="2 3"') == 1
    assert re.findall(r"M([\d.]+) [\d.]+l4 6h-8z", drawn)[-1] == "632.0"


def test_a_number_stands_where_its_anchor_says():
    wide = digits.width("200")
    assert wide == pytest.approx(3 * 5.9 - 1.9)
    starts = [
        float(re.findall(r"M([\d.]+)", digits.strokes("200", 100, 0, anchor))[0])
        for anchor in ("start", "middle", "end")
    ]
    assert starts == pytest.approx([100.3, 100.3 - wide / 2, 100.3 - wide], abs=0.06)


def test_every_label_can_be_written():
    for char in "0123456789.,-e":
        assert digits.strokes(char, 0, 0).startswith("M")
    assert digits.strokes("–", 0, 0) == ""


def test_a_run_without_steps_has_no_chart():
    assert charts(stories()["starting"][0].summary("starting")) == []


def test_the_axis_ends_at_the_last_step_or_a_round_one_while_it_lives():
    story = Story().begin().prepare().train(1, 30)
    assert charts(story.summary("died"))[0].last_step == 30
    assert charts(story.summary("running"))[0].last_step == 50
    assert charts(story.train(31, 120).summary("running"))[0].last_step == 200


def test_a_resume_is_a_line_and_a_checkpoint_a_triangle():
    story, state = stories()["stopped"]
    assert charts(story.summary(state))[0].ticks == [
        Tick(50, "line"),
        Tick(50, "triangle"),
        Tick(100, "triangle"),
        Tick(140, "triangle"),
    ]


def test_a_curve_is_told_in_a_sentence():
    story = Story().begin().prepare(10)
    for step, loss in ((1, 2.0), (2, 0.5), (3, 1.0)):
        story.say("step_logged", step=step, loss=loss)
    assert charts(story.summary("finished"))[0].description == (
        "loss from 2.000 at step 1 to 1.000 at step 3; lowest 0.5000 at step 2."
    )
