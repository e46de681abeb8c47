"""What a notebook keeps of a preview and of a chat is small, and as its schema says."""

import json
from typing import Any

import jsonschema

from ftkernel.views import saved


def faults(schema, data):
    found = jsonschema.Draft202012Validator(schema).iter_errors(json.loads(json.dumps(data)))
    return [error.json_path for error in found]


def test_as_many_rows_are_kept_as_there_is_room_for():
    rows = [{"index": index, "text": '"\n长' * 400} for index in range(50)]
    kept: Any = saved.preview_json({"read": 50}, rows)
    assert faults(saved.preview_schema(), kept) == []
    assert len(json.dumps(kept, ensure_ascii=False).encode()) < saved.MOST_BYTES + 1_000
    read = [json.loads(one) for one in kept["rows"]]
    assert read == rows[: len(read)]
    assert 5 < len(read) <= saved.MOST_ROWS
    small: Any = saved.preview_json({}, [{"index": index} for index in range(50)])
    assert len(small["rows"]) == saved.MOST_ROWS
    assert saved.preview_json({}, [{"text": "x" * 100_000}])["rows"] == []


def test_a_chat_keeps_whom_it_is_with_and_nothing_said():
    kept: Any = saved.chat_json("ab12", "a\nlong " + "name " * 100)
    assert faults(saved.chat_schema(), kept) == []
    assert kept["id"] == "ab12"
    assert len(kept["name"]) <= 120
    assert "\n" not in kept["name"]
