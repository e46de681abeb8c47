"""Events survive any death of their writer, and are read whole or not at all."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from ftkernel.errors import FtError
from ftkernel.runs.event_log import EventTail, EventWriter, encode_line, read_events, read_tail
from ftkernel.runs.events import (
    EVENTS,
    Adjusted,
    CheckpointSaved,
    PhaseStarted,
    RunFailed,
    RunStopped,
    Warned,
)
from tests.disk import Disk
from tests.unit.runs.support import make_run, step_event


@pytest.fixture
def folder(tmp_path):
    return make_run(tmp_path)


def write(folder, *events, attempt=1):
    writer = EventWriter(folder, attempt)
    for event in events:
        writer.write(event)
    writer.close()


def numbers(folder):
    return [event["seq"] for event in read_events(folder.events)]


def test_every_line_carries_its_number_time_attempt_and_kind(folder):
    write(folder, PhaseStarted(phase="training"), step_event(1))
    first, second = read_events(folder.events)
    assert first == {
        "seq": 1,
        "t": first["t"],
        "attempt": 1,
        "kind": "phase_started",
        "phase": "training",
    }
    assert (second["seq"], second["kind"], second["loss"]) == (2, "step_logged", 1.0)


def test_what_others_build_on_is_on_the_disk_before_the_writer_goes_on(folder, monkeypatch):
    writer, disk = EventWriter(folder, 1), Disk(monkeypatch)
    for event, synced in (
        (step_event(1), False),
        (CheckpointSaved(step=1, path="step-000001", reason="steps", bytes=1, seconds=0.1), True),
        (step_event(2), False),
        (RunStopped(step=2, reason="command", checkpoint=None), True),
    ):
        writer.write(event)
        assert disk.has_synced(folder.events) == synced, event.KIND


def test_the_number_goes_on_in_the_next_attempt(folder):
    write(folder, step_event(1), step_event(2))
    write(folder, step_event(2), attempt=2)
    assert numbers(folder) == [1, 2, 3]
    assert [event["attempt"] for event in read_events(folder.events)] == [1, 1, 2]


@pytest.mark.parametrize(
    "torn", [b"{", b'{"seq": 3, "kind": "st', b'{"seq":3,"kind":"x"}', b"\0" * 9]
)
def test_a_torn_last_line_is_dropped_by_readers_and_cut_off_by_the_next_writer(folder, torn):
    write(folder, step_event(1), step_event(2))
    with open(folder.events, "ab") as file:
        file.write(torn)
    assert numbers(folder) == [1, 2]
    write(folder, step_event(3), attempt=2)
    assert numbers(folder) == [1, 2, 3]
    lines = folder.events.read_bytes().split(b"\n")
    assert [json.loads(line)["seq"] for line in lines[:-1]] == [1, 2, 3]
    assert lines[-1] == b""


def test_what_a_dead_machine_leaves_behind_is_cut_off(folder):
    write(folder, step_event(1))
    with open(folder.events, "ab") as file:
        file.write(b"\0" * 5000 + b"\n" + b"\0" * 300_000 + b"\n\n")
    write(folder, step_event(2), attempt=2)
    assert numbers(folder) == [1, 2]
    assert b"\0" not in folder.events.read_bytes()


def test_a_line_longer_than_a_block_is_found_again(folder):
    write(folder, Warned(code="x", params={"text": "x" * 200_000}))
    write(folder, step_event(1), attempt=2)
    assert numbers(folder) == [1, 2]


def test_a_file_of_garbage_only_begins_anew(folder):
    folder.events.write_bytes(b"garbage\nmore\n")
    write(folder, step_event(1))
    assert numbers(folder) == [1]


def test_what_json_has_no_word_for_becomes_null(folder):
    write(folder, step_event(1, loss=float("nan"), grad_norm=float("inf")))
    text = folder.events.read_text()
    assert "NaN" not in text
    event = read_events(folder.events)[0]
    assert (event["loss"], event["grad_norm"]) == (None, None)


def test_any_value_can_be_written(folder):
    class Scalar:
        def item(self):
            return 2.5

    values = {
        "path": Path("/a"),
        "scalar": Scalar(),
        "half": "\ud800",
        "zh": "损失",
        "set": {1},
        3: 4,
    }
    write(folder, Adjusted(code="x", params=values))
    assert read_events(folder.events)[0]["params"] == {
        "path": "/a",
        "scalar": 2.5,
        "half": "\ud800",
        "zh": "损失",
        "set": [1],
        "3": 4,
    }
    assert "损失" in folder.events.read_text(encoding="utf-8")


def test_readers_get_only_what_is_new(folder):
    write(folder, step_event(1), step_event(2), step_event(3))
    assert [event["step"] for event in read_events(folder.events, after=2)] == [3]


def test_a_tail_gives_each_event_once_also_when_a_line_comes_in_two_parts(folder):
    tail = EventTail(folder.events)
    assert tail.poll() == []
    write(folder, step_event(1))
    assert [event["step"] for event in tail.poll()] == [1]
    line = encode_line(step_event(2), seq=2, attempt=1)
    with open(folder.events, "ab", buffering=0) as file:
        file.write(line[:20])
        assert tail.poll() == []
        file.write(line[20:])
    assert [event["step"] for event in tail.poll()] == [2]
    assert tail.poll() == []


def test_a_tail_survives_the_cut_of_a_torn_line(folder):
    tail = EventTail(folder.events)
    write(folder, step_event(1))
    with open(folder.events, "ab") as file:
        file.write(b'{"torn')
    assert len(tail.poll()) == 1
    write(folder, step_event(2), attempt=2)
    assert [event["step"] for event in tail.poll()] == [2]


def test_a_tail_goes_on_when_the_file_was_copied_back_into_place(folder):
    tail = EventTail(folder.events)
    write(folder, step_event(1), step_event(2))
    assert len(tail.poll()) == 2
    content = folder.events.read_bytes()
    folder.events.unlink()
    assert tail.poll() == []
    folder.events.write_bytes(content)
    write(folder, step_event(3))
    assert [event["step"] for event in tail.poll()] == [3]


def test_the_end_of_a_long_file_is_read_without_the_rest(folder):
    write(folder, *(step_event(step) for step in range(1, 1000)))
    events, whole = read_tail(folder.events, 4096)
    assert not whole
    assert events[-1]["step"] == 999
    assert 5 < len(events) < 50
    assert read_tail(folder.events, 1 << 20)[1]


def test_threads_do_not_mix_their_lines(folder):
    writer = EventWriter(folder, 1)

    def many():
        for step in range(1, 101):
            writer.write(step_event(step))

    threads = [threading.Thread(target=many) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert numbers(folder) == list(range(1, 401))


def test_last_words_are_not_waited_for_longer_than_asked(folder):
    writer = EventWriter(folder, 1)
    with writer._lock:
        assert not writer.try_write(step_event(1), 0.01)
    assert writer.try_write(step_event(1), 0.01)
    assert numbers(folder) == [1]


def test_a_deleted_folder_is_noticed_at_the_next_event(folder):
    import shutil

    writer = EventWriter(folder, 1)
    writer.write(step_event(1))
    shutil.rmtree(folder.path)
    with pytest.raises(FtError) as caught:
        writer.write(step_event(2))
    assert caught.value.code == "run.folder_lost"


def test_another_file_in_the_place_of_the_events_is_noticed(folder):
    writer = EventWriter(folder, 1)
    folder.events.rename(folder.path / "moved")
    folder.events.write_bytes(b"")
    with pytest.raises(FtError) as caught:
        writer.write(step_event(1))
    assert caught.value.code == "run.folder_lost"


def test_a_writer_without_a_folder_says_so(folder):
    import shutil

    shutil.rmtree(folder.path)
    with pytest.raises(FtError) as caught:
        EventWriter(folder, 1)
    assert caught.value.code == "run.folder_lost"


def test_every_kind_is_written_and_read_back(folder):
    """Each kind by its least form: what has no default gets a value of its type."""
    from dataclasses import MISSING, fields

    def least(kind):
        values = {"str": "x", "int": 1, "float": 1.5, "bool": True}
        needed = [f for f in fields(kind) if f.default is MISSING and f.default_factory is MISSING]
        return kind(
            **{f.name: values.get(getattr(f.type, "__name__", str(f.type)), {}) for f in needed}
        )

    write(folder, *(least(kind) for kind in EVENTS))
    kinds = [event["kind"] for event in read_events(folder.events)]
    assert kinds == [kind.KIND for kind in EVENTS]
    assert len(set(kinds)) == len(EVENTS) >= 18


def test_unknown_kinds_pass_through(folder):
    line = {"seq": 1, "t": 1.0, "attempt": 1, "kind": "of_the_future", "more": [1]}
    folder.events.write_text(json.dumps(line) + "\n")
    assert read_events(folder.events) == [line]
    write(folder, RunFailed(error={}))
    assert numbers(folder) == [1, 2]


def test_a_writer_killed_two_thousand_times_leaves_readable_folders(tmp_path):
    shared = Path("/dev/shm")  # nothing here needs a disk, and its syncs would take minutes
    place = tmp_path if not os.access(shared, os.W_OK) else shared / f"ftkernel-{os.getpid()}"
    place.mkdir(exist_ok=True)
    try:
        done = subprocess.run(
            [
                sys.executable,
                str(Path(__file__).with_name("killed_writer.py")),
                str(place),
                "2000",
                "42",
            ],
            capture_output=True,
            text=True,
            timeout=240,
        )
    finally:
        import shutil

        shutil.rmtree(place)
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert seen["kills"] == 2000
    assert seen["torn"] > 0  # else the kills proved nothing
    assert seen["lines"] > 2000
