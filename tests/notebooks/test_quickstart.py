"""The notebooks that ship run from the first cell to the last, on the real embedded model."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def texts(book: dict) -> str:
    """Every text output of an executed notebook."""
    out = []
    for cell in book["cells"]:
        for output in cell.get("outputs", ()):
            out.append("".join(output.get("text", "")))
            out.append("".join(output.get("data", {}).get("text/plain", "")))
    return "\n".join(out)


@pytest.mark.model135m
@pytest.mark.timeout(600)
def test_quickstart_runs_from_the_first_cell_to_the_last(tmp_path):
    before = (ROOT / "notebooks/quickstart.ipynb").read_bytes()
    done = subprocess.run(
        [
            sys.executable,
            str(ROOT / "notebooks/execute.py"),
            str(ROOT / "notebooks/quickstart.ipynb"),
            "--to",
            str(tmp_path),
            "--replace",
            "steps: 40=>steps: 8",
            "--replace",
            "--max-new-tokens 60=>--max-new-tokens 12",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    book = json.loads((tmp_path / "quickstart.ipynb").read_text())
    said = texts(book)
    assert "step   8" in said
    first, *_, last = re.search(r"held out: (.*)", said)[1].split(" → ")
    assert float(first) - float(last) > 0.4  # after eight steps
    assert (tmp_path / "merged" / "model.safetensors").exists()
    assert "KL" in said
    assert (ROOT / "notebooks/quickstart.ipynb").read_bytes() == before


def test_every_shipped_notebook_is_executed_by_a_test():
    shipped = sorted(path.name for path in (ROOT / "notebooks").glob("*.ipynb"))
    assert shipped == ["quickstart.ipynb"]
