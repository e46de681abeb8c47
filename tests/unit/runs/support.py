"""A recipe and a run folder without anything heavy."""

from pathlib import Path

from ftkernel.errors import Where
from ftkernel.runs.events import StepLogged
from ftkernel.runs.folder import RunFolder, checkpoint_name, write_json


class PlainRecipe:
    """Stands in for a recipe where only its form counts."""

    def __init__(self, **values):
        self.values = values
        self.secrets: dict[str, str] = {}

    def __getitem__(self, name):
        return self.values[name]

    def to_yaml(self, folder=None):
        return "# a recipe\n"

    def where(self, name):
        return Where(key=name)

    def to_json(self):
        return {"given": {}}


def make_run(root: Path, name: str | None = "first") -> RunFolder:
    return RunFolder.create(root, name, PlainRecipe())


def make_checkpoint(folder: RunFolder, step: int, content: bytes = b"weights") -> Path:
    path = folder.checkpoints_folder / checkpoint_name(step)
    path.mkdir(parents=True)
    (path / "model.safetensors").write_bytes(content)
    files = {"model.safetensors": {"size": len(content), "sha256": "0" * 64}}
    write_json(path / "manifest.json", {"step": step, "files": files})
    return path


def step_event(step: int, **values) -> StepLogged:
    fields = {
        "step": step,
        "epoch": step / 10,
        "loss": 1.0 / step,
        "learning_rate": 1e-4,
        "grad_norm": 0.5,
        "tokens": 10 * step,
        "trained_tokens": 5 * step,
        "tokens_per_second": 100.0,
        "memory_bytes": 1,
        "elapsed": float(step),
        "eta_seconds": None,
    }
    return StepLogged(**{**fields, **values})
