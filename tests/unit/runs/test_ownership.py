"""One worker drives a run; the dead, the restarted and the renumbered stop nobody."""

import os
import subprocess
import sys
import time

import pytest

from ftkernel.errors import FtError
from ftkernel.runs import ownership
from ftkernel.runs.file_lock import FileLock
from ftkernel.runs.folder import read_json, write_json
from ftkernel.runs.ownership import Ownership, liveness, read_owner
from ftkernel.runs.processes import this_process
from tests.unit.runs.support import make_run
from tests.waiting import wait_until


@pytest.fixture
def folder(tmp_path):
    return make_run(tmp_path)


def owned_by(folder, *, heartbeat=None, attempt=1, **changes):
    record = {**this_process().to_json(), "attempt": attempt, **changes}
    write_json(folder.owner_file, {**record, "heartbeat": heartbeat or time.time()})
    if heartbeat:
        os.utime(folder.owner_file, (heartbeat, heartbeat))


def dead_pid():
    done = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True
    )
    return int(done.stdout)


def test_nobody_drives_a_new_run(folder):
    assert liveness(folder) == "none"
    assert read_owner(folder) is None


def test_the_driver_is_written_down_and_gone_after_the_release(folder):
    mine = Ownership.take(folder, 3)
    record = read_json(folder.owner_file)
    assert set(record) == {
        "host", "boot_id", "namespace", "pid", "create_time", "attempt", "heartbeat",
    }  # fmt: skip
    assert (record["pid"], record["attempt"]) == (os.getpid(), 3)
    assert liveness(folder) == "alive"
    mine.release()
    mine.release()
    assert liveness(folder) == "none"
    Ownership.take(folder, 4).release()


def test_a_dead_process_is_stale(folder):
    owned_by(folder, pid=dead_pid())
    assert liveness(folder) == "stale"
    Ownership.take(folder, 2).release()


def test_a_process_number_used_again_is_stale(folder):
    owned_by(folder, create_time=this_process().create_time - 100)
    assert liveness(folder) == "stale"


def test_an_owner_from_before_the_restart_of_the_machine_is_stale(folder):
    owned_by(folder, boot_id="another start")
    assert liveness(folder) == "stale"


def test_a_living_process_is_alive_however_old_its_heartbeat(folder):
    owned_by(folder, heartbeat=time.time() - 1000)
    assert liveness(folder) == "alive"


@pytest.mark.parametrize("change", [{"host": "far-away"}, {"namespace": "pid:[another container]"}])
def test_an_owner_elsewhere_lives_by_its_heartbeat(folder, change):
    owned_by(folder, **change)
    assert liveness(folder) == "alive"
    owned_by(folder, heartbeat=time.time() - 29, **change)
    assert liveness(folder) == "alive"
    owned_by(folder, heartbeat=time.time() - 31, **change)
    assert liveness(folder) == "stale"


def test_an_owner_elsewhere_keeps_others_away_by_name(folder):
    owned_by(folder, host="far-away", pid=77)
    with pytest.raises(FtError) as caught:
        Ownership.take(folder)
    assert str(caught.value) == (
        "Run first is driven by process 77 on far-away.\n"
        "  Look at it with `%ft show first`, or end it first with `%ft stop first`."
    )


def test_a_lock_without_a_living_owner_is_still_a_lock(folder):
    lock = FileLock(folder.lock_file)
    assert lock.take() == "taken"
    with pytest.raises(FtError) as caught:
        Ownership.take(folder)
    assert str(caught.value) == (
        "Run first is locked by another process.\n"
        "  Wait a moment and try again; `%ft show first` tells its state."
    )
    lock.release()
    Ownership.take(folder).release()


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"host": 1, "pid": "x"}'])
def test_an_unreadable_owner_is_none(folder, content):
    folder.owner_file.write_text(content)
    assert liveness(folder) == "none"


def test_the_heart_beats_on(folder):
    mine = Ownership.take(folder, 1, heartbeat_seconds=0.02)
    first = read_owner(folder).heartbeat
    wait_until(lambda: read_owner(folder).heartbeat > first + 0.1, 5)
    mine.release()
    assert not folder.owner_file.exists()


def test_a_heart_that_can_not_write_does_no_harm(folder, monkeypatch):
    failed, touch = [], ownership._touch
    monkeypatch.setattr(ownership, "_touch", lambda path: failed.append(path) or touch(path))
    mine = Ownership.take(folder, 1, heartbeat_seconds=0.01)
    folder.path.rename(folder.path.with_name("elsewhere"))  # at once; a beat may come at any time
    with pytest.raises(FtError):
        mine.beat()
    wait_until(lambda: len(failed) > 2, 5, "it beats on")
    mine.release()
    assert not mine._thread.is_alive()


def test_a_forked_child_gives_the_lock_back_without_unlocking_its_parent(folder):
    mine = Ownership.take(folder)
    child = os.fork()
    if child == 0:
        mine.forget_in_child()
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert FileLock(folder.lock_file).take() == "held"
    mine.release()


def test_the_lock_outlives_no_process(folder):
    program = (
        "import sys, time; from pathlib import Path; from ftkernel.runs.file_lock import FileLock\n"
        "lock = FileLock(Path(sys.argv[1])); print(lock.take(), flush=True); time.sleep(60)\n"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", program, str(folder.lock_file)], stdout=subprocess.PIPE
    )
    assert holder.stdout.readline() == b"taken\n"
    lock = FileLock(folder.lock_file)
    assert lock.take() == "held"
    holder.kill()
    holder.wait()
    holder.stdout.close()
    assert lock.take() == "taken"
    lock.release()


def test_a_file_system_without_locks_is_told_apart(folder, monkeypatch):
    import errno
    import fcntl

    def unsupported(fd, how):
        raise OSError(errno.ENOLCK, "no locks")

    monkeypatch.setattr(fcntl, "flock", unsupported)
    mine = Ownership.take(folder)
    assert not mine.locked
    mine.release()
    owned_by(folder, host="far-away")
    with pytest.raises(FtError):
        Ownership.take(folder)
