"""What the extension costs the page of JupyterLab, in a real Chromium.

Parts by name: ``opening``, ``idle``, ``hour``, ``typing``.

``opening``: from the address of JupyterLab to a list of 500 runs that can be used. ``idle``: what
the page asks for while nothing happens, for a minute, seen and hidden. ``hour``: the memory of the
page of a run while the events of an hour are written.

``typing``: the same keys in a ``%%finetune`` cell and in a cell of Python, 100 lines each, by
turns. A key's time goes from the key to the picture that shows it; what the page's thread works
for a key is counted as well, with all that it does later, such as checking the recipe after a
pause.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.measure import median, show
from ftkernel.recipe.registry import implemented
from ftkernel.recipe.showing import as_yaml
from ftkernel.runs import index
from tests.browser import extension
from tests.browser.lab import chromium, jupyter_lab, write_notebook
from tests.browser.notebook import Notebook
from tests.lab.runs import Runs, id_of
from tests.unit.views.support import Story

RUNS = 500
_OPENINGS = 3
_SECONDS = 60
_HOUR, _PARTS = 3_600, 10
LINES = 100
_ROUNDS, _KEYS = 12, "# a note on it"
_PAUSE_MS = 50
"""Between two keys: a fast writer."""
_GOAL_MS = 5

_TIMER = """() => {
  const times = (window.keyTimes = []);
  document.addEventListener('keydown', (event) => {
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => times.push(performance.now() - event.timeStamp);
      channel.port2.postMessage(null);  // arrives once the frame was drawn
    });
  }, true);
}"""


_ENTER = """async ([index, line]) => {
  const book = window.jupyterapp.shell.currentWidget.content;
  book.activeCellIndex = index;
  await book.scrollToItem(index);
  book.mode = 'edit';
  const { editor } = book.activeCell;
  editor.setCursorPosition({ line, column: 0 });
  editor.revealPosition({ line, column: 0 });
  editor.focus();
}"""


def main() -> None:
    """Measure the parts that were asked for."""
    parts: dict[str, Callable[[Path], None]] = {
        "opening": opening,
        "idle": idle,
        "hour": hour,
        "typing": typing,
    }
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", default=[*parts])
    for name in parser.parse_args().parts:
        with tempfile.TemporaryDirectory() as folder:
            parts[name](Path(folder))


def some_runs(folder: Path, count: int) -> Runs:
    """Runs in the folder that the server looks for them in."""
    os.environ["FTKERNEL_STATE_DIR"] = str(folder / "state")  # the server's too
    root = folder / "ft-runs"
    root.mkdir()
    index.add_root(root)
    runs = Runs(root)
    story = Story().begin().prepare().train(1, 60)
    story.say("run_stopped", step=60, reason="command", checkpoint="checkpoints/step-000050")
    for number in range(count):
        runs.make(f"run-{number}", story)
    return runs


def server(folder: Path):
    """A server with the extension on a folder, which has a notebook and runs."""
    write_notebook(folder / "book.ipynb", "")
    return jupyter_lab(folder, extension=extension.built())


_ROW = "() => document.querySelector('.ft-runs-row')"


def opening(folder: Path) -> None:
    """From the address to the list, beside the same page without it."""
    some_runs(folder, RUNS)
    taken: dict[str, list[float]] = {"first row": [], "JupyterLab itself": []}
    with server(folder) as lab, chromium() as browser:
        book = Notebook(browser, lab, "book.ipynb")
        book.page.evaluate("() => window.jupyterapp.commands.execute('ftkernel:show-runs')")
        book.wait(_ROW)
        book.page.wait_for_timeout(3_000)  # the layout is kept a while after it has changed
        for _ in range(_OPENINGS):
            begun = time.perf_counter()
            book.page.goto(f"{lab.url}/lab?token={lab.token}")
            book.wait("() => window.jupyterapp?.shell?.isEmpty !== undefined")
            taken["JupyterLab itself"].append(time.perf_counter() - begun)
            book.wait(_ROW)
            taken["first row"].append(time.perf_counter() - begun)
    show(
        f"Opening JupyterLab with the panel of {RUNS} runs, {_OPENINGS} times",
        [(name, f"{median(values):6.2f} s") for name, values in taken.items()],
    )


def idle(folder: Path) -> None:
    """Bodies that the page asks for in a minute in which nothing happens."""
    some_runs(folder, 20)
    lines: list[tuple[str, str]] = []
    with server(folder) as lab, chromium() as browser:
        book = Notebook(browser, lab, "book.ipynb")
        counted = {"bytes": 0, "requests": 0}

        def count(response) -> None:
            if "/ftkernel/" in response.url and "/static/" not in response.url:
                counted["requests"] += 1
                counted["bytes"] += len(response.body())

        book.page.evaluate("() => window.jupyterapp.commands.execute('ftkernel:show-runs')")
        book.wait(_ROW)
        book.page.wait_for_timeout(5_000)
        book.page.on("requestfinished", lambda request: count(request.response()))
        for name, is_hidden in (("seen", False), ("hidden", True)):
            book.page.evaluate(_HIDE, is_hidden)
            book.page.wait_for_timeout(2_000)
            counted.update(bytes=0, requests=0)
            book.page.wait_for_timeout(1_000 * _SECONDS)
            found = f"{counted['bytes']:6,} bytes in {counted['requests']} answers"
            lines.append((name, f"{found} (goal: {'none' if is_hidden else 'under 2,000'})"))
    show(f"A page with the panel, {_SECONDS} s in which nothing happens", lines)


_HIDE = """(hidden) => {
  Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden });
  document.dispatchEvent(new Event('visibilitychange'));
}"""


def hour(folder: Path) -> None:
    """A step a second for an hour, written as fast as the page follows."""
    runs = some_runs(folder, 0)
    run = runs.live("long")
    story = Story().begin().prepare()
    lines: list[tuple[str, str]] = []
    with server(folder) as lab, chromium() as browser:
        book = Notebook(browser, lab, "book.ipynb")
        book.page.evaluate(
            "(id) => window.jupyterapp.commands.execute('ftkernel:open-run', {id})", id_of(run)
        )
        book.page.locator(".ft-run").first.wait_for()
        devtools = book.context.new_cdp_session(book.page)
        run.events.write_text("")
        after = 0
        for part in range(1, _PARTS + 1):
            done = part * _HOUR // _PARTS
            story.train((part - 1) * _HOUR // _PARTS + 1, done, total=2 * _HOUR)
            Runs.say(run, story, after)
            after = story.events[-1]["seq"]
            book.wait(
                "(step) => [...document.querySelectorAll('.ft-run')]"
                ".some((one) => one.textContent.includes(step))",
                f"{done:,}",
            )
            devtools.send("HeapProfiler.collectGarbage")
            used = devtools.send("Runtime.getHeapUsage")["usedSize"]
            lines.append((f"after {done:>5,} steps", f"{used / 1e6:6.1f} MB"))
    show("Memory of a page with a live run, after collecting garbage", lines)


def recipe() -> str:
    """A recipe of 100 lines: as many keys as there are, and remarks."""
    keys = [key for key in implemented() if key.name not in ("model_name_or_path", "dataset")]
    known = [f"{key.name}: {as_yaml(key.example or key.default or '')}" for key in keys]
    body = ["model: smollm2-135m", "data: demo", *known, *["# a remark"] * LINES]
    return "\n".join(["%%finetune", *body][:LINES])


def python() -> str:
    """A cell of Python of 100 lines."""
    return "\n".join(f"value_{number} = compute({number}, 'text')" for number in range(LINES))


def typing(folder: Path) -> None:
    """Keys in both cells, by turns."""
    write_notebook(folder / "book.ipynb", recipe(), python())
    with jupyter_lab(folder, extension=extension.built()) as lab, chromium() as browser:
        book = Notebook(browser, lab, "book.ipynb")
        book.page.evaluate(_TIMER)
        metrics = book.context.new_cdp_session(book.page)
        metrics.send("Performance.enable", {"timeDomain": "threadTicks"})
        found: list[list[tuple[float, float]]] = [[], []]
        for number in range(_ROUNDS + 1):
            for index in (0, 1) if number % 2 else (1, 0):
                measured = typed(book, metrics, index)
                if number:  # the first round loads what is loaded late
                    found[index].append(measured)
    recipes, plain = found
    latency = [one - other for (one, _), (other, _) in zip(recipes, plain, strict=True)]
    work = [one - other for (_, one), (_, other) in zip(recipes, plain, strict=True)]
    show(
        f"A key in a cell of {LINES} lines, {_ROUNDS} turns of {len(_KEYS)} keys",
        [
            ("until it is seen, recipe", f"{median([one for one, _ in recipes]):6.1f} ms"),
            ("until it is seen, Python", f"{median([one for one, _ in plain]):6.1f} ms"),
            ("paired difference, median", f"{median(latency):+6.1f} ms (goal: +{_GOAL_MS})"),
            ("work of the page, recipe", f"{median([one for _, one in recipes]):6.1f} ms"),
            ("work of the page, Python", f"{median([one for _, one in plain]):6.1f} ms"),
            ("paired difference, median", f"{median(work):+6.1f} ms"),
        ],
    )


def typed(book: Notebook, metrics, index: int) -> tuple[float, float]:
    """Type into a cell, and take it away: milliseconds for a key, until it is seen and of work."""
    keys = book.page.keyboard
    book.page.evaluate(_ENTER, [index, LINES // 2])
    book.wait("() => document.activeElement?.classList.contains('cm-content')")
    keys.press("End")
    book.page.wait_for_timeout(1000)
    book.page.evaluate("() => { window.keyTimes.length = 0; }")
    before = worked(metrics)
    for key in _KEYS:
        keys.press(key if key != " " else "Space")
        book.page.wait_for_timeout(_PAUSE_MS)
    book.page.wait_for_timeout(1000)  # in which the recipe is checked
    work = 1000 * (worked(metrics) - before) / len(_KEYS)
    times: list[float] = book.page.evaluate("() => window.keyTimes")
    for _ in _KEYS:
        keys.press("Backspace")
    return median(times), work


def worked(metrics) -> float:
    """Seconds that the page's thread has worked."""
    found = metrics.send("Performance.getMetrics")["metrics"]
    return next(one["value"] for one in found if one["name"] == "TaskDuration")


if __name__ == "__main__":
    main()
