"""The small parts around a job: stop, requests, stream, redaction, life line."""

import json
import os
import threading

import pytest

from ftkernel.runs.event_log import EventWriter, read_events
from ftkernel.runs.processes import this_process
from ftkernel.worker import lifeline
from ftkernel.worker.context import Context
from ftkernel.worker.jobs import JOBS
from ftkernel.worker.lifeline import LineReader, watch
from ftkernel.worker.redaction import Redactor
from ftkernel.worker.requests import Requests
from ftkernel.worker.stop import StopSignal
from ftkernel.worker.stream import Stream
from tests.unit.runs.support import make_run
from tests.waiting import wait_until


@pytest.fixture
def pipe():
    reading, writing = os.pipe()
    ends = [reading, writing]
    yield ends
    for fd in ends:
        try:
            os.close(fd)
        except OSError:
            continue


def close(pipe, end):
    os.close(pipe[end])
    pipe[end] = -1


def test_the_first_wish_to_stop_counts():
    stop = StopSignal()
    assert not stop
    assert stop.reason is None
    stop.set("command")
    stop.set("owner_gone")
    assert stop
    assert stop.reason == "command"
    assert stop.wait(0)


def test_whoever_listens_hears_the_wish_once_early_or_late():
    stop, heard = StopSignal(), []
    stop.when_set(lambda: heard.append("early"))
    stop.set("signal")
    stop.set("signal")
    stop.when_set(lambda: heard.append("late"))
    assert heard == ["early", "late"]


def test_requests_come_in_order_until_nobody_asks_any_more():
    requests = Requests()
    requests.put({"n": 1})
    requests.put({"n": 2})
    requests.close()
    assert requests.get() == {"n": 1}
    assert list(requests) == [{"n": 2}]
    assert requests.ended
    assert requests.get() is None


def test_waiting_for_a_request_has_an_end():
    requests = Requests()
    assert requests.get(timeout=0.01) is None
    assert not requests.ended


def test_a_stream_sends_one_line_an_object_from_any_thread(pipe):
    stream = Stream(os.dup(pipe[1]))
    threads = [
        threading.Thread(target=stream.send, args=({"n": n, "text": "中\n" * 100},))
        for n in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lines = os.read(pipe[0], 1 << 16).decode().splitlines()
    assert sorted(json.loads(line)["n"] for line in lines) == list(range(20))


def test_a_stream_that_nobody_reads_any_more_is_no_error(pipe):
    fd = os.dup(pipe[1])
    stream = Stream(fd)
    close(pipe, 0)
    stream.send({"n": 1})
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(fd)  # given up, so that nothing goes to whoever gets its number next
    assert stream.send({"n": 2}) is None


def test_secrets_are_replaced_everywhere_but_short_values_are_left():
    redactor = Redactor(["hf_abc", "hf_abc_longer", "no", ""])
    assert redactor.clean("x hf_abc_longer hf_abc no") == "x [secret] [secret] no"
    assert redactor.clean_json({"a": ["hf_abc", 1], "b": {"c": "hf_abc!"}, "d": None}) == {
        "a": ["[secret]", 1],
        "b": {"c": "[secret]!"},
        "d": None,
    }


def test_lines_are_read_whole_however_they_come(pipe):
    reader = LineReader(pipe[0])
    os.write(pipe[1], b'{"a": 1}\n{"b"')
    assert reader.read_object() == {"a": 1}
    os.write(pipe[1], b": 2}\n\nrest")
    assert reader.read_object() == {"b": 2}
    assert reader.read() == b""
    close(pipe, 1)
    assert reader.read() is None


def watching(pipe, **options):
    requests, stop = Requests(), StopSignal()
    options = {"owner": None, "detached": False, "poll_seconds": 0.02, **options}
    watch(LineReader(pipe[0]), requests, stop, **options)
    return requests, stop


def test_the_end_of_the_life_line_is_the_wish_to_stop(pipe):
    requests, stop = watching(pipe)
    os.write(pipe[1], b'garbage\n[1]\n{"ask": 1}\n')
    assert requests.get(5) == {"ask": 1}
    assert stop.reason is None
    close(pipe, 1)
    assert requests.get(5) is None
    wait_until(lambda: stop.reason == "owner_gone", 5)


def test_a_detached_worker_only_has_no_more_requests(pipe):
    before = set(threading.enumerate())
    requests, stop = watching(pipe, detached=True, owner={"pid": 1, "create_time": 0.0})
    (watcher,) = set(threading.enumerate()) - before  # nobody looks at the owner
    close(pipe, 1)
    assert requests.get(5) is None
    assert requests.ended
    watcher.join(5)
    assert not watcher.is_alive()
    assert stop.reason is None


def test_an_owner_that_is_gone_is_noticed_though_the_pipe_is_open(pipe, monkeypatch):
    mine, looks = this_process(), []
    look = lifeline.is_running
    monkeypatch.setattr(lifeline, "is_running", lambda *who: looks.append(who) or look(*who))
    _, stop = watching(pipe, owner={"pid": mine.pid, "create_time": mine.create_time})
    wait_until(lambda: len(looks) > 3, 5)
    assert stop.reason is None
    stop.set("command")
    _, stop = watching(pipe, owner={"pid": mine.pid, "create_time": mine.create_time - 5})
    wait_until(lambda: stop.reason == "owner_gone", 5)


@pytest.fixture
def context(tmp_path, pipe):
    return Context(
        job={"job": "train", "attempt": 2},
        out=Stream(os.dup(pipe[1])),
        requests=Requests(),
        stop=StopSignal(),
        folder=make_run(tmp_path),
    )


def speak(context):
    context.phase("tokenizing")
    context.progress("tokenizing", 10, 50)
    context.adjusted("a.code", value=1)
    context.warned("w.code", value=2)


def test_a_job_that_drives_a_run_speaks_through_its_events(context):
    context.events = EventWriter(context.folder, context.attempt)
    speak(context)
    said = read_events(context.folder.events)
    assert [event["kind"] for event in said] == [
        "phase_started",
        "phase_progressed",
        "adjusted",
        "warned",
    ]
    assert {event["attempt"] for event in said} == {2}
    assert (said[1]["done"], said[1]["total"], said[1]["unit"]) == (10, 50, "rows")


def test_any_other_job_speaks_through_its_stream(context, pipe):
    speak(context)
    said = [json.loads(line) for line in os.read(pipe[0], 1 << 16).splitlines()]
    assert said == [
        {"kind": "phase", "phase": "tokenizing", "done": 0, "total": None},
        {"kind": "phase", "phase": "tokenizing", "done": 10, "total": 50, "unit": "rows"},
        {"kind": "adjusted", "code": "a.code", "params": {"value": 1}},
        {"kind": "warned", "code": "w.code", "params": {"value": 2}},
    ]
    assert not context.folder.events.exists()


def test_only_training_drives_a_run_and_every_job_has_its_module():
    import importlib.util

    assert {name for name, job in JOBS.items() if job.drives} == {"train"}
    missing = [name for name, job in JOBS.items() if importlib.util.find_spec(job.module) is None]
    assert missing == []
