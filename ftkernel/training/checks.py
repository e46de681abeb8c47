"""Where the trackers of a run write."""

import os

from ftkernel.runs.folder import RunFolder


def keep_trackers_in(folder: RunFolder) -> None:
    """Let trackers write into the run folder, where the user did not say where."""
    os.environ.setdefault("TENSORBOARD_LOGGING_DIR", str(folder.path / "tensorboard"))
    os.environ.setdefault("WANDB_DIR", str(folder.path))
