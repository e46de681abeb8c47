"""How fast and how small things begin: the extension, the first loss, kernel and worker.

The first loss is timed in real kernels, from the moment a cell is sent to the moment its loss can
be read. Cold: the first cell of a fresh kernel, with no spare worker. Warm: a spare worker waits,
as it does by itself after a few seconds. The model is converted before. All figures are medians.
"""

import argparse
import contextlib
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.measure import ROOT, mb, median, show
from ftkernel.runs.event_log import EventTail, read_events
from ftkernel.runs.folder import RunFolder, read_json
from tests.kernel.harness import Kernel

HEAVY = ("torch", "transformers", "datasets", "trl", "peft", "pandas", "numpy")
GOALS = {"tiny": {"cold": 8, "warm": 2}, "135M": {"cold": 12, "warm": 4}}
"""Seconds to the first loss."""
_KERNEL_GOAL = 60 << 20
_LONGEST = 600
_BEGINS_WITHIN = 60

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

_SPARE = """
from ftkernel.runs import spares as _spares
_spare = _spares.current()
print(_spare.worker.pid if _spare is not None and _spare.ready.is_set() else 0)
"""


@dataclass(frozen=True)
class Start:
    """One start: seconds to the first loss, and what happened when."""

    seconds: float
    cpu: float
    """Of the worker, from the cell on."""
    phases: dict[str, float]
    peak: int


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--without-135m", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        _extension(asked.repeat)
        _kernel_memory(home, asked.repeat)
        models = {"tiny": str(_tiny(home))}
        if not asked.without_135m:
            models["135M"] = "smollm2-135m"
        for name, model in models.items():
            _first_loss(home, name, model, asked.repeat)
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


def _tiny(home: Path) -> Path:
    from tests.tiny import tiny_model

    return tiny_model(home / "tiny")


def _first_loss(home: Path, name: str, model: str, repeat: int) -> None:
    cold = [_cold(home / f"{name}-cold-{number}", model) for number in range(repeat)]
    warm = _warm(home / f"{name}-warm", model, repeat)
    for kind, starts in (("cold", cold), ("warm", warm)):
        wall = median([one.seconds for one in starts])
        middle = min(starts, key=lambda one: abs(one.seconds - wall))
        goal = GOALS[name][kind]
        show(
            f"{kind} start to the first loss, {name}, median of {repeat}",
            [
                ("seconds", f"{wall:.1f} (goal {goal}, ratio {wall / goal:.2f})"),
                ("each", ", ".join(f"{one.seconds:.1f}" for one in starts)),
                ("CPU-seconds", f"{median([one.cpu for one in starts]):.1f}"),
                ("on the way", ", ".join(f"{k} {v:.2f}" for k, v in middle.phases.items())),
                ("peak memory of the worker", mb(median([one.peak for one in starts]))),
            ],
        )
    ratio = median([one.seconds for one in cold]) / median([one.seconds for one in warm])
    show(f"warm against cold, {name}", [("times faster", f"{ratio:.1f}")])


def _cold(folder: Path, model: str) -> Start:
    with _kernel(folder, FTKERNEL_WARM="off") as kernel:
        kernel.run("%load_ext ftkernel")
        return _start(kernel, model, "first")


def _warm(folder: Path, model: str, repeat: int) -> list[Start]:
    starts = []
    with _kernel(folder, FTKERNEL_WARM="on") as kernel:
        kernel.run("%load_ext ftkernel")
        for number in range(repeat):
            pid = _spare_of(kernel)
            starts.append(_start(kernel, model, f"run-{number}"))
            launched = read_json(folder / "ft-runs" / f"run-{number}" / "launch.json")
            if launched is None or launched["pid"] != pid:
                print(f"  (run {number} was not taken by the spare worker)")
    return starts


@contextlib.contextmanager
def _kernel(folder: Path, **env: str):
    folder.mkdir(parents=True, exist_ok=True)
    # As a person starts it: the harness, which is made for tests, asks for one thread.
    kernel = Kernel(
        sys.executable, folder, FTKERNEL_STATE_DIR=str(folder / ".state"),
        OMP_NUM_THREADS=str(_threads()), **env,
    )  # fmt: skip
    try:
        yield kernel
    finally:
        kernel.close()


def _threads() -> int:
    from ftkernel.machine import read_machine

    return read_machine().threads()


def _spare_of(kernel: Kernel) -> int:
    end = time.monotonic() + _BEGINS_WITHIN
    while time.monotonic() < end:
        if pid := int(kernel.run(_SPARE).stdout):
            return pid
        time.sleep(0.2)
    raise RuntimeError(kernel.run("%ft doctor").text)


def _start(kernel: Kernel, model: str, name: str) -> Start:
    """Run the cell, time its first loss, and wait for its end."""
    body = f"model: {model}\ndata: demo\nper_device_train_batch_size: 4\nsteps: 2\nsave_steps: 2"
    folder = RunFolder(kernel.folder / "ft-runs" / name)
    tail, phases, before, cpu = EventTail(folder.events), {}, None, 0.0
    begun = time.time()
    reply = kernel.start(f"%%finetune {name}\n{body}")
    while "step_logged" not in phases:
        for event in tail.poll():
            kind = event.get("phase") if event["kind"] == "phase_started" else event["kind"]
            if event["kind"] in ("run_failed", "run_stopped"):
                raise RuntimeError(folder.log.read_text()[-3000:])
            phases.setdefault(str(kind), event["t"] - begun)
        if (launched := read_json(folder.launch_file)) is not None:
            with contextlib.suppress(psutil.Error):
                cpu = sum(psutil.Process(launched["pid"]).cpu_times()[:2])
                before = cpu if before is None else before
        if time.time() - begun > (_LONGEST if phases else _BEGINS_WITHIN):
            raise RuntimeError(kernel.finish(reply).text)
        time.sleep(0.01)
    seconds = time.time() - begun
    kernel.finish(reply)
    kernel.run(f"import ftkernel; ftkernel.Run({name!r}).wait({_LONGEST})", _LONGEST)
    figures = read_events(folder.events)[-1].get("figures") or {}
    shown = ("attempt_started", "tokenizing", "plan_made", "model_loaded", "training")
    return Start(
        seconds,
        cpu - (before or 0.0),
        {name: phases[name] for name in shown if name in phases},
        int(figures.get("peak_memory_bytes", 0)),
    )


def _kernel_memory(home: Path, repeat: int) -> None:
    """A bare kernel and one that has trained, side by side, after a collection in both."""
    model = _tiny(home / "memory")
    loaded, trained = [], []
    for number in range(min(repeat, 3)):
        bare, ours = home / f"bare-{number}", home / f"ours-{number}"
        with _kernel(bare) as one, _kernel(ours, FTKERNEL_WARM="on") as other:
            start = _uss(one), _uss(other)
            other.run("%load_ext ftkernel")
            _spare_of(other)
            loaded.append(_over(one, other, start))
            _start(other, str(model), "first")
            other.run("ftkernel.Run('first')")
            trained.append(_over(one, other, start))
    over = median(trained)
    show(
        "memory of a kernel over a bare one (its own pages, after a collection)",
        [
            ("extension loaded, ready for a run", f"+{mb(median(loaded))}"),
            (
                "after a run",
                f"+{mb(over)} (goal {mb(_KERNEL_GOAL)}, ratio {over / _KERNEL_GOAL:.2f})",
            ),
        ],
    )


def _over(bare: Kernel, ours: Kernel, start: Sequence[int]) -> float:
    """How much more one has grown than the other."""
    for kernel in (bare, ours):
        kernel.run("import gc; gc.collect();")
    return (_uss(ours) - start[1]) - (_uss(bare) - start[0])


def _uss(kernel: Kernel) -> int:
    return psutil.Process(kernel.pid).memory_full_info().uss


def _worker(home: Path) -> None:
    from ftkernel.models.precision import has_bf16
    from ftkernel.recipe.recipe import Recipe
    from ftkernel.runs import store
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
