"""A run on streamed rows: as long as its steps, stopped in the middle, gone on with exactly."""

import pytest

from tests.process.training import SECONDS, Run, small_recipe
from tests.waiting import wait_until

pytestmark = [pytest.mark.process, pytest.mark.timeout(300)]


def test_a_streaming_run_goes_on_with_the_very_next_row(tmp_path, tiny_model_folder):
    recipe = small_recipe(
        tiny_model_folder, tmp_path, streaming=True, buffer_size=5, eval_dataset=None, val_size=4,
        eval_steps=None, eval_strategy="no", mix_strategy="interleave_over",
    )  # fmt: skip
    whole, cut = Run(tmp_path / "a", recipe), Run(tmp_path / "b", recipe)
    try:
        assert whole.finish() == 0, whole.log()
        prepared, plan = whole.events("data_prepared")[0], whole.events("plan_made")[0]
        assert (prepared["train_rows"], prepared["eval_rows"], plan["total_steps"]) == (72, 4, 6)
        assert whole.has("adjusted", code="data.streamed")
        worker = cut.start()
        wait_until(lambda: len(cut.losses()) >= 3, SECONDS)
        worker.close_lifeline()
        assert worker.wait(SECONDS) == 0, cut.log()
        assert len(cut.losses()) < 6
        assert cut.finish(resume=True) == 0, cut.log()
        assert cut.losses() == pytest.approx(whole.losses(), abs=1e-6)
    finally:
        for run in (whole, cut):
            if run.worker is not None:
                run.worker.kill_tree()
