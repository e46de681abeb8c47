"""Every table of ids that LLaMA-Factory made of real rows, with the tokenizer of the embedded model."""

import json

import pytest

from ftkernel.data import parity
from ftkernel.data.rows import Row
from tests.reference import SHARED, smollm2_tokenizer

TABLES = sorted((SHARED / "oracle").glob("*.jsonl"))

pytestmark = pytest.mark.skipif(not TABLES, reason="the reference rows are not on this machine")


@pytest.fixture(scope="module")
def tokenizer():
    return smollm2_tokenizer()


def source_of(name):
    entry = json.loads((SHARED / "dataset_info.json").read_text())[name]
    text = (SHARED / entry["file_name"]).read_text(encoding="utf-8")
    if entry["file_name"].endswith(".jsonl"):
        data = [json.loads(line) for line in text.splitlines()]
    else:
        data = json.loads(text)
    rows = [Row(row, entry["file_name"], at) for at, row in enumerate(data, 1)]
    keys = ("formatting", "ranking", "columns", "tags")
    return parity.Source(parity.layout(**{k: entry[k] for k in keys if k in entry}), rows)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.stem)
def test_every_id_and_label_is_the_same(tokenizer, table):
    keys = json.loads((SHARED / "oracle" / "args.json").read_text())[table.stem]
    made = parity.rows(parity.Settings.of(keys), [source_of(keys["dataset"])], tokenizer)
    results = [one.fields for one in made if isinstance(one, parity.Result)]
    for line in table.read_text().splitlines():
        expected = json.loads(line)
        ours = results[expected.pop("i")]
        expected["kto_tag"] = expected.pop("kto_tags", None)
        assert {key: ours.get(key) for key in expected} == expected
