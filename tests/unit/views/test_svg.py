"""A chart shows what it is given, to eyes and to screen readers."""

import re

from ftkernel.views import svg
from ftkernel.views.charts import charts
from ftkernel.views.svg import Chart, Line, Tick
from tests.unit.views.page import Page
from tests.unit.views.support import Story, stories


def _chart(**more) -> Chart:
    given = {
        "title": "loss",
        "description": "falls",
        "x_label": "step",
        "lines": [Line("raw", [(1.0, 2.0), (2.0, 1.0)], "#3b82f6")],
        "last_step": 2,
    }
    return Chart(**{**given, **more})


def test_a_chart_has_a_name_and_a_description_for_those_who_do_not_see_it():
    page = Page(svg.draw(_chart(), "v"))
    (tag, attributes) = page.tags[0]
    assert (tag, attributes["role"], attributes["aria-labelledby"]) == ("svg", "img", "v-t v-d")
    assert page.ids() == ["v-t", "v-d"]
    assert page.texts[:2] == ["loss", "falls"]


def test_lines_differ_in_more_than_colour():
    looks = ("thin", "thick", "dashed")
    lines = [Line(look, [(1.0, 2.0), (2.0, 1.0)], "#3b82f6", look) for look in looks]
    drawn = svg.draw(_chart(lines=lines))
    assert len(set(re.findall(r'stroke-width="[\d.]+"', drawn))) == 3
    assert drawn.count("stroke-dasharray") == 2, "in the line and in the legend"
    assert drawn.count("<circle") == 3, "two markers and one in the legend"


def test_one_point_is_a_dot():
    drawn = svg.draw(_chart(lines=[Line("raw", [(1.0, 2.0)], "#3b82f6", "thin")]))
    assert drawn.count("<circle") == 1


def test_every_place_lies_inside_the_chart():
    lines = [Line("raw", [(0.0, 5.0), (3.0, -5.0), (9.0, 1e9)], "#3b82f6")]
    drawn = svg.draw(_chart(lines=lines, last_step=5))
    (path,) = re.findall(r'd="M([\d. L-]+)"', drawn)
    for place in path.split("L"):
        across, down = map(float, place.split())
        assert 0 <= across <= 500
        assert 0 <= down <= 230


def test_marks_have_words_and_never_run_together():
    ticks = [Tick(step, "triangle", f"at {step}") for step in range(5_000)]
    drawn = svg.draw(_chart(last_step=5_000, ticks=[*ticks, Tick(7, "line", "again")]))
    assert drawn.count("<title>at ") <= 60
    assert "<title>again</title>" in drawn


def test_a_legend_without_room_goes_below_the_title():
    long = [Line("x" * 40, [(1.0, 1.0)], "#3b82f6"), Line("y" * 30, [(1.0, 1.0)], "#3b82f6")]
    assert 'y="14.0"' not in svg.draw(_chart(lines=long))
    assert 'y="14.0"' in svg.draw(_chart())


def test_chinese_is_as_wide_as_it_is():
    assert svg.text_width("损失") > 1.5 * svg.text_width("ab")


def test_a_run_without_steps_has_no_chart():
    assert charts(stories()["starting"][0].summary("starting")) == []


def test_the_axis_ends_at_the_last_step_or_a_round_one_while_it_lives():
    story = Story().begin().prepare().train(1, 30)
    assert charts(story.summary("died"))[0].last_step == 30
    assert charts(story.summary("running"))[0].last_step == 50
    assert charts(story.train(31, 120).summary("running"))[0].last_step == 200


def test_a_curve_is_told_in_a_sentence():
    story = Story().begin().prepare(10)
    for step, loss in ((1, 2.0), (2, 0.5), (3, 1.0)):
        story.say("step_logged", step=step, loss=loss)
    assert charts(story.summary("finished"))[0].description == (
        "loss from 2.000 at step 1 to 1.000 at step 3; lowest 0.5000 at step 2."
    )
