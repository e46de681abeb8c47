"""The live view in a real browser, fed as a kernel feeds it: looks, keys, zoom, bounds, attacks."""

import base64
import json
import math
from pathlib import Path
from typing import Any

import pytest

from ftkernel.runs.folder import RunFolder
from ftkernel.views.live import LiveRun
from tests.browser.live_page import AXE, DARK, LIGHT, feed, frame, give_plotly, open_page, steps
from tests.browser.live_page.pictures import MOMENTS, TOTAL, view
from tests.unit.views.support import META, stories

pytestmark = pytest.mark.browser

_OVERFLOWING = """() => [...document.querySelectorAll('.ft-root *')]
  .filter(one => !one.closest('svg, .ft-strip') && one.getBoundingClientRect().width > 0)
  .filter(one => one.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5)
  .map(one => one.outerHTML.slice(0, 80))"""

_AXE = """() => axe.run(document.getElementById('here')).then(found => found.violations.map(
  one => [one.id, one.impact, one.nodes.map(node => node.html.slice(0, 120))]))"""

_DATA = "() => document.querySelector('.js-plotly-plot').data.map(one => [[...one.x], [...one.y]])"

_GONE = """() => new Promise(resolve => new IntersectionObserver(
  found => found[0].isIntersecting || resolve(), { rootMargin: '200px' }
).observe(document.querySelector('.ft-root')))"""

_RANGE = "() => [...document.querySelector('.js-plotly-plot')._fullLayout.xaxis.range]"


@pytest.fixture
def opened(browser):
    """Opens pages that are closed at the end; none may have met an error."""
    pages = []

    def make(**options: Any) -> Any:
        pages.append(open_page(browser, **options))
        return pages[-1]

    yield make
    for page in pages:
        assert page.errors == []
        page.context.close()


def plotted(page: Any) -> None:
    page.wait_for_selector(".js-plotly-plot .scatterlayer .trace")


LOOKS = {
    "narrow, light": {"width": 320, "theme": LIGHT},
    "dark, Chinese": {"width": 940, "theme": DARK, "dark": True, "language": "zh"},
    "wide, without Jupyter, dark": {"width": 1600, "dark": True},
}


@pytest.mark.parametrize("look", LOOKS)
def test_nothing_is_cut_off_and_axe_finds_nothing(opened, look):
    if not AXE.is_file():
        pytest.skip("axe is not installed: make setup-test")
    page = opened(**LOOKS[look])
    page.add_script_tag(path=str(AXE))
    for moment in ("before", "failed", "running", "finished"):
        feed(page, *MOMENTS[moment]())
        if moment != "before":
            plotted(page)
        if moment == "running":
            page.locator(".ft-top button").last.click()
        assert page.evaluate(_OVERFLOWING) == [], moment
        if moment in ("failed", "running"):
            assert page.evaluate(_AXE) == [], moment


@pytest.mark.parametrize("width", [320, 500])
def test_a_narrow_chart_names_three_steps_and_more_also_when_zoomed(opened, width):
    page = opened(width=width, theme=LIGHT)
    feed(page, *MOMENTS["running"]())
    plotted(page)
    names = "() => [...document.querySelectorAll('.xtick text')].map(one => one.textContent)"
    told = [page.evaluate(names)]
    box = page.locator(".ft-plot").bounding_box()
    at = box["y"] + 60
    page.mouse.move(box["x"] + 100, at)
    page.mouse.down()
    page.mouse.move(box["x"] + 150, at, steps=5)
    page.mouse.up()
    page.get_by_role("button", name="Show all").wait_for()
    page.wait_for_function(f"told => ({names})().join() !== told", arg=",".join(told[0]))
    told.append(page.evaluate(names))
    for one in told:
        assert len(one) >= 3
        assert all(name.isdigit() for name in one)


_BROKEN = """() => {
  const text = document.querySelector('.ft-signs').firstChild, range = document.createRange();
  return [...text.data.matchAll(/[^ ]+/g)].filter(({ 0: word, index }) => {
    range.setStart(text, index);
    range.setEnd(text, index + word.length);
    return new Set([...range.getClientRects()].map(one => one.top)).size > 1;
  }).map(one => one[0]);
}"""


def test_the_name_of_a_sign_is_not_broken_over_lines(opened):
    page = opened(width=320, theme=LIGHT, language="zh")
    feed(page, *MOMENTS["running"]())
    plotted(page)
    assert page.evaluate(_BROKEN) == []


def test_before_the_first_loss_the_phase_and_its_progress_are_told(opened):
    page = opened(theme=LIGHT, motion="reduce")
    feed(page, *MOMENTS["before"]())
    bar = page.get_by_role("progressbar")
    assert bar.get_attribute("aria-valuenow") == "24"
    assert page.get_by_text("tokenizing: 1,200 of 5,000 rows").first.is_visible()
    assert not page.locator(".ft-charts").is_visible()
    feed(page, frame(5, 6, view={"phase": {"text": ["loading", "加载"], "part": None}}))
    assert bar.get_attribute("aria-valuenow") is None
    assert page.evaluate("document.getAnimations().length") == 0


def test_something_is_drawn_before_plotly_is_there_and_then_plotly_draws_it(opened):
    page = opened(theme=LIGHT, plotly=False)
    assert [one["kind"] for one in page.evaluate("live.sent")] == ["asset", "hello"]
    feed(page, *MOMENTS["running"]())
    assert page.locator(".ft-plot-image svg path[fill=none]").count() >= 3
    assert page.get_by_role("img").get_attribute("aria-label").startswith("loss. each step from")
    # Another Plotly and a module loader on the page are neither used nor touched.
    page.evaluate("() => { window.Plotly = 'theirs'; window.define = () => { window.hit = 1; };"
                  "window.define.amd = {}; }")  # fmt: skip
    give_plotly(page)
    plotted(page)
    shown = page.evaluate(_DATA)
    assert len(shown[0][0]) == 262
    assert page.evaluate("[window.Plotly, window.hit]") == ["theirs", None]


def test_points_are_added_and_the_zoom_stays(opened):
    page = opened(theme=LIGHT)
    feed(page, *MOMENTS["running"]())
    plotted(page)
    box = page.locator(".ft-plot").bounding_box()
    page.mouse.move(box["x"] + 200, box["y"] + 50)
    page.mouse.down()
    page.mouse.move(box["x"] + 400, box["y"] + 150, steps=4)
    page.mouse.up()
    unzoom = page.get_by_role("button", name="Show all")
    unzoom.wait_for()
    zoomed = page.evaluate(_RANGE)
    assert zoomed[1] - zoomed[0] < 150
    feed(page, frame(300, 320, steps(263, 282, TOTAL), view={"step": 282}))
    assert page.evaluate(_RANGE) == pytest.approx(zoomed)
    assert page.evaluate(_DATA)[0][0][-1] == 282
    unzoom.click()
    page.wait_for_function(f"({_RANGE})()[1] >= 282")
    assert not unzoom.is_visible()


def test_every_quantity_can_be_chosen_by_keyboard_over_everything_else(opened):
    page = opened(theme=LIGHT)
    feed(page, *MOMENTS["running"]())
    plotted(page)
    page.get_by_role("radio", name="loss").focus()
    page.keyboard.press("ArrowDown")
    chosen = page.get_by_role("radio", name="learning rate")
    assert chosen.get_attribute("aria-checked") == "true"
    assert page.evaluate("document.activeElement.getAttribute('aria-checked')") == "true"
    page.get_by_label("Horizontal axis").select_option("time")
    page.get_by_role("button", name="log").press("Enter")
    ((x, y),) = page.evaluate(_DATA)
    assert x[-1] == pytest.approx(0.62 * 262, rel=1e-6)
    assert y[-1] == pytest.approx(steps(262, 262, TOTAL)[0]["learning_rate"], rel=1e-6)
    kind = "document.querySelector('.js-plotly-plot')._fullLayout.yaxis.type"
    assert page.evaluate(kind) == "log"


def test_values_and_marks_are_read_where_one_looks_by_pointer_and_by_keys(opened):
    page = opened(theme=LIGHT)
    feed(page, *MOMENTS["running"]())
    plotted(page)
    slider = page.get_by_role("slider")
    slider.focus()
    page.keyboard.press("End")
    assert slider.get_attribute("aria-valuenow") == "262"
    assert slider.get_attribute("aria-valuetext").startswith("step 262, each step ")
    page.keyboard.press("Home")
    for _ in range(99):
        page.keyboard.press("ArrowRight")
    words = slider.get_attribute("aria-valuetext")
    assert words.startswith("step 100, ")
    assert "held-out rows" in words
    assert "▲ checkpoint: every 100 steps" in words
    page.keyboard.press("Escape")
    assert not page.locator(".ft-hover").is_visible()
    box = page.locator(".ft-plot").bounding_box()
    page.mouse.move(box["x"] + 250, box["y"] + 100)
    assert page.locator(".ft-hover strong").inner_text().startswith("step ")


def test_one_absurd_loss_leaves_the_curve_as_it_is_and_is_told_of(opened):
    page = opened(theme=LIGHT)
    rows = steps(1, 40, 40)
    rows[9]["loss"] = 1e308
    rows[19]["loss"] = -1e12
    feed(page, frame(0, 1, rows, view=view(total_steps=40)))
    plotted(page)
    drawn = page.evaluate(_DATA)
    assert len(drawn[0][0]) == 38
    assert max(value for _, values in drawn for value in values) < 100
    assert page.locator(".ft-legend").get_by_text("2 values lie far outside").is_visible()


def test_a_run_of_20000_steps_keeps_its_spike_and_stays_small(opened):
    page = opened(theme=LIGHT)
    total = 20_000
    rows = steps(1, total, total)
    rows[4_999]["loss"] = 50.0
    feed(page, frame(0, 1, rows[:2_500], view=view(total_steps=total)))
    plotted(page)
    pieces = [rows[at : at + 250] for at in range(2_500, total, 250)]
    feed(page, *(frame(seq, seq + 1, piece) for seq, piece in enumerate(pieces, 1)))
    shown = page.evaluate(_DATA)
    assert max(shown[0][1]) == 50.0
    assert shown[0][0][0] == 1
    assert shown[0][0][-1] == total
    assert all(len(x) <= 5_000 for x, _ in shown)


def test_several_views_of_a_model_share_what_is_known_and_leave_nothing_behind(opened):
    page = opened(theme=LIGHT)
    feed(page, *MOMENTS["running"]())
    plotted(page)
    page.evaluate("live.view()")
    assert page.locator(".ft-name").all_inner_texts() == ["poet-lora", "poet-lora"]
    page.wait_for_function("document.querySelectorAll('.js-plotly-plot').length === 2")
    assert [one["kind"] for one in page.evaluate("live.sent")] == ["asset", "hello"]
    page.evaluate("live.closeViews()")
    feed(page, frame(300, 320, steps(263, 282, TOTAL)))
    assert page.locator(".ft-root").count() == 0
    page.evaluate("live.view()")
    plotted(page)
    assert page.evaluate(_DATA)[0][0][-1] == 282
    page.evaluate("live.close()")
    assert page.evaluate("live.listeners()") == 0


def test_a_view_out_of_sight_draws_nothing_and_is_up_to_date_when_seen(opened):
    page = opened(theme=LIGHT)
    feed(page, *MOMENTS["running"]())
    plotted(page)
    page.evaluate("document.body.style.paddingTop = '4000px'")
    page.evaluate(_GONE)
    feed(page, frame(300, 320, steps(263, 282, TOTAL), view={"step": 282}))
    assert page.evaluate(_DATA)[0][0][-1] == 262
    page.locator(".ft-root").scroll_into_view_if_needed()
    page.wait_for_function(f"({_DATA})()[0][0].at(-1) === 282")


def test_a_hostile_run_does_nothing(opened):
    attack = '<img src=x onerror="window.hit=1"><a href="javascript:window.hit=1">x</a>'
    page = opened(theme=LIGHT)
    content, buffers = frame(
        0, 9, steps(1, 20, 40),
        view=view(name=attack, title=[attack] * 2, activity=[attack] * 2, warned=[[attack] * 2]),
        marks=[{"kind": "command", "step": 20, "detail": [attack, attack]}],
    )  # fmt: skip
    content["tables"][0]["fields"][-1] = attack
    feed(page, (content, buffers))
    plotted(page)
    page.get_by_role("radio", name="<img").click()
    page.get_by_role("slider").focus()
    page.keyboard.press("End")
    assert attack in page.locator(".ft-hover").inner_text()
    assert page.evaluate("window.hit") is None
    assert page.locator(".ft-root img, .ft-root a").count() == 0


def test_what_python_tells_of_a_run_is_drawn_as_it_is(opened, tmp_path):
    story, _ = stories()["stopped"]
    live = LiveRun(_folder(tmp_path, story))
    live.poll()
    told = live.frame()
    page = opened(theme=LIGHT)
    buffers = [base64.b64encode(one).decode() for one in told.buffers]
    feed(page, (json.loads(json.dumps(told.content)), buffers))
    plotted(page)
    losses = {
        one["step"]: one["loss"]
        for one in story.events
        if one["kind"] == "step_logged" and one["loss"] is not None
    }
    x, y = page.evaluate(_DATA)[0]
    assert len(x) == 140
    assert all(math.isclose(losses[int(step)], loss) for step, loss in zip(x, y, strict=True))
    assert "┆" in page.locator(".ft-signs").inner_text()
    assert page.locator(".ft-tile").count() >= 4


def _folder(path: Path, story: Any) -> RunFolder:
    """A run's folder with the events of a story."""
    (path / "run.json").write_text(json.dumps(META))
    (path / "events.jsonl").write_text("".join(json.dumps(one) + "\n" for one in story.events))
    return RunFolder(path)
