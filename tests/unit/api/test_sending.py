"""What the buttons send, and what is refused before it is sent."""

import json
import time

import pytest

from ftkernel.api import sending
from ftkernel.errors import FtError
from ftkernel.runs.folder import write_json
from ftkernel.runs.processes import this_process
from tests.unit.api.folders import make_run
from tests.unit.runs.support import step_event


@pytest.fixture
def folder(tmp_path):
    found = make_run(tmp_path, step_event(1))
    owner = {**this_process().to_json(), "attempt": 1, "heartbeat": time.time()}
    write_json(found.owner_file, owner)
    return found


def sent(folder):
    return [json.loads(path.read_text()) for path in sorted(folder.commands.glob("*.json"))]


@pytest.mark.parametrize(
    ("what", "params", "expected"),
    [
        ("stop", {}, {}),
        ("save", {"path": "/etc"}, {}),
        ("evaluate", {}, {}),
        ("set", {"key": "lr", "value": "1e-4"}, {"key": "learning_rate", "value": 1e-4}),
        ("sample", {"prompt": " Hi "}, {"prompt": " Hi ", "system": None, "sampling": {}}),
        (
            "sample",
            {"prompt": "Hi", "system": "Be brief.", "sampling": {"temperature": 0}},
            {"prompt": "Hi", "system": "Be brief.", "sampling": {"temperature": 0}},
        ),
    ],
)
def test_a_button_sends_its_command(folder, what, params, expected):
    id_ = sending.send(folder, what, params)
    (command,) = sent(folder)
    assert (command["id"], command["command"], command["attempt"]) == (id_, what, 1)
    assert command["params"] == expected


@pytest.mark.parametrize(
    ("what", "params", "code"),
    [
        ("set", {"key": "lora_rank", "value": 4}, "training.set_unknown"),
        ("set", {"key": "learning_rate", "value": "fast"}, "recipe.not_float"),
        ("set", {}, "training.set_unknown"),
        ("sample", {"prompt": "  "}, "training.no_prompt"),
        ("sample", {"prompt": ["x"]}, "training.no_prompt"),
        ("sample", {"prompt": "x" * 20_000}, "notebook.live_long_prompt"),
        ("rm", {"path": "/"}, "notebook.live_unknown"),
        (["stop"], {}, "notebook.live_unknown"),
    ],
)
def test_what_cannot_be_is_refused_and_not_sent(folder, what, params, code):
    with pytest.raises(FtError) as caught:
        sending.send(folder, what, params)
    assert caught.value.code == code
    assert sent(folder) == []


@pytest.mark.parametrize("what", ["stop", "save", "evaluate"])
def test_a_run_that_has_ended_takes_nothing(folder, what):
    folder.owner_file.unlink()
    with pytest.raises(FtError):
        sending.send(folder, what, {})
    assert sent(folder) == []
