"""The real worker with the jobs of :mod:`tests.process.behaviours`; an interpreter for ``worker_python``."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from ftkernel.worker.jobs import JOBS, Job
from ftkernel.worker.main import leave, main

JOBS["train"] = Job("tests.process.behaviours", drives=True)
JOBS["chat"] = Job("tests.process.behaviours")

if __name__ == "__main__":
    leave(main())
