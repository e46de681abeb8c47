"""A real run in a spare worker learns to the bit what it learns in a worker of its own."""

import sys

import pytest

from ftkernel.runs import spares
from tests.process.support import put_spare
from tests.process.training import SECONDS, Run, small_recipe
from tests.waiting import wait_until

pytestmark = pytest.mark.process


def taken(root, recipe, spare):
    """The run of a recipe, trained to its end by a spare worker."""
    run = Run(root, recipe)
    assert run.start() is spare.worker, run.log()
    assert run.worker.wait(SECONDS) == 0, run.log()
    wait_until(lambda: not spares.runs_going_on())
    return run


def test_cold_warm_and_with_the_model_kept_the_losses_are_equal_to_the_bit(
    tmp_path, tiny_model_folder
):
    recipe = small_recipe(tiny_model_folder, tmp_path, steps=3)
    cold = Run(tmp_path / "cold", recipe)
    assert cold.finish() == 0, cold.log()
    wait_until(lambda: not spares.runs_going_on())
    kept = spares.last_run()["keep"]
    assert kept["path"] == str(tiny_model_folder)

    spare = put_spare(tmp_path, sys.executable, modules=None)
    assert spare.ready.wait(SECONDS)
    assert spare.cuda is False
    assert spare.memory() > 200 << 20
    assert not spare.keeps_model
    warm = taken(tmp_path / "warm", recipe, spare)

    spare = put_spare(tmp_path, sys.executable, modules=None, keep=kept)
    assert spare.ready.wait(SECONDS)
    assert spare.keeps_model
    again = taken(tmp_path / "again", recipe, spare)

    assert len(cold.losses()) == 3
    assert warm.losses() == cold.losses()
    assert again.losses() == cold.losses()
    assert warm.eval_losses() == again.eval_losses() == cold.eval_losses()
