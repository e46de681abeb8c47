"""What the server side of JupyterLab costs: the list of 500 runs, and a run of 100,000 events.

Times are of one request's work without the network: of the processor, which says the same on a
busy machine, and on the clock. Parts by name: ``list``, ``events``, ``start``.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.measure import ROOT, median, show
from ftkernel.lab.catalogue import Catalogue
from ftkernel.lab.following import Following
from ftkernel.recipe.recipe import Recipe
from ftkernel.runs.folder import RunFolder, write_json
from tests.unit.views.support import Story

RUNS, STEPS, LONG = 500, 400, 100_000
_GOAL_MS = 50


def main() -> None:
    """Measure the parts that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", default=["start", "list", "events"])
    parts = {"start": start, "list": listing, "events": events}
    with tempfile.TemporaryDirectory() as folder:
        os.environ["FTKERNEL_STATE_DIR"] = str(Path(folder) / "state")
        for name in parser.parse_args().parts:
            parts[name](Path(folder) / name)


def taken(work: Callable[[], object], times: int = 1) -> str:
    """What something takes: processor time and time on the clock, medians in milliseconds."""
    cpu: list[float] = []
    wall: list[float] = []
    for _ in range(times):
        begun, used = time.perf_counter(), time.process_time()
        work()
        cpu.append(time.process_time() - used)
        wall.append(time.perf_counter() - begun)
    return f"{1000 * median(cpu):8.1f} ms of the processor  {1000 * median(wall):8.1f} ms"


def start(_: Path) -> None:
    """What the extension adds to the start of a server."""
    code = (
        "import time, jupyter_server.serverapp; t = time.process_time(); "
        "import ftkernel.lab as lab, sys; lab._jupyter_server_extension_points(); "
        "print(1000 * (time.process_time() - t), 'torch' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    milliseconds, has_torch = done.stdout.split()
    show("Start of a server", [("imports", f"{float(milliseconds):8.1f} ms of the processor")])
    if has_torch != "False":
        raise RuntimeError("the server imports torch")


def made(path: Path, number: int, lines: str) -> RunFolder:
    """A run that has finished."""
    path.mkdir(parents=True)
    folder = RunFolder(path)
    meta = {"id": f"{number:012x}", "name": path.name, "created": 1.7e9 + number}
    write_json(folder.meta_file, meta, sync=False)
    recipe = Recipe.from_mapping({"model": "smollm2-135m", "data": "demo"})
    write_json(folder.recipe_json, recipe.to_json(), sync=False)
    write_json(folder.launch_file, {"attempt": 1}, sync=False)
    folder.events.write_text(lines)
    return folder


def lines_of(steps: int) -> str:
    """The events of a run of so many steps, as its file has them."""
    story = Story().begin().prepare(steps).train(1, steps, total=steps, evaluate=100)
    story.say("run_finished", step=steps, result="result", figures={})
    return "".join(json.dumps(event) + "\n" for event in story.events)


def listing(root: Path) -> None:
    """The list of 500 runs."""
    lines = lines_of(STEPS)
    folders = [made(root / f"run-{number}", number, lines) for number in range(RUNS)]

    def catalogue() -> Catalogue:
        return Catalogue(lambda: [root], use_index=False)

    one, slices = catalogue(), 0
    longest = 0.0
    begun = time.process_time()
    while True:
        used = time.process_time()
        found = one.listed()
        slices += 1
        if slices > 1:  # the first one reads the ids, and imports
            longest = max(longest, time.process_time() - used)
        if found.complete:
            break
    never = f"{1000 * (time.process_time() - begun):8.1f} ms in {slices} answers"
    body = one.listed().model_dump_json()
    version = one.listed().version
    changes = [
        ("never read, until complete", never),
        ("the longest of these answers", f"{1000 * longest:8.1f} ms of the processor"),
        ("the next server's first answer", taken(lambda: catalogue().listed())),
        ("all of it, known", taken(lambda: one.listed().model_dump_json(), 20)),
        ("what changed, nothing", taken(lambda: one.listed(version), 20)),
        ("what changed, one run", taken(lambda: changed(one, folders[0], version), 10)),
        ("bytes of all", f"{len(body):>8,}"),
        (
            "bytes where nothing changed",
            f"{len(one.listed(one.listed().version).model_dump_json())}",
        ),
        ("goal for each answer", f"{_GOAL_MS:8} ms"),
    ]
    show(f"The list of {RUNS} runs of {STEPS} steps", changes)


def changed(catalogue: Catalogue, folder: RunFolder, version: str) -> str:
    """The answer after a note was written on one run."""
    write_json(folder.path / "meta.json", {"note": str(time.time_ns())}, sync=False)
    return catalogue.listed(version).model_dump_json()


def events(root: Path) -> None:
    """A run of 100,000 events."""
    folder = made(root / "long", 1, lines_of(LONG))
    following = Following()
    first = taken(lambda: following.frame(folder, 0))
    page = following.frame(folder, 0)
    again = taken(lambda: following.frame(folder, 0), 5)
    nothing = taken(lambda: following.frame(folder, page.seq), 20)
    small = following.frame(folder, 0, most_points=300)
    raw = taken(lambda: following.events(folder, 0, 1000), 5)
    following.events(folder, 90_000, 1000)
    deep = taken(lambda: following.events(folder, 90_000, 1000), 5)
    show(
        f"A run of {LONG:,} steps, {folder.events.stat().st_size >> 20} MB of events",
        [
            ("first frame", first),
            ("frame for another page", again),
            ("nothing new", nothing),
            ("bytes of a frame of 5,000 points", f"{len(page.model_dump_json()):>10,}"),
            ("bytes of a frame of 300 points", f"{len(small.model_dump_json()):>10,}"),
            ("first thousand events as they are", raw),
            ("a thousand events from 90,000 on", deep),
        ],
    )


if __name__ == "__main__":
    main()
