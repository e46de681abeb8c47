"""The stream of an answer is read while it is written, whatever else stands in the file."""

import json
import os
import time

import pytest

from ftkernel.errors import FtError
from ftkernel.runs.answer_stream import StreamReader, StreamWriter, is_stream_id, stream_path
from ftkernel.runs.commands import CommandInbox, send_command
from tests.unit.runs.support import make_run


@pytest.fixture
def folder(tmp_path):
    return make_run(tmp_path)


def test_lines_are_read_once_and_whole(folder):
    reader = StreamReader(folder, "a")
    assert reader.poll() == [], "nobody has begun to answer"
    writer = StreamWriter(folder, "a")
    writer.send({"kind": "token", "text": "你\n好\ud800"})
    assert [line["text"] for line in reader.poll()] == ["你\n好\ud800"]
    with open(stream_path(folder, "a"), "ab") as file:
        file.write(b'{"kind": "tok')
    assert reader.poll() == []
    with open(stream_path(folder, "a"), "ab") as file:
        file.write(b'en"}\nnonsense\n[1]\n{"text": 1}\n' + b"[" * 100_000 + b"\n")
    writer.send({"kind": "answer"})
    writer.close()
    assert [line["kind"] for line in reader.poll()] == ["token", "answer"]
    reader.remove()
    reader.remove()
    assert not list(folder.chat.iterdir())


def test_a_stream_that_nobody_read_is_removed_by_a_later_answer(folder):
    for name, hours in (("left", 2), ("young", 0.5)):
        StreamWriter(folder, name).close()
        then = time.time() - 3600 * hours
        os.utime(stream_path(folder, name), (then, then))
    (folder.chat / "old.jsonl").touch()
    os.utime(folder.chat / "old.jsonl", (1, 1))
    StreamWriter(folder, "new").close()
    names = sorted(path.name for path in folder.chat.iterdir())
    assert names == ["new.stream.jsonl", "old.jsonl", "young.stream.jsonl"]


def test_a_stream_is_written_by_one_answer_only(folder):
    StreamWriter(folder, "a").close()
    with pytest.raises(FileExistsError):
        StreamWriter(folder, "a")


@pytest.mark.parametrize(
    ("value", "fits"),
    [("a1-_Z", True), ("", False), ("../a", False), ("a.b", False), ("a\n", False), (3, False),
     (None, False), ("é", False), ("a" * 65, False)],
)  # fmt: skip
def test_an_id_becomes_a_file_name_and_nothing_else(value, fits):
    assert is_stream_id(value) is fits


def test_a_command_that_no_worker_would_read_is_not_sent(folder):
    with pytest.raises(FtError) as caught:
        send_command(folder, "ask", 1, messages=["x" * (1 << 20)])
    assert caught.value.code == "run.command_too_large"
    assert CommandInbox(folder, 1).poll() == []


def test_a_command_file_nested_without_end_does_no_harm(folder):
    (folder.commands / "00000000000000000001-a.json").write_bytes(b"[" * 500_000)
    content = {"id": "b", "command": "ask", "attempt": 1, "params": [1, 2]}
    (folder.commands / "00000000000000000002-b.json").write_text(json.dumps(content))
    (command,) = CommandInbox(folder, 1).poll()
    assert (command.id, command.params) == ("b", {})
