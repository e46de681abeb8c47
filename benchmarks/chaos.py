"""Kills at random moments: workers, and processes that stand for kernels; nothing may be lost.

Each run is killed again and again and resumed until it finishes; then its losses must be those of a
run that nothing happened to, its folder readable after each kill, and nothing of it alive ten
seconds later.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.measure import ROOT

_KERNEL = """
import sys, time
from pathlib import Path
from ftkernel.recipe.recipe import Recipe
from ftkernel.runs.folder import RunFolder, read_json
from ftkernel.runs.launch import launch_run
folder = RunFolder(Path(sys.argv[1]))
recipe = Recipe.from_json(read_json(folder.recipe_json))
launch_run(folder, recipe, resume_from=None if sys.argv[2] == "-" else int(sys.argv[2]))
print("started", flush=True)
time.sleep(3600)
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--most", type=int, default=8, help="kills of one run before it may finish")
    asked = parser.parse_args()
    generator = random.Random(asked.seed)
    with tempfile.TemporaryDirectory() as folder:
        return _chaos(asked, generator, Path(folder))


def _chaos(asked: argparse.Namespace, generator: random.Random, home: Path) -> int:
    from tests.process.training import Run, small_recipe
    from tests.tiny import tiny_model

    recipe = small_recipe(tiny_model(home / "tiny"), home, steps=12)
    whole = Run(home / "runs", recipe)
    start = time.monotonic()
    assert whole.finish() == 0, whole.log()
    span = time.monotonic() - start
    print(f"the unharmed run took {span:.1f} s; {asked.kills} kills follow (seed {asked.seed})")
    kills = {"worker": 0, "kernel": 0, "too late": 0}
    faults: list[str] = []
    runs = 0
    while kills["worker"] + kills["kernel"] < asked.kills:
        run = Run(home / "runs", recipe)
        runs += 1
        for _ in range(asked.most):
            who = generator.choice(("worker", "kernel"))
            if not _kill_once(run, who, generator.uniform(0.1, 1.1) * span, faults):
                kills["too late"] += 1
                break
            kills[who] += 1
            if kills["worker"] + kills["kernel"] >= asked.kills:
                break
        if not run.has("run_finished") and run.finish(resume=True) != 0:
            faults.append(f"{run.folder.name} did not finish: {run.log()[-500:]}")
        apart = max(
            (abs(a - b) for a, b in zip(run.losses(), whole.losses(), strict=False)), default=9
        )
        if len(run.losses()) != len(whole.losses()) or apart > 1e-4:
            faults.append(f"{run.folder.name}: {len(run.losses())} losses, {apart:.2e} apart")
        print(
            f"  {run.folder.name}: {run.events()[-1]['attempt']} attempts, losses {apart:.1e} apart"
        )
    print(f"{kills['worker']} workers and {kills['kernel']} kernels killed in {runs} runs: "
          f"{len(faults)} faults")  # fmt: skip
    for fault in faults:
        print(f"  {fault}")
    return 1 if faults else 0


def _kill_once(run, who: str, delay: float, faults: list[str]) -> bool:
    """Start an attempt and kill it after a while; whether it was still running then."""
    from tests.process.support import family, nothing_is_left
    from tests.waiting import wait_until

    latest = run.folder.latest_checkpoint()
    step = "-" if not run.events() else str(latest.step if latest else 0)
    kernel = subprocess.Popen(
        [sys.executable, "-c", _KERNEL, str(run.folder.path), step],
        stdout=subprocess.PIPE, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert kernel.stdout is not None
    kernel.stdout.readline()
    end = time.monotonic() + delay
    while time.monotonic() < end and not nothing_is_left(run.folder):
        time.sleep(0.02)
    alive = family(run.folder)
    victims = [kernel.pid] if who == "kernel" else [one.pid for one in alive][-1:]
    for victim in victims if alive else []:
        os.kill(victim, signal.SIGKILL)
    try:
        wait_until(lambda: nothing_is_left(run.folder), 10)
    except AssertionError:
        faults.append(f"{run.folder.name}: something lived 10 s after its {who} was killed")
        for one in family(run.folder):
            one.kill()
    kernel.kill()
    kernel.wait()
    numbers = [one["seq"] for one in run.events()]
    if numbers != list(range(1, len(numbers) + 1)):
        faults.append(f"{run.folder.name}: the events are not whole")
    return bool(alive)


if __name__ == "__main__":
    sys.exit(main())
