"""What the live view costs: bytes, time, memory; in the kernel, in the page and for the training.

A fast writer tells 20,000 steps, as a long run would over hours. Three parts, each by its name:
``frames`` (what the kernel does for a page), ``training`` (a real kernel beside a real run), and
``page`` (JupyterLab in Chromium).
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.measure import ROOT, mb, median, show
from ftkernel.runs.folder import RunFolder, write_json
from ftkernel.runs.processes import this_process
from ftkernel.views.live import LiveRun
from tests.kernel.front_end import FrontEnd
from tests.kernel.harness import Kernel
from tests.tiny import tiny_model
from tests.unit.views.support import META, Story

STEPS = 20_000
_PIECES = 400
_UPDATE_GOAL, _FIRST_GOAL, _SAVED_GOAL = 20_000, 100_000, 100_000
_PAGE_MEMORY_GOAL, _PAGE_MILLISECONDS_GOAL = 300 << 20, 30
_TRAINING_GOAL = 0.01


def main() -> None:
    """Measure the parts that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", default=["frames", "training", "page"])
    parser.add_argument("--write", nargs=2, metavar=("FOLDER", "SECONDS"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.write:
        write(Path(arguments.write[0]), float(arguments.write[1]))
        return
    parts = {"frames": frames, "training": training, "page": page}
    with tempfile.TemporaryDirectory() as folder:
        for name in arguments.parts:
            parts[name](Path(folder))


def lines() -> list[str]:
    """The events of a run of 20,000 steps."""
    story = Story().begin().prepare(STEPS)
    story.train(1, STEPS, total=STEPS, evaluate=500, save=1000)
    story.say("run_finished", step=STEPS, result="result", figures={})
    return [json.dumps(event) + "\n" for event in story.events]


def made(path: Path) -> RunFolder:
    """The folder of a run that this process drives."""
    path.mkdir(parents=True)
    folder = RunFolder(path)
    write_json(
        folder.meta_file, {**{key: META[key] for key in ("id", "created")}, "name": path.name}
    )
    write_json(folder.recipe_json, META["recipe"])
    owner = {**this_process().to_json(), "attempt": 1, "heartbeat": time.time()}
    write_json(folder.owner_file, owner)
    return folder


def write(path: Path, seconds: float) -> None:
    """Be the worker of a run that takes so long."""
    events = lines()
    folder = made(path)
    begun = time.monotonic()
    with open(folder.events, "a", encoding="utf-8") as file:
        for start in range(0, len(events), _PIECES // 8):
            file.writelines(events[start : start + _PIECES // 8])
            file.flush()
            time.sleep(max(0.0, begun + seconds * start / len(events) - time.monotonic()))


def frames(tmp: Path) -> None:
    """What the kernel does: looking, and making a frame, while the run grows; then a reload."""
    folder, events = made(tmp / "frames"), lines()
    before = psutil.Process().memory_info().rss
    live, seen, seq = LiveRun(folder), None, 0
    took: list[float] = []
    sizes: list[int] = []
    with open(folder.events, "a", encoding="utf-8") as file:
        for start in range(0, len(events), _PIECES // 8):
            file.writelines(events[start : start + _PIECES // 8])
            file.flush()
            begun = time.process_time()
            live.poll()
            frame = live.frame(seq, seen=seen)
            took.append(time.process_time() - begun)
            sizes.append(frame.size)
            seq, seen = frame.seq, frame.view
    grown = psutil.Process().memory_info().rss - before
    begun = time.process_time()
    snapshot = live.frame(0)
    reload = time.process_time() - begun
    early, late = took[10:110], took[-100:]
    show(
        f"Frames of {STEPS:,} steps, {_PIECES // 8} steps each",
        [
            ("bytes of an update, median", f"{median(sizes[1:]):,.0f}"),
            ("bytes of an update, most", f"{max(sizes[1:]):,} (goal: under {_UPDATE_GOAL:,})"),
            ("time of an update at the beginning", f"{1000 * median(early):.2f} ms"),
            ("time of an update at the end", f"{1000 * median(late):.2f} ms"),
            ("a page that is reloaded gets", f"{snapshot.size:,} bytes in {1000 * reload:.0f} ms"),
            ("memory for the run", mb(grown)),
        ],
    )


def training(tmp: Path) -> None:
    """A kernel that shows a run: what it takes of the machine while the run trains."""
    model = tiny_model(tmp / "model")
    rows = "".join(
        json.dumps({"instruction": f"Say {n}", "output": f"It is {n}."}) + "\n" for n in range(64)
    )
    (tmp / "rows.jsonl").write_text(rows)
    recipe = f"model: {model}\ndata: rows.jsonl\nsteps: 500\nper_device_train_batch_size: 4\n"
    for display in ("panel", "html"):
        kernel = Kernel(sys.executable, tmp, FTKERNEL_DISPLAY=display, FTKERNEL_WARM="off")
        try:
            _train(kernel, recipe, display)
        finally:
            kernel.close()


def _train(kernel: Kernel, recipe: str, display: str) -> None:
    kernel.run("%load_ext ftkernel")
    started = kernel.run(f"%%finetune {display} -o run\n{recipe}")
    shown: list[tuple[str, str]] = []
    if display == "panel":
        front = FrontEnd(kernel, started.displays[0])
        front.hello()
        first = len(json.dumps(front.opened["content"]))
        shown.append(
            ("the widget's first message", f"{first:,} bytes (goal: under {_FIRST_GOAL:,})")
        )
    run = RunFolder(kernel.folder / "ft-runs" / display)
    kernel.hear(lambda: _steps(run) > 50, 120)
    process = psutil.Process(kernel.pid)
    begun, cpu, steps = time.monotonic(), _cpu(process), _steps(run)
    kernel.hear(lambda: _steps(run) >= 450, 300)
    wall, used, done = time.monotonic() - begun, _cpu(process) - cpu, _steps(run) - steps
    share = used / wall / (psutil.cpu_count() or 1)
    if display == "panel":
        front.until(lambda: front.page.view["state"] == "finished", 120)
        updates = [beside + inner for content, beside, inner in front.frames if content["base"]]
        shown.append(
            ("updates", f"{len(updates) / (wall + 1):.1f} a second, most {max(updates):,} bytes")
        )
    display_id = started.displays[0]["transient"]["display_id"]
    kernel.hear(lambda: _ended(kernel, display_id), 120)
    final = kernel.updates(display_id)[-1]["content"]["data"]
    shown += [
        (
            "a finished run in the notebook",
            f"{len(json.dumps(final)):,} bytes (goal: under {_SAVED_GOAL:,})",
        ),
        ("processors taken while training", f"{share:.2%} (goal: under {_TRAINING_GOAL:.0%})"),
        ("of one processor, a second of the run", f"{1000 * used / wall:.1f} ms"),
        ("speed of the run", f"{done / wall:.0f} steps/s"),
        ("memory of the kernel", mb(process.memory_info().rss)),
    ]
    show(f"A run shown as {display}", shown)


def _ended(kernel: Kernel, display_id: str) -> bool:
    said = [one["content"]["data"]["text/plain"] for one in kernel.updates(display_id)[-1:]]
    return any("finished" in text for text in said)


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


def _steps(run: RunFolder) -> int:
    try:
        return run.events.read_bytes().count(b'"kind":"step_logged"')
    except OSError:
        return 0


def page(tmp: Path) -> None:
    """JupyterLab in Chromium while 20,000 steps come in a minute, and a reload after that."""
    from tests.browser.lab import chromium, jupyter_lab, write_notebook
    from tests.browser.notebook import Notebook

    folder = tmp / "lab"
    folder.mkdir()
    write_notebook(folder / "book.ipynb", "%load_ext ftkernel", "%ft show long")
    with jupyter_lab(folder) as lab, chromium() as browser:
        notebook = Notebook(browser, lab, "book.ipynb")
        notebook.run_cell(0)
        with writer(folder / "ft-runs" / "long", 60):
            notebook.run_cell(1)
            notebook.view(1).wait_for()
            metrics = notebook.context.new_cdp_session(notebook.page)
            metrics.send("Performance.enable", {"timeDomain": "threadTicks"})
            _settle(notebook, 2_000)
            costs: list[float] = []
            for until in range(4_000, 18_001, 2_000):
                before, begun = _tasks(metrics), time.monotonic()
                _settle(notebook, until)
                seconds = time.monotonic() - begun
                costs.append(1000 * (_tasks(metrics) - before) / (4 * seconds))
            heap = notebook.page.evaluate("() => performance.memory.usedJSHeapSize")
            notebook.save()
            begun = time.monotonic()
            notebook.reload()
            _settle(notebook, 18_000)
            back = time.monotonic() - begun
        show(
            f"JupyterLab while {STEPS:,} steps come in a minute",
            [
                (
                    "page's time for an update, median",
                    f"{statistics.median(costs):.0f} ms (goal: under {_PAGE_MILLISECONDS_GOAL})",
                ),
                ("page's time for an update, most", f"{max(costs):.0f} ms"),
                ("page's heap", f"{mb(heap)} (goal: under {mb(_PAGE_MEMORY_GOAL)})"),
                ("reloaded, and all points there", f"{back:.1f} s"),
                ("saved notebook", f"{(folder / 'book.ipynb').stat().st_size:,} bytes"),
            ],
        )


def _settle(notebook, step: int) -> None:
    """Wait until the page says that a run has come so far."""
    notebook.wait(
        """(step) => {
          const said = document.querySelector('.ft-run')?.innerText.match(/step ([\\d,]+) of/);
          return said && Number(said[1].replaceAll(',', '')) >= step;
        }""",
        step,
        120,
    )


def _tasks(metrics) -> float:
    """Seconds of a processor that the page's thread has taken."""
    found = metrics.send("Performance.getMetrics")["metrics"]
    return next(one["value"] for one in found if one["name"] == "TaskDuration")


@contextmanager
def writer(path: Path, seconds: float) -> Iterator[None]:
    """A run that another process drives."""
    command = [
        sys.executable,
        str(ROOT / "benchmarks" / "view.py"),
        "--write",
        str(path),
        str(seconds),
    ]
    process = subprocess.Popen(command)
    try:
        while not (path / "events.jsonl").exists():
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    main()
