"""Twenty thousand steps, and texts that attack, in a real page: it stays small, quick and unhurt."""

import pytest
from playwright.sync_api import CDPSession

from ftkernel.runs.folder import RunFolder
from ftkernel.runs.state import state
from tests.browser.live import SECONDS, curve, waits_for_loss
from tests.browser.live_page import LIGHT, feed, frame, open_page, steps
from tests.browser.live_page.pictures import view
from tests.process.behaviours import ATTACK
from tests.process.support import interpreter
from tests.waiting import wait_until

pytestmark = pytest.mark.browser

TOTAL = 20_000
RECIPE = """%%finetune first
model: smollm2-135m
data: demo
worker_python: {python}
"""


def test_an_update_of_twenty_thousand_steps_takes_a_moment(browser):
    """By the processor's time, since the clock says little on a busy machine."""
    page = open_page(browser, theme=LIGHT)
    feed(page, frame(0, TOTAL - 1000, steps(1, TOTAL - 1000, TOTAL), view=view(total_steps=TOTAL)))
    page.wait_for_selector(".js-plotly-plot .scatterlayer .trace")
    devtools = page.context.new_cdp_session(page)
    devtools.send("Performance.enable", {"timeDomain": "threadTicks"})
    before = seconds_of_work(devtools)
    for seq in range(TOTAL - 1000, TOTAL, 50):
        rows = steps(seq + 1, seq + 50, TOTAL)
        feed(page, frame(seq, seq + 50, rows, view=view(step=seq + 50, total_steps=TOTAL)))
    ticks = page.locator(".js-plotly-plot .xtick text").all_text_contents()
    assert ticks[-1] in {"18k", "20k"}, ticks
    assert (seconds_of_work(devtools) - before) / 20 < 0.030
    assert page.errors == []
    page.context.close()


def seconds_of_work(devtools: CDPSession) -> float:
    """What the page's scripts, styles and layouts have taken so far."""
    names = {"ScriptDuration", "LayoutDuration", "RecalcStyleDuration"}
    told = devtools.send("Performance.getMetrics")["metrics"]
    return sum(one["value"] for one in told if one["name"] in names)


@pytest.mark.timeout(600)
def test_twenty_thousand_steps_stay_small_and_texts_stay_texts(
    open_book, tmp_path, shoot, record_property
):
    book = open_book(
        "%load_ext ftkernel\nimport os; os.environ['FTKERNEL_TEST_BEHAVIOUR'] = 'flood'",
        RECIPE.format(python=interpreter(tmp_path)),
    )
    book.run_cell(0)
    book.run_cell(1)
    shown = book.view(1)
    waits_for_loss(shown)
    shown.get_by_role("button", name="Save").click()
    shown.get_by_text("20,000").first.wait_for(timeout=SECONDS * 1000)
    devtools = book.context.new_cdp_session(book.page)
    devtools.send("HeapProfiler.collectGarbage")
    heap = devtools.send("Runtime.getHeapUsage")["usedSize"]
    record_property("heap", heap)
    assert heap < 300_000_000

    drawn = curve(shown)
    assert 1000 <= len(drawn) <= 5000
    assert (drawn[0], drawn[-1][0]) == ((1, 1.0), 20_000)
    assert shown.locator(".ft-sample-answer").first.inner_text() == ATTACK
    assert shown.locator("li", has_text="onerror").count() >= 2
    shoot(book.page, "flood")
    run = RunFolder(book.folder / "ft-runs" / "first")
    shown.get_by_role("button", name="Stop").click()
    wait_until(lambda: state(run) == "failed", SECONDS)
    book.output(1).get_by_text("failed").first.wait_for()
    shown.wait_for(state="detached", timeout=SECONDS * 1000)
    assert "<script>window.hit=1</script>" in book.output(1).first.inner_text()
    book.reload()
    assert book.page.evaluate("window.hit") is None
    assert book.page.locator(".ftkernel :is(img, script, iframe)").count() == 0
    assert book.said == []
