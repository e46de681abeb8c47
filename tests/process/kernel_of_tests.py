"""What a kernel does with a run, as a process that a test may kill: starts it, says so, and goes on in a way.

Usage: ``kernel_of_tests.py ROOT WAY [warm]``, WAY one of ``idle``, ``sibling`` (a forked child of the kernel keeps the
life line open), ``exit`` (ends at once, as at a restart), ``detach``, ``forget`` (drops what it started),
``wait`` (keeps a spare worker only). With ``warm`` a spare worker takes the run.
"""

import os
import signal
import sys
import time
from pathlib import Path

from ftkernel.runs import store
from ftkernel.runs.launch import launch_run
from tests.process.support import put_spare, recipe_of_tests

if __name__ == "__main__":
    # As a kernel does; a shell that runs the tests in the background has interrupts ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    root, way = Path(sys.argv[1]), sys.argv[2]
    if way == "wait" or "warm" in sys.argv:
        spare = put_spare(root)
        (root / "spare.pid").write_text(str(spare.worker.pid))
        spare.ready.wait()
    if way == "wait":
        print("started", flush=True)
        time.sleep(1000)
    recipe = recipe_of_tests(root, stop_grace_seconds=10)
    folder = store.create_run(root, "first", recipe)
    worker = launch_run(folder, recipe, detached=way == "detach")
    assert "warm" not in sys.argv or worker.pid == spare.worker.pid
    if way == "sibling" and os.fork() == 0:
        time.sleep(60)
        os._exit(0)
    if way == "forget":
        del worker
    print("started", flush=True)
    if way != "exit":
        while True:
            time.sleep(1)
