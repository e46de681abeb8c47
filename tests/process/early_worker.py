"""The real worker, with a slow tokenizer for which a handful of rows takes long; for ``worker_python``."""

import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from ftkernel.data import later
from ftkernel.worker.main import leave, main

later.SECONDS = 1e-6
later.SAMPLE = 8
later._BATCH = 1
encode = later.Tokenizing.encode


def slowly(self, indices):
    if threading.current_thread() is not threading.main_thread():
        time.sleep(0.05)
    return encode(self, indices)


later.Tokenizing.encode = slowly

if __name__ == "__main__":
    leave(main())
