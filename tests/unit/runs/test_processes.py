"""Processes are told apart beyond their numbers."""

import os
import subprocess
import sys

from ftkernel.runs.processes import (
    identity_from,
    is_running,
    processes_of_session,
    this_process,
)
from tests.waiting import wait_until


def test_this_process_lives_and_is_visible():
    mine = this_process()
    assert mine.pid == os.getpid()
    assert mine.is_visible()
    assert mine.is_alive()
    assert identity_from(mine.to_json()) == mine


def test_another_creation_time_is_another_process():
    mine = this_process()
    assert is_running(mine.pid, mine.create_time)
    assert not is_running(mine.pid, mine.create_time + 1)


def test_a_zombie_does_not_run():
    child = subprocess.Popen([sys.executable, "-c", "pass"])
    import psutil

    created = psutil.Process(child.pid).create_time()
    wait_until(lambda: psutil.Process(child.pid).status() == psutil.STATUS_ZOMBIE, 10)
    assert not is_running(child.pid, created)
    child.wait()
    assert not is_running(child.pid, created)


def test_a_child_of_a_dead_child_still_belongs_to_the_session():
    program = (
        "import os, subprocess, sys, time\n"
        "sleep = [sys.executable, '-c', 'import time; time.sleep(60)']\n"
        "if os.fork() == 0:\n"
        "    subprocess.Popen(sleep); os._exit(0)\n"
        "os.wait(); print('ready', flush=True); time.sleep(60)\n"
    )
    leader = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, start_new_session=True
    )
    try:
        assert leader.stdout.readline() == b"ready\n"
        family = processes_of_session(leader.pid)
        assert len(family) == 1
        assert leader.pid not in [process.pid for process in family]
    finally:
        for process in processes_of_session(leader.pid):
            process.kill()
        leader.kill()
        leader.wait()
        leader.stdout.close()


def test_what_is_no_identity_is_none():
    assert identity_from({}) is None
    assert identity_from({**this_process().to_json(), "pid": "x"}) is None
