"""``python -m ftkernel.worker``: one job from standard input, then the end."""

from ftkernel.worker.main import leave, main

if __name__ == "__main__":
    leave(main())
