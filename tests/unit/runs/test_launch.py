"""How a worker's process is made on each system."""

import io
import signal
import subprocess
import sys

import pytest

from ftkernel.runs import launch, worker_process


def test_on_posix_a_worker_has_a_session_of_its_own():
    assert launch.process_options("linux") == {"start_new_session": True}
    assert launch.process_options("darwin") == {"start_new_session": True}


def test_on_windows_a_worker_has_a_process_group_and_no_window():
    flags = launch.process_options("win32")["creationflags"]
    assert flags == 0x200 | 0x08000000  # CREATE_NEW_PROCESS_GROUP, CREATE_NO_WINDOW
    assert launch.process_options("win32").keys() == {"creationflags"}


def test_what_lies_beside_the_notebook_does_not_stand_in_for_a_library(tmp_path):
    (tmp_path / "random.py").write_text("raise SystemExit('the wrong random')")
    command = launch.worker_command(sys.executable)
    assert command == [sys.executable, "-P", "-m", "ftkernel.worker"]
    done = subprocess.run(command, cwd=tmp_path, input=b"", capture_output=True, timeout=20)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_checkout_is_found_by_its_worker_and_an_installed_package_needs_no_help(monkeypatch):
    home = str(launch.Path(launch.__file__).resolve().parents[2])
    separator = launch.os.pathsep
    assert launch.import_path({}, sys.executable) == {"PYTHONPATH": home}
    assert launch.import_path({"PYTHONPATH": "/a"}, sys.executable) == {
        "PYTHONPATH": f"{home}{separator}/a"
    }
    assert launch.import_path({"PYTHONPATH": f"/a{separator}{home}"}, sys.executable) == {}
    assert launch.import_path({}, "/another/python") == {}
    monkeypatch.setattr(launch, "__file__", "/env/lib/site-packages/ftkernel/runs/launch.py")
    assert launch.import_path({}, sys.executable) == {}


class Process:
    """Stands in for a process on Windows, which is not at hand."""

    def __init__(self):
        self.pid, self.stdin, self.stdout, self.signals = 0, io.BytesIO(), io.BytesIO(), []

    def poll(self):
        return None

    def send_signal(self, number):
        self.signals.append(number)

    def terminate(self):
        self.signals.append("terminate")


@pytest.mark.parametrize(("platform", "sent"), [("win32", "break"), ("linux", "terminate")])
def test_a_worker_is_asked_to_end_by_the_systems_own_signal(platform, sent, monkeypatch):
    monkeypatch.setattr(signal, "CTRL_BREAK_EVENT", "break", raising=False)
    monkeypatch.setattr(worker_process.sys, "platform", platform)
    process = Process()
    worker_process.WorkerProcess(process).terminate()
    assert process.signals == [sent]
