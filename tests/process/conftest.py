"""Starting runs whose worker does one of the torch-free jobs of :mod:`tests.process.behaviours`."""

import pytest

from ftkernel.runs import spares, store
from ftkernel.runs.launch import launch_run
from tests.process.support import put_spare, recipe_of_tests
from tests.waiting import wait_until


@pytest.fixture
def behave(monkeypatch):
    def choose(name):
        monkeypatch.setenv("FTKERNEL_TEST_BEHAVIOUR", name)

    return choose


@pytest.fixture
def begin(tmp_path, behave):
    """Start a run in this process; afterwards nothing of it is left."""
    workers = []

    def begin(behaviour, *, folder=None, resume_from=None, detached=False, start="cold", **keys):
        behave(behaviour)
        spare = put_spare(tmp_path) if start == "warm" else None
        keys.setdefault("stop_grace_seconds", 10)
        recipe = recipe_of_tests(tmp_path, **keys)
        folder = folder or store.create_run(tmp_path, "first", recipe)
        worker = launch_run(folder, recipe, resume_from=resume_from, detached=detached)
        workers.append(worker)
        assert spare is None or spare.worker is worker
        return folder, worker

    yield begin
    spares.close()
    for worker in workers:
        worker.kill_tree()
    wait_until(lambda: not spares.runs_going_on())
