"""A real run of stage pt: plain text, laid end to end and cut into blocks, is learned."""

import json

import pytest

from tests.process.training import Run, small_recipe

pytestmark = [pytest.mark.process, pytest.mark.timeout(300)]


@pytest.mark.parametrize("packing", [None, False])
def test_texts_are_learned(tmp_path, tiny_model_folder, packing):
    words = "the quick brown fox jumps over the lazy dog and it does not mind at all today"
    texts = [{"text": f"{words} {n}. {words}."} for n in range(24)]
    keys = {"stage": "pt", "eval_dataset": None, "eval_strategy": None, "eval_steps": None}
    recipe = small_recipe(
        tiny_model_folder, tmp_path, **keys, cutoff_len=40, packing=packing,
        gradient_accumulation_steps=4,
    )  # fmt: skip
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(one) + "\n" for one in texts))
    run = Run(tmp_path / "runs", recipe)
    assert run.finish() == 0, run.log()
    [prepared] = run.events("data_prepared")
    assert prepared["rows"] == 24
    assert prepared["longest"] == 40
    notes = [one["params"] for one in run.events("adjusted") if one["code"] == "data.blocks_rest"]
    if packing is None:
        assert prepared["trained_tokens"] == prepared["tokens"] - prepared["train_rows"]
        assert [note["blocks"] for note in notes] == [prepared["train_rows"]]
    else:
        assert (prepared["train_rows"], notes) == (24, [])
    figures = run.events("run_finished")[0]["figures"]
    assert figures["last_loss"] < figures["first_loss"]
