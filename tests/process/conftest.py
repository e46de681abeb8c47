"""Starting runs whose worker does one of the torch-free jobs of :mod:`tests.process.behaviours`."""

import pytest

from ftkernel.runs import store
from ftkernel.runs.launch import launch_run
from tests.process.support import recipe_of_tests


@pytest.fixture
def behave(monkeypatch):
    def choose(name):
        monkeypatch.setenv("FTKERNEL_TEST_BEHAVIOUR", name)

    return choose


@pytest.fixture
def begin(tmp_path, behave):
    """Start a run in this process; afterwards nothing of it is left."""
    workers = []

    def begin(behaviour, *, folder=None, resume_from=None, detached=False, **keys):
        behave(behaviour)
        keys.setdefault("stop_grace_seconds", 10)
        recipe = recipe_of_tests(tmp_path, **keys)
        folder = folder or store.create_run(tmp_path, "first", recipe)
        worker = launch_run(folder, recipe, resume_from=resume_from, detached=detached)
        workers.append(worker)
        return folder, worker

    yield begin
    for worker in workers:
        worker.kill_tree()
