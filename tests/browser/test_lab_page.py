"""The page of a run and the comparison of several, in JupyterLab and Notebook 7."""

import json
import re
import shutil
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
import pytest
from playwright.sync_api import Locator, Page, expect

from ftkernel.recipe.recipe import Recipe
from ftkernel.runs import index
from ftkernel.runs.event_log import read_events
from ftkernel.runs.folder import RunFolder, read_json, write_json
from ftkernel.runs.labels import write_labels
from ftkernel.runs.state import state
from tests.browser.live import SECONDS, grows, press, reaches
from tests.browser.notebook import Notebook
from tests.lab.runs import Runs, id_of, touch_later
from tests.process.training import Run, endless_recipe, small_recipe
from tests.unit.api.folders import make_checkpoint
from tests.unit.views.support import Story
from tests.waiting import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

ATTACK = "<img src=x onerror='window.hit=1'><script>window.hit=1</script>"
AXE = Path(__file__).parents[2] / "labextension" / "node_modules" / "axe-core" / "axe.min.js"
PAGE = ".ft-page:visible"
MODEL = {"model": "smollm2-135m", "data": "demo", "steps": 200}

_OVERFLOWING = """() => [...document.querySelectorAll('.ft-page *')]
  .filter(one => !one.closest('svg, .ft-strip, .ft-page-scroll, pre, [hidden], .ft-spoken'))
  .filter(one => one.getBoundingClientRect().width > 0)
  .filter(one => one.getBoundingClientRect().right
    > one.closest('.ft-page').getBoundingClientRect().right + 0.5)
  .map(one => one.outerHTML.slice(0, 120))"""
_WHOLE = """() => {
  const {left, right, width} = document.querySelector('.ft-page').getBoundingClientRect();
  return left >= 0 && right <= innerWidth + 0.5 && width > 280;
}"""
_AXE = """() => axe.run('.ft-page').then(found => found.violations.map(
  one => [one.id, one.impact, one.nodes.map(node => node.html.slice(0, 160))]))"""


@pytest.fixture(scope="module")
def known(lab_extended):
    """Has this process remember folders of runs where the server looks for them."""
    with pytest.MonkeyPatch.context() as patch:
        env = psutil.Process(lab_extended.process.pid).environ()

        def remember(root: Path) -> Path:
            patch.setenv("FTKERNEL_STATE_DIR", env["FTKERNEL_STATE_DIR"])
            root.mkdir(parents=True)
            index.add_root(root)
            return root

        yield remember


@pytest.fixture
def runs(known, tmp_path):
    """A folder of runs that the server knows; gone after the test."""
    root = known(tmp_path / "ft-runs")
    yield Runs(root)
    shutil.rmtree(root)


@pytest.fixture(scope="module")
def trained(known, tmp_path_factory, tiny_model_folder):
    """A run that was trained, and one that differs from it in its learning rate."""
    root = known(tmp_path_factory.mktemp("trained") / "ft-runs")
    run = Run(root, small_recipe(tiny_model_folder, root.parent, learning_rate=5e-3, eval_steps=2))
    assert run.finish() == 0, run.log()
    other = RunFolder(root / "other")
    shutil.copytree(run.folder.path, other.path)
    write_json(other.meta_file, {**(read_json(other.meta_file) or {}), "id": "0" * 12})
    recipe = read_json(other.recipe_json) or {}
    for kind in ("values", "given"):
        recipe[kind]["learning_rate"] = 2e-2
    write_json(other.recipe_json, recipe)
    events = read_events(other.events)
    for one in events:
        if one["kind"] == "step_logged":
            one["learning_rate"] *= 4
    other.events.write_text("".join(json.dumps(one) + "\n" for one in events))
    write_labels(run.folder, name="slow")
    write_labels(other, name="quick")
    yield run.folder, other
    shutil.rmtree(root)


def open_run(book: Notebook, folder: RunFolder, tab: str = "") -> Locator:
    """The page of a run, opened by the command, with its picture."""
    book.page.evaluate(
        "(args) => void window.jupyterapp.commands.execute('ftkernel:open-run', args)",
        {"id": id_of(folder), **({"tab": tab} if tab else {})},
    )
    shown = book.page.locator(PAGE)
    shown.locator(".ft-run").wait_for()
    return shown


def compare(book: Notebook, *folders: RunFolder) -> Locator:
    book.page.evaluate(
        "(ids) => void window.jupyterapp.commands.execute('ftkernel:compare-runs', {ids})",
        [id_of(one) for one in folders],
    )
    shown = book.page.locator(PAGE).filter(has=book.page.locator(".ft-page-legend"))
    shown.wait_for()
    return shown


def tab(shown: Locator, name: str) -> Locator:
    """A tab, opened; what it shows, once it has been loaded."""
    shown.get_by_role("tab", name=name).click()
    panel = shown.get_by_role("tabpanel", name=name)
    panel.locator("> div:not([aria-busy])").wait_for()
    return panel


def drawn(shown: Locator) -> list[dict[str, Any]]:
    """The lines that Plotly draws."""
    return shown.locator(".js-plotly-plot").first.evaluate(
        """graph => graph.data.map(one => ({
          x: [...one.x], y: [...one.y], dash: one.line.dash, symbol: one.marker.symbol }))"""
    )


def draws(shown: Locator, lines: int) -> list[dict[str, Any]]:
    """Wait until Plotly draws so many lines with points."""
    plot = shown.locator(".js-plotly-plot")
    plot.first.wait_for()
    wait_until(lambda: sum(bool(one["x"]) for one in drawn(shown)) == lines, SECONDS)
    return drawn(shown)


def members(shown: Locator) -> list[str]:
    return shown.locator(".ft-page-link").all_inner_texts()


def remembers(book: Notebook, what: str) -> None:
    """Wait until the layout that is restored after a reload says something."""

    def is_there() -> bool:
        return what in book.page.evaluate(
            """() => window.jupyterapp.serviceManager.workspaces.fetch('default')
              .then(found => JSON.stringify(found))"""
        )

    wait_until(is_there, SECONDS)


def figures(shown: Locator) -> list[list[str]]:
    rows = shown.locator("section", has_text="Results").locator("tbody tr").all()
    return [row.locator("th, td").all_inner_texts() for row in rows]


def drag(page: Page, what: Locator, to: Locator) -> None:
    """Drag with the mouse, as a hand does."""
    start, end = what.bounding_box(), to.bounding_box()
    assert start
    assert end
    page.mouse.move(start["x"] + 30, start["y"] + start["height"] / 2)
    page.mouse.down()
    for part in (0.02, 0.1, 0.5, 1.0):
        x = start["x"] + 30 + part * (end["x"] + end["width"] / 2 - start["x"] - 30)
        y = start["y"] + part * (end["y"] + 60 - start["y"])
        page.mouse.move(x, y, steps=4)
    page.mouse.up()


def test_a_run_that_goes_on_is_followed_stopped_and_resumed_from_a_step(
    open_book, lab_extended, known, tmp_path, tiny_model_folder, shoot
):
    root = known(tmp_path / "ft-runs")
    run = Run(root, endless_recipe(tiny_model_folder, tmp_path, save_steps=10))
    run.start()
    book = open_book(server=lab_extended)
    asked: list[str] = []
    book.page.on("request", lambda request: asked.append(request.url))
    shown = open_run(book, run.folder, "log")
    view = shown.locator(".ft-run")
    grows(view)
    files = f"{lab_extended.url}/lab/extensions/ftkernel/static/"
    assert any(url.startswith(files) for url in asked), "Plotly is a file of the extension"

    log = shown.get_by_role("log")
    with open(run.folder.log, "a") as file:
        file.write(f"{ATTACK}\nthe last line\n")
    expect(log).to_contain_text("the last line", timeout=SECONDS * 1000)
    assert log.evaluate("one => one.scrollTop + one.clientHeight >= one.scrollHeight - 24")

    # Nobody looks: nothing is asked for.
    book.page.locator(".jp-NotebookPanel").evaluate(
        "one => window.jupyterapp.shell.activateById(one.id)"
    )
    about = f"/ftkernel/runs/{id_of(run.folder)}/"
    wait_until(lambda: book.page.locator(PAGE).count() == 0, SECONDS)
    before = sum(about in url for url in asked)
    saved = len(run.folder.all_checkpoints())
    wait_until(lambda: len(run.folder.all_checkpoints()) > saved, SECONDS)
    assert sum(about in url for url in asked) == before

    shown = open_run(book, run.folder, "checkpoints")
    view = shown.locator(".ft-run")
    grows(view)
    press(view, "Stop")
    wait_until(lambda: state(run.folder) == "stopped", SECONDS)
    shown.locator(".ft-badge", has_text="stopped").wait_for()
    rows = shown.get_by_role("tabpanel").locator("tbody tr")
    first = rows.last
    first.get_by_role("button", name="Resume from step").and_(
        shown.page.locator(":not([aria-disabled])")
    ).wait_for()
    step = int(first.get_attribute("data-step") or "0")
    shoot(book.page, "lab-page-stopped")
    first.get_by_role("button", name="Resume from step").click()
    book.page.locator(".jp-Dialog").get_by_role("button", name="Resume", exact=True).click()
    wait_until(lambda: run.has("run_resumed", from_step=step), SECONDS)
    reaches(view, step + 3)
    press(view, "Stop")
    wait_until(lambda: state(run.folder) == "stopped", SECONDS)
    assert {urlsplit(url).netloc for url in asked if url.startswith("http")} == {
        urlsplit(lab_extended.url).netloc
    }
    assert book.page.evaluate("window.hit") is None
    assert book.said == []


def hostile(runs: Runs) -> RunFolder:
    """A run in which everything that can say something attacks."""
    story = Story().begin().prepare().train(1, 60)
    story.say("warned", code="views.test_warned", params={"count": ATTACK})
    for step, answer in ((20, f"one {ATTACK}"), (40, "word " * 400 + "the end")):
        story.say(
            "sampled", step=step, id="0", prompt=f"Who? {ATTACK}", answer=answer, tokens=9,
            seconds=1.0, scheduled=True,
        )  # fmt: skip
    story.say("run_stopped", step=60, reason="command", checkpoint="checkpoints/step-000050")
    folder = runs.make("hostile", story)
    wire = read_json(folder.recipe_json) or {}
    values = {**wire["values"], "run_name": ATTACK, ATTACK: ATTACK}
    given = {**wire["given"], "run_name": ATTACK}
    write_json(folder.recipe_json, {**wire, "values": values, "given": given})
    folder.recipe_yaml.write_text(f"# {ATTACK}\nmodel: x\n")
    folder.log.write_text(f"{ATTACK}\n")
    write_labels(folder, name=f"name {ATTACK}", note=f"note {ATTACK}", tags=[ATTACK[:40]])
    make_checkpoint(folder, 50)
    make_checkpoint(folder, 60)
    (folder.path / "checkpoints" / "step-000060" / "manifest.json").write_text("{}")
    folder.chat.mkdir(exist_ok=True)
    said = [
        {"role": "user", "content": f"Question {ATTACK}"},
        {
            "role": "assistant", "side": "tuned", "tokens": 3,
            "content": f"<think>secret {ATTACK}</think>**bold** {ATTACK}\n\n"
            "[link](javascript:window.hit=1) ![x](https://elsewhere.test/x.png)\n\n```py\ncode\n```",
        },
    ]  # fmt: skip
    (folder.chat / "20260101-000000-abc.jsonl").write_text(
        "".join(json.dumps(one) + "\n" for one in said)
    )
    other = [{"role": "user", "content": "Another"}, {"role": "assistant", "content": "Plain"}]
    (folder.chat / "20250101-000000-abc.jsonl").write_text(
        "".join(json.dumps(one) + "\n" for one in other)
    )
    touch_later(folder.chat / "20260101-000000-abc.jsonl")
    return folder


def test_everything_that_is_known_stands_in_tabs_and_stays_text(
    open_book, lab_extended, runs, shoot
):
    folder = hostile(runs)
    book = open_book("1", server=lab_extended)
    asked: list[str] = []
    book.page.on("request", lambda request: asked.append(request.url))
    shown = open_run(book, folder)
    assert shown.locator("h2").inner_text() == f"name {ATTACK}"
    assert shown.get_by_text(f"note {ATTACK}").is_visible()
    assert not any("/log" in url or "/chat" in url for url in asked), "loaded when opened"

    recipe = shown.get_by_role("tabpanel", name="Recipe")
    written = recipe.locator("pre").first
    expect(written).to_contain_text(f'run_name: "{ATTACK}"')
    assert "model_name_or_path: smollm2-135m\n" in written.inner_text()
    rows = recipe.locator("tbody tr:not([hidden])")
    everything = rows.count()
    assert everything > 80
    steps = recipe.locator(
        "tbody tr", has=book.page.locator("th", has_text=re.compile("^max_steps$"))
    )
    assert steps.inner_text().split() == ["max_steps", "200", "written"]
    recipe.get_by_label("only what was written").check()
    assert 3 <= rows.count() <= 6
    recipe.get_by_label("only what was written").uncheck()
    recipe.get_by_label("Find a key or value").fill("LORA_rank")
    assert rows.locator("th").all_inner_texts() == ["lora_rank"]

    notes = tab(shown, "Notices")
    expect(notes).to_contain_text("onerror")
    samples = tab(shown, "Samples")
    assert samples.locator("h3").all_inner_texts() == [f"Who? {ATTACK}"]
    assert samples.locator("li").last.inner_text().endswith("the end")

    checkpoints = tab(shown, "Checkpoints")
    found = [row.inner_text().split("\t") for row in checkpoints.locator("tbody tr").all()]
    assert [row[0] for row in found] == ["60", "50"]
    assert "complete" in found[1][3]
    assert "✕" in found[0][3]
    resume = checkpoints.get_by_role("button", name="Resume from step")
    assert [one.get_attribute("aria-disabled") for one in resume.all()] == ["true", None]

    chat = tab(shown, "Conversations")
    reply = chat.locator(".ft-chat-reply")
    expect(reply.locator("strong")).to_have_text("bold")
    assert not reply.get_by_text("secret").is_visible()
    reply.get_by_text("Thinking").click()
    assert reply.get_by_text("secret").is_visible()
    assert ATTACK in reply.locator(".ft-chat-prose").last.inner_text()
    links = [one.get_attribute("href") for one in reply.locator("a").all()]
    assert links == ["https://elsewhere.test/x.png"], "a picture is a link, a script is none"
    shoot(book.page, "lab-page-chat")
    chat.get_by_role("button", name="Another").click()
    expect(reply).to_contain_text("Plain")
    chat.get_by_role("button", name="Insert cell").click()
    chat.get_by_text("Inserted").wait_for()
    book.wait(
        """() => [...document.querySelectorAll('.jp-Notebook .cm-content')]
          .some(one => one.textContent === '%ft chat hostile')"""
    )

    files = tab(shown, "Files")
    assert {"run.json", "events.jsonl"} <= set(files.locator("tbody th").all_inner_texts())
    assert re.search(r"\d+ files, [\d.]+ \w+", files.inner_text())
    log = tab(shown, "Log")
    assert log.locator("pre").inner_text().strip() == ATTACK

    # By keyboard, from tab to tab.
    book.page.keyboard.press("ArrowRight")
    assert shown.get_by_role("tab", selected=True).inner_text() == "Checkpoints"
    book.page.keyboard.press("End")
    assert shown.get_by_role("tab", selected=True).inner_text() == "Files"

    assert shown.locator(".ft-page :is(img, script, iframe)").count() == 0
    assert book.page.evaluate("window.hit") is None
    hosts = {urlsplit(url).netloc for url in asked if url.startswith("http")}
    assert hosts == {urlsplit(lab_extended.url).netloc}
    assert book.said == []


def test_runs_are_compared_by_dragging_them_in_and_still_after_a_reload(
    open_book, lab_extended, trained, runs, shoot
):
    slow = trained[0]
    third = runs.make("third", Story().begin().prepare().train(1, 6, evaluate=3))
    book = open_book(server=lab_extended)
    page = book.page
    book.command("ftkernel:show-runs")
    open_run(book, slow)
    row = page.locator(".ft-runs-row", has_text=re.compile("quick"))
    row.first.wait_for()
    drag(page, row.first, page.locator(PAGE))
    shown = page.locator(PAGE).filter(has=page.locator(".ft-page-legend"))
    shown.wait_for()
    assert members(shown) == ["slow", "quick"]
    lines = draws(shown, 2)
    assert [one["x"] for one in lines] == [[1, 2, 3, 4, 5, 6]] * 2
    assert lines[0]["symbol"] != lines[1]["symbol"]

    shown.get_by_label("Quantities").select_option(label="learning rate")
    wait_until(lambda: max(drawn(shown)[1]["y"]) == pytest.approx(2e-2, rel=0.2), SECONDS)
    shown.get_by_label("Quantities").select_option(label="loss on held-out rows")
    wait_until(lambda: [len(one["x"]) for one in drawn(shown)] == [3, 3], SECONDS)
    shown.get_by_label("Horizontal axis").select_option(label="epochs")
    wait_until(lambda: max(drawn(shown)[0]["x"]) < 6, SECONDS)
    shown.get_by_label("Horizontal axis").select_option(label="steps")
    shown.get_by_role("slider").focus()
    page.keyboard.press("End")
    said = shown.get_by_role("slider").get_attribute("aria-valuetext") or ""
    assert re.fullmatch(r"step 6, slow [\d.]+, quick [\d.]+", said), said

    recipes = shown.locator("section", has_text="How the recipes differ")
    expect(recipes.locator("tbody tr")).to_have_count(1)
    differing = recipes.locator("tbody tr").locator("th, td").all_inner_texts()
    assert [one.split()[0] for one in differing] == ["learning_rate", "0.005", "0.02"]
    recipes.get_by_label("every key").check()
    assert recipes.locator("tbody tr").count() > 80
    recipes.get_by_label("every key").uncheck()
    found = figures(shown)
    assert [one[1] for one in found] == ["6 / 6", "6 / 6"]
    assert found[0][3:5] == found[1][3:5], "the same, so that neither is the best"
    assert "★" not in str(found)

    drag(page, page.locator(".ft-runs-row", has_text="third").first, shown)
    expect(shown.locator(".ft-page-link")).to_have_count(3)
    draws(shown, 3)
    shoot(page, "lab-compare-three")
    shown.get_by_role("button", name="Remove slow from the comparison").click()
    assert members(shown) == ["quick", "third"]
    assert shown.get_by_role("button", name="Remove quick").evaluate(
        "one => one === document.activeElement"
    )
    shown.get_by_label("Add a run").select_option(value=id_of(slow))
    assert members(shown) == ["quick", "third", "slow"]

    # One that is deleted meanwhile keeps its curve and says so.
    shutil.rmtree(third.path)
    shown.get_by_text("There is no run with the id").first.wait_for(timeout=SECONDS * 1000)
    assert [bool(one["x"]) for one in draws(shown, 3)] == [True] * 3

    remembers(book, '"quantity":"evaluations.loss"')
    page.reload()
    shown = page.locator(PAGE).filter(has=page.locator(".ft-page-legend"))
    shown.wait_for()
    expect(shown.locator(".ft-page-link")).to_have_count(3)
    draws(shown, 2)
    assert (
        shown.get_by_label("Quantities").evaluate("one => one.selectedOptions[0].textContent")
        == "loss on held-out rows"
    )
    assert book.said == []


def test_a_run_of_a_hundred_thousand_events_opens_at_once_and_says_when_it_is_deleted(
    open_book, lab_extended, runs
):
    total = 100_000
    story = Story().begin().prepare(total).train(1, total, total=total, evaluate=1_000, save=1_000)
    folder = runs.make("long", story)
    events = f"/ftkernel/runs/{id_of(folder)}/events"
    book = open_book(server=lab_extended)
    received: list[int] = []
    book.page.on(
        "response",
        lambda response: (
            received.append(len(response.body()))
            if events in response.url and response.ok
            else None
        ),
    )
    devtools = book.page.context.new_cdp_session(book.page)
    devtools.send("Performance.enable", {"timeDomain": "threadTicks"})
    before = work(devtools)
    shown = open_run(book, folder)
    shown.get_by_text("100,000").first.wait_for(timeout=SECONDS * 1000)
    shown.locator(".js-plotly-plot .scatterlayer .trace").first.wait_for()
    assert work(devtools) - before < 2.0
    assert sum(received) < 1_000_000
    points = shown.locator(".js-plotly-plot").evaluate("graph => graph.data[0].x.length")
    assert 500 <= points <= 2_000

    page = book.page
    shutil.rmtree(folder.path)
    shown.locator(".ft-run").get_by_text("There is no run with the id").wait_for(
        timeout=SECONDS * 1000
    )
    files = tab(shown, "Files")
    files.get_by_role("alert").wait_for()
    files.get_by_role("button", name="Try again").wait_for()
    book.command("application:close")
    page.evaluate(
        "(id) => void window.jupyterapp.commands.execute('ftkernel:open-run', {id})", "f" * 12
    )
    gone = page.locator(f"{PAGE} .ft-page-state")
    gone.get_by_role("alert").wait_for()
    assert "There is no run with the id" in gone.inner_text()
    gone.get_by_role("button", name="Try again").click()
    gone.get_by_role("alert").wait_for()
    assert book.said == []


def work(devtools: Any) -> float:
    """Seconds that the page's scripts, styles and layouts have taken so far."""
    names = {"ScriptDuration", "LayoutDuration", "RecalcStyleDuration"}
    told = devtools.send("Performance.getMetrics")["metrics"]
    return sum(one["value"] for one in told if one["name"] in names)


def test_a_link_opens_the_page_in_chinese_and_a_reload_restores_it(
    open_book, lab_extended, runs, shoot
):
    folder = runs.make("linked")
    book = open_book(server=lab_extended)
    book.speak("zh_CN")
    link = f"{lab_extended.url}/lab?ftkernel-run={id_of(folder)}&token={lab_extended.token}"
    book.page.goto(link)
    shown = book.page.locator(PAGE)
    shown.locator(".ft-run").wait_for()
    wait_until(lambda: "ftkernel-run" not in book.page.url, SECONDS)
    tab(shown, "检查点").get_by_text("没有检查点").wait_for()
    shoot(book.page, "lab-page-zh")
    remembers(book, '"tab":"checkpoints"')
    book.page.reload()
    shown.locator(".ft-run").wait_for()
    assert shown.get_by_role("tab", selected=True).inner_text() == "检查点"
    assert shown.get_by_role("tab").all_inner_texts()[0] == "配方"
    assert book.said == []


def test_a_page_stands_beside_the_notebook_in_notebook_7(open_book, lab_extended, runs, shoot):
    for name in ("another", "beside"):
        talked = runs.make(name)
    book = open_book(server=lab_extended, front_end="notebook")
    book.command("ftkernel:open-run")  # as the palette has it: no run is named
    dialog = book.page.locator(".jp-Dialog")
    dialog.get_by_label("Find a run").fill("besid")
    expect(dialog.locator("option")).to_have_count(1)
    dialog.get_by_role("button", name="Open", exact=True).click()
    shown = book.page.locator(PAGE)
    expect(shown.locator(".ft-name")).to_have_text("beside")
    shown.locator(".js-plotly-plot .scatterlayer .trace").first.wait_for()
    assert book.page.locator(".jp-Notebook").is_visible()
    shoot(book.page, "lab-page-notebook")
    chat = {"id": id_of(talked)}
    book.page.evaluate(
        "(args) => void window.jupyterapp.commands.execute('ftkernel:chat-run', args)", chat
    )
    panel = shown.locator("[role=tabpanel][id$=-chat]:visible")
    panel.wait_for()
    expect(panel).to_be_in_viewport()
    assert book.said == []


def test_a_page_has_the_whole_width_of_a_narrow_notebook_7(open_book, lab_extended, runs, shoot):
    folder = runs.make("narrow")
    book = open_book(server=lab_extended, front_end="notebook")
    book.command("ftkernel:show-runs")
    book.page.locator(".ft-runs-row").first.wait_for()
    book.page.set_viewport_size({"width": 320, "height": 640})
    open_run(book, folder)
    shoot(book.page, "lab-page-notebook-narrow")
    wait_until(lambda: book.page.evaluate(_WHOLE), SECONDS)
    wait_until(lambda: book.page.evaluate(_OVERFLOWING) == [], SECONDS)
    assert book.said == []


def test_runs_are_asked_for_and_one_that_nobody_knows_is_said_so_once(
    open_book, lab_extended, runs
):
    for name in ("first", "second", "third"):
        runs.make(name)
    book = open_book(server=lab_extended)
    page = book.page
    book.command("ftkernel:compare-runs")
    dialog = page.locator(".jp-Dialog")
    for name in ("first", "third"):
        dialog.get_by_label("Find a run").fill(name)
        dialog.get_by_role("checkbox", name=name).check()
    dialog.get_by_role("button", name="Compare", exact=True).click()
    draws(page.locator(".ft-page"), 2)
    assert members(page.locator(".ft-page")) == ["first", "third"]

    page.goto(f"{lab_extended.url}/lab?ftkernel-run=zzzz&token={lab_extended.token}")
    shown = page.locator(".ft-page:visible", has=page.get_by_role("alert"))
    expect(shown.get_by_role("alert")).to_have_count(1)
    assert shown.get_by_role("button", name="Try again").count() == 1
    assert shown.get_by_role("tab").count() == 0


def test_nothing_is_cut_off_in_any_width_or_theme(open_book, lab_extended, runs, shoot):
    if not AXE.is_file():
        pytest.skip("axe is not installed: make setup-test")
    one = hostile(runs)
    other = runs.make(
        "a-run-with-a-rather-long-name-that-somebody-chose",
        Story().begin().prepare().train(1, 160, evaluate=20),
        recipe=Recipe.from_mapping({**MODEL, "learning_rate": 3e-4}),
    )
    book = open_book(server=lab_extended, viewport={"width": 1600, "height": 1000})
    page = book.page
    page.add_script_tag(path=str(AXE))
    page.evaluate("() => window.jupyterapp.commands.execute('application:toggle-left-area')")
    for dark in (False, True):
        if dark:
            book.dark()
        shown = open_run(book, one, "recipe")
        for width in (1600, 700, 400) if dark else (320, 1000):
            page.set_viewport_size({"width": width, "height": 1000})
            shown.locator(".js-plotly-plot .scatterlayer .trace").first.wait_for()
            assert page.evaluate(_OVERFLOWING) == [], width
            shoot(page, f"lab-page-{width}")
        assert page.evaluate(_AXE) == []
        shown = compare(book, one, other)
        draws(shown, 2)
        for width in (1600, 400) if dark else (320, 1000):
            page.set_viewport_size({"width": width, "height": 1000})
            assert page.evaluate(_OVERFLOWING) == [], width
            shoot(page, f"lab-compare-{width}")
        assert page.evaluate(_AXE) == []
        book.command("application:close")
    assert book.said == []
