"""``python -m ftkernel.worker``: one job from standard input, then the end."""

import sys

from ftkernel.worker.main import main

if __name__ == "__main__":
    sys.exit(main())
