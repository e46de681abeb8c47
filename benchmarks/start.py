"""How fast and how small things begin: the extension, the first loss, kernel and worker."""

import argparse
import contextlib
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.measure import ROOT, mb, median, show

HEAVY = ("torch", "transformers", "datasets", "trl", "peft", "pandas", "numpy")

_LOAD = """
import contextlib, io, json, sys, time
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
before, printed = set(sys.modules), io.StringIO()
start = time.perf_counter()
with contextlib.redirect_stdout(printed):
    shell.run_line_magic("load_ext", "ftkernel")
seconds = time.perf_counter() - start
new = {name.partition(".")[0] for name in set(sys.modules) - before}
print(json.dumps({"seconds": seconds, "lines": len(printed.getvalue().splitlines()),
                  "modules": len(set(sys.modules) - before), "roots": sorted(new)}))
"""

_KERNEL = """
import json, os, psutil, sys, time
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
me = psutil.Process()
bare = me.memory_info().rss
shell.run_line_magic("load_ext", "ftkernel")
loaded = me.memory_info().rss
import ftkernel
keys = json.loads(sys.argv[1])
run = ftkernel.finetune(wait=False, **keys)
run.wait(300)
run._repr_mimebundle_()
after = me.memory_info().rss
print(json.dumps({"bare": bare, "loaded": loaded, "after": after, "state": run.state}))
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--without-135m", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        _extension(asked.repeat)
        model, rows = _tiny(home)
        _first_loss(home, model, rows, min(asked.repeat, 3))
        _kernel(home, model, rows)
        if not asked.without_135m:
            _worker(home)
    return 0


def _extension(repeat: int) -> None:
    found = [json.loads(_python(_LOAD)) for _ in range(repeat)]
    heavy = sorted(set(HEAVY) & set(found[0]["roots"]))
    show(
        f"%load_ext ftkernel, median of {repeat}",
        [
            ("seconds", f"{median([one['seconds'] for one in found]):.3f} (goal 0.3)"),
            ("lines printed", str(found[0]["lines"])),
            ("new modules", str(found[0]["modules"])),
            ("heavy ones", ", ".join(heavy) or "none"),
        ],
    )


def _tiny(home: Path) -> tuple[Path, Path]:
    from tests.process.training import write_rows
    from tests.tiny import tiny_model

    return tiny_model(home / "tiny"), write_rows(home / "rows.jsonl", 64)


def _first_loss(home: Path, model: Path, rows: Path, repeat: int) -> None:
    from ftkernel.recipe.recipe import Recipe
    from ftkernel.runs import store
    from ftkernel.runs.event_log import EventTail
    from ftkernel.runs.launch import launch_run

    walls, processor, phases, cpu = [], [], [], 0.0
    for number in range(repeat):
        recipe = Recipe.from_mapping({"model": str(model), "data": str(rows), "steps": 3})
        folder = store.create_run(home / "runs", f"first-loss-{number}", recipe)
        start = time.time()
        worker, tail, times = launch_run(folder, recipe), EventTail(folder.events), {}
        while worker.poll() is None and "step_logged" not in times:
            for event in tail.poll():
                times.setdefault(event["kind"], event["t"] - start)
            with contextlib.suppress(psutil.Error):
                cpu = sum(psutil.Process(worker.pid).cpu_times()[:2])
            time.sleep(0.01)
        worker.wait(60)
        walls.append(times["step_logged"])
        processor.append(cpu)
        phases.append(times)
    middle = phases[walls.index(median(walls))] if repeat % 2 else phases[0]
    parts = ", ".join(f"{kind} {seconds:.1f}" for kind, seconds in middle.items())
    show(
        f"cold start to the first loss, tiny model, median of {repeat}",
        [
            ("seconds", f"{median(walls):.1f} (goal 8)"),
            ("CPU-seconds of the worker", f"{median(processor):.1f}"),
            ("on the way", parts),
        ],
    )


def _kernel(home: Path, model: Path, rows: Path) -> None:
    keys = {
        "model": str(model),
        "data": str(rows),
        "steps": 20,
        "runs_dir": str(home / "kernel-runs"),
    }
    found = json.loads(_python(_KERNEL, json.dumps(keys)))
    show(
        "memory of the kernel",
        [
            ("bare", mb(found["bare"])),
            ("extension loaded", f"+{mb(found['loaded'] - found['bare'])}"),
            ("after a run", f"+{mb(found['after'] - found['bare'])} (goal 60 MB)"),
        ],
    )


def _worker(home: Path) -> None:
    from ftkernel.models.precision import has_bf16
    from ftkernel.recipe.recipe import Recipe
    from ftkernel.runs import store
    from ftkernel.runs.event_log import read_events
    from ftkernel.runs.launch import launch_run

    bf16 = has_bf16("cpu")
    recipe = Recipe.from_mapping(
        {"model": "smollm2-135m", "data": "demo", "steps": 2, "bf16": bf16, "use_cpu": True}
    )
    folder = store.create_run(home / "runs", "worker", recipe)
    launch_run(folder, recipe).wait(1800)
    last = read_events(folder.events)[-1]
    peak = (last.get("figures") or {}).get("peak_memory_bytes", 0)
    kind = "bf16, goal 1.2 GB" if bf16 else "fp32, as this machine does not compute bf16"
    show("peak memory of the worker, 135M, LoRA r8", [(last["kind"], f"{mb(peak)} ({kind})")])


def _python(code: str, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stdout + done.stderr)
    return done.stdout.splitlines()[-1]


if __name__ == "__main__":
    sys.exit(main())
