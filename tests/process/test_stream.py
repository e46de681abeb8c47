"""The stream between a worker and who started it carries JSON lines of ours, and nothing of any library."""

import os
import signal
import subprocess
import sys

import pytest

from ftkernel.errors import FtError
from ftkernel.runs.launch import launch
from ftkernel.runs.processes import processes_of_session
from tests.process.support import interpreter
from tests.waiting import wait_until

pytestmark = pytest.mark.process


@pytest.fixture
def start(tmp_path, behave):
    workers = []

    def start(behaviour, **options):
        behave(behaviour)
        log = tmp_path / "chat.log"
        worker = launch({"job": "chat"}, log=log, python=interpreter(tmp_path), **options)
        workers.append(worker)
        return worker, log

    yield start
    for worker in workers:
        worker.kill_tree()


def test_requests_are_answered_over_a_stream_that_no_print_disturbs(start):
    worker, log = start("echo")
    lines = worker.lines()
    assert next(lines) == {"kind": "ready"}
    for number in range(3):
        worker.send({"id": number, "ask": f"question {number}\nzwei 三"})
        assert next(lines) == {
            "kind": "answer",
            "id": number,
            "text": f"question {number}\nzwei 三",
        }
    worker.close_lifeline()
    assert next(lines)["kind"] == "result"
    assert list(lines) == []
    assert worker.wait(10) == 0
    assert log.read_text() == "a print of a library\na print of a program\n"


def test_a_request_larger_than_a_pipe_arrives_whole(start):
    worker, _ = start("echo")
    lines = worker.lines()
    next(lines)
    worker.send({"id": 1, "ask": "x" * 1_000_000})
    assert len(next(lines)["text"]) == 1_000_000


def test_a_forked_child_that_stays_behind_does_not_hold_the_stream_open(start):
    worker, _ = start("hold_pipes")
    assert list(worker.lines()) == [{"kind": "ready"}]  # ends, although the child sleeps on
    assert worker.wait(10) == 0
    wait_until(lambda: not processes_of_session(worker.pid), 5)


def test_sending_to_a_worker_that_is_gone_is_an_error(start):
    worker, _ = start("echo")
    worker.kill_tree()
    with pytest.raises(FtError) as caught:
        worker.send({"ask": "is anybody there"})
    assert str(caught.value) == f"The worker (process {worker.pid}) is gone.\n  Start it again."


def test_the_life_line_is_not_inherited_by_programs_started_later(start):
    worker, _ = start("echo")
    next(worker.lines())
    other = subprocess.Popen(
        [sys.executable, "-c", "input()"], stdin=subprocess.PIPE, close_fds=False
    )
    try:
        worker.close_lifeline()
        assert worker.wait(2) == 0
    finally:
        other.kill()
        other.wait()
        other.stdin.close()


def test_closing_a_life_line_does_not_wait_for_the_worker(start):
    worker, _ = start("echo")
    next(worker.lines())
    os.kill(worker.pid, signal.SIGSTOP)
    worker.close_lifeline()  # returns, although the worker cannot heed it
    assert worker.poll() is None
    os.kill(worker.pid, signal.SIGCONT)
    assert worker.wait(10) == 0


def test_a_dropped_worker_ends(start, tmp_path, behave):
    behave("echo")
    worker = launch({"job": "chat"}, log=tmp_path / "log", python=interpreter(tmp_path))
    pid = worker.pid
    next(worker.lines())
    assert os.waitpid(pid, os.WNOHANG) == (0, 0)
    del worker
    ended = wait_until(lambda: any(end := os.waitpid(pid, os.WNOHANG)) and end, 10)
    assert ended == (pid, 0)  # by itself, and not by a signal
    assert not processes_of_session(pid)
