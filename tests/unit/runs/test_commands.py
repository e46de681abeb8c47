"""Commands reach the attempt they are meant for, once, whatever else lies in the folder."""

import json
import os

import pytest

from ftkernel.errors import FtError
from ftkernel.runs.commands import CommandInbox, answer, send_command
from ftkernel.runs.event_log import EventWriter, read_events
from tests.unit.runs.support import make_run


@pytest.fixture
def folder(tmp_path):
    return make_run(tmp_path)


def test_commands_arrive_in_order_and_once(folder):
    inbox = CommandInbox(folder, 1)
    ids = [send_command(folder, "save", 1, note=number) for number in range(3)]
    ids.append(send_command(folder, "stop", 1))
    got = inbox.poll()
    assert [command.id for command in got] == ids
    assert [command.command for command in got] == ["save", "save", "save", "stop"]
    assert got[1].params == {"note": 1}
    assert inbox.poll() == []
    later = send_command(folder, "evaluate", 1)
    assert [command.id for command in inbox.poll()] == [later]


def test_commands_of_another_attempt_are_ignored(folder):
    send_command(folder, "stop", 1)
    inbox = CommandInbox(folder, 2)
    assert inbox.poll() == []
    send_command(folder, "stop", 3)
    assert inbox.poll() == []
    send_command(folder, "stop", 2)
    assert len(inbox.poll()) == 1


GARBAGE = [
    b"",
    b"{",
    b"[]",
    b"null",
    b'{"id": 1, "command": "stop", "attempt": 1}',
    b'{"command": "stop", "attempt": 1}',
    b'{"id": "x", "command": ["stop"], "attempt": 1}',
    b'{"id": "x", "command": "stop", "attempt": "1"}',
    b"\xff\xfe\x00",
]


@pytest.mark.parametrize("content", GARBAGE)
def test_garbage_does_no_harm(folder, content):
    (folder.commands / "00000000000000000001-a.json").write_bytes(content)
    (folder.commands / "sub.json").mkdir()
    (folder.commands / ".half.json").write_bytes(b"{}")
    (folder.commands / "readme.txt").write_bytes(b"hello")
    inbox = CommandInbox(folder, 1)
    sent = send_command(folder, "stop", 1)
    assert [command.id for command in inbox.poll()] == [sent]


def test_a_file_that_becomes_whole_later_is_read_then(folder):
    inbox = CommandInbox(folder, 1)
    path = folder.commands / "00000000000000000001-a.json"
    content = json.dumps({"id": "a", "command": "stop", "attempt": 1})
    path.write_text(content[:10])
    assert inbox.poll() == []
    path.write_text(content)
    assert [command.id for command in inbox.poll()] == ["a"]


def test_a_command_is_one_renamed_file(folder):
    sent = send_command(folder, "stop", 1)
    (name,) = os.listdir(folder.commands)
    time, _, rest = name.partition("-")
    assert (len(time), rest) == (20, f"{sent}.json")


def test_an_answer_is_an_event(folder):
    send_command(folder, "stop", 1)
    (command,) = CommandInbox(folder, 1).poll()
    events = EventWriter(folder, 1)
    answer(events, command, step=3)
    event = read_events(folder.events)[0]
    assert event["kind"] == "command_answered"
    assert (event["id"], event["command"], event["ok"]) == (command.id, "stop", True)
    assert event["params"] == {"step": 3}


def test_a_command_to_a_deleted_run_says_so(folder):
    import shutil

    shutil.rmtree(folder.path)
    with pytest.raises(FtError) as caught:
        send_command(folder, "stop", 1)
    assert caught.value.code == "run.folder_lost"
    assert CommandInbox(folder, 1).poll() == []
