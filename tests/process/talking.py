"""Workers that chat and merge, started on a tiny model and its adapter, and what they say."""

import time
from collections.abc import Iterator
from pathlib import Path

from ftkernel.recipe.recipe import Recipe
from ftkernel.runs.folder import RunFolder
from ftkernel.runs.launch import launch
from ftkernel.runs.worker_process import WorkerProcess

SHORT = {"max_new_tokens": 8, "top_p": 1.0, "top_k": 0}
"""Sampling of an answer that ends at once."""

LONG = {"max_new_tokens": 2000, "repetition_penalty": 1.3}
"""Of one that goes on until it is ended."""


def unstarted_run(root: Path, model: Path, name: str = "first") -> RunFolder:
    """The folder of a run on a model, which nobody has started."""
    recipe = Recipe.from_mapping({"model": str(model), "data": "demo"})
    return RunFolder.create(root, name, recipe)


class Talk:
    """One worker and the lines it has said so far."""

    def __init__(self, worker: WorkerProcess) -> None:
        self.worker = worker
        self._lines: Iterator[dict] = worker.lines()
        self.said: list[dict] = []

    def next(self, *kinds: str, id: str | None = None) -> dict:  # noqa: A002
        """The next line of one of these kinds (about one question, if named)."""
        for line in self._lines:
            self.said.append(line)
            if line["kind"] in kinds and (id is None or line.get("id") == id):
                return line
        raise AssertionError(f"the worker ended without {kinds}; it said {self.said}")

    def rest(self) -> list[dict]:
        """Everything up to its end."""
        lines = list(self._lines)
        self.said += lines
        return lines

    def ask(self, id: str, text: str, **fields) -> None:  # noqa: A002
        """Ask something; ``sampling`` and ``side`` as fields."""
        messages = fields.pop("messages", [{"role": "user", "content": text}])
        self.worker.send({"ask": {"id": id, "messages": messages, **fields}})

    def answer(self, id: str, text: str, **fields) -> dict:  # noqa: A002
        """Ask and wait for the answer, or for the error there is instead."""
        self.ask(id, text, **fields)
        return self.next("answer", "error", id=id)


def start_job(tmp_path, job: dict, env: dict | None = None) -> Talk:
    """Start a worker on a job whose model stands in ``job["model"]``."""
    recipe = Recipe.from_mapping({"model": job["model"]["base"]}, job="infer")
    full = {"run": None, "secrets": {}, "recipe": recipe.to_json(), **job}
    if env is not None:
        import os

        env = {**os.environ, "OMP_NUM_THREADS": "1", **env}
    return Talk(launch(full, log=tmp_path / "worker.log", env=env))


def seconds_until_gone(talk: Talk, timeout: float = 20) -> float:
    """How long the worker takes to end from now."""
    start = time.monotonic()
    assert talk.worker.wait(timeout) is not None, "the worker goes on"
    return time.monotonic() - start
