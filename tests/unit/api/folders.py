"""Run folders as workers leave them, made without a worker."""

import hashlib

from ftkernel.recipe.recipe import Recipe
from ftkernel.runs.event_log import EventWriter
from ftkernel.runs.events import AttemptStarted, Event
from ftkernel.runs.folder import RunFolder, checkpoint_name, write_json
from ftkernel.runs.store import create_run


def make_run(root, *events: Event, name="first", **keys) -> RunFolder:
    """A run with one attempt that said these events."""
    recipe = Recipe.from_mapping({"model": "smollm2-135m", "data": "demo", **keys})
    folder = create_run(root / "ft-runs", name, recipe)
    if events:
        writer = EventWriter(folder, 1)
        writer.write(
            AttemptStarted(run_id="x", host="h", pid=1, python="3", versions={}, threads=1)
        )
        for event in events:
            writer.write(event)
        writer.close()
    return folder


def make_checkpoint(folder: RunFolder, step: int, *, whole: bool = True) -> None:
    """A checkpoint whose ``state`` is shorter than its manifest says unless ``whole``."""
    path = folder.checkpoints_folder / checkpoint_name(step)
    path.mkdir(parents=True)
    content = b"weights"
    (path / "state").write_bytes(content if whole else content[:3])
    (path / "optimizer.pt").write_bytes(content)
    entry = {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    write_json(path / "manifest.json", {"files": {"state": entry, "optimizer.pt": entry}})
