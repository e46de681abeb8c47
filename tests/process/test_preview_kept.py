"""What a notebook keeps of a preview to be drawn without its kernel: first rows, cut where they are long."""

import json
from typing import Any

import ftkernel
from ftkernel.notebook.preview_panel.kept import kept
from ftkernel.views import saved


def test_long_rows_are_cut_so_that_some_are_kept(tmp_path, tiny_model_folder):
    path = tmp_path / "rows.jsonl"
    rows = [
        {"instruction": f"Question {number}?", "input": "", "output": "many words here " * 400}
        for number in range(8)
    ]
    path.write_text("".join(json.dumps(one) + "\n" for one in rows))
    keys = {"dataset": str(path), "model_name_or_path": str(tiny_model_folder), "cutoff_len": 900}
    found: Any = kept(ftkernel.preview(keys))
    assert saved.size(json.dumps(found)) < 2 * saved.MOST_BYTES
    shown = [json.loads(one) for one in found["rows"]]
    assert [one["index"] for one in shown] == list(range(len(shown)))
    assert len(shown) >= 5
    for one in shown:
        (field,) = one["fields"]
        assert len(field["ids"]) == len(field["labels"]) == len(field["text"]) < 900
        assert len(field["ids"]) + field["more"] == field["length"] == 900
        assert max(field["special"]) < len(field["ids"])
    head = json.loads(found["head"])
    assert len(head["totals"]) >= 4
