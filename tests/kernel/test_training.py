"""From a cell to a tuned model and an answer, with kernels of both kinds and a worker that trains."""

import json
import sys

import pytest

from ftkernel.runs.folder import RunFolder
from tests.kernel.test_runs import cards

pytestmark = pytest.mark.kernel

ROWS = [{"instruction": f"Say {number}", "output": f"It is {number}."} for number in range(16)]


@pytest.mark.timeout(240)
def test_a_cell_trains_on_a_variable_and_the_next_ones_talk_to_the_result(
    make_kernel, python, tiny_model_folder
):
    kernel = make_kernel(python)
    kernel.run(f"%load_ext ftkernel\nrows = {ROWS!r}")
    trained = kernel.run(
        "%%finetune first --wait -o run\n"
        f"model: {tiny_model_folder}\n"
        "data: $rows\n"
        "steps: 4\n"
        f"worker_python: {sys.executable}\n",
        timeout=120,
    )
    assert trained.status == "ok", trained.text
    path = "first/data/rows.jsonl"
    assert f"16 rows of $rows are written to {path}" in trained.stdout
    (card,) = cards(kernel, trained)
    final = kernel.updates(card)[-1]
    assert final["parent_header"]["msg_id"] == trained.id
    assert "finished" in final["content"]["data"]["text/plain"]
    assert "ive when saved" not in final["content"]["data"]["text/html"]
    losses = kernel.run("import json; print(json.dumps([m['loss'] for m in run.metrics()]))")
    assert len(json.loads(losses.stdout)) == 4
    assert kernel.run("print('torch' in __import__('sys').modules)").stdout == "False\n"

    first = kernel.run("%%chat first --max-new-tokens 4 --temperature 0\nSay 3", timeout=120)
    assert first.status == "ok", first.text
    again = kernel.run("%%chat first --max-new-tokens 4 --temperature 0\nSay 3", timeout=120)
    assert again.seconds < 5  # its worker was kept
    both = kernel.run("%%chat first --ab --max-new-tokens 4 --seed 1\nSay 3", timeout=120)
    assert both.status == "ok", both.text
    answers = [turn for turn in turns(kernel.folder / "ft-runs/first/chat") if "side" in turn]
    assert [turn["side"] for turn in answers] == ["tuned", "tuned", "tuned", "base"]
    assert answers[0]["content"] == answers[1]["content"]

    refused = kernel.run("%ft resume first")
    assert refused.error == [
        "Run 'first' has finished; there is nothing left to go on with.",
        "  To train on, start a new run with model: first.",
    ]
    assert kernel.run("%ft stop first").error[0] == (
        "Run 'first' has finished; there is nothing to stop."
    )
    folder = RunFolder(kernel.folder / "ft-runs" / "first")
    assert (folder.result / "adapter_config.json").is_file()


def turns(folder):
    """Everything that was said in the transcripts of a run."""
    return [
        json.loads(line)
        for file in sorted(folder.iterdir())
        for line in file.read_text().splitlines()
    ]
