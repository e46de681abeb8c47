"""Failpoints do nothing in normal use, and end the process exactly where they are told to."""

import signal
import subprocess
import sys

import pytest

from ftkernel.runs import failpoints
from ftkernel.runs.failpoints import FAILPOINTS, failpoint


def run(program, **env):
    import os

    return subprocess.run(
        [sys.executable, "-c", f"from ftkernel.runs.failpoints import failpoint as f\n{program}"],
        env={**os.environ, **env},
        capture_output=True,
        text=True,
    )


def test_nothing_happens_in_normal_use(monkeypatch):
    acted = []
    monkeypatch.setattr(failpoints, "_act", lambda *what: acted.append(what))
    monkeypatch.delenv("FTKERNEL_FAILPOINT", raising=False)
    for name in FAILPOINTS:
        failpoint(name)
    assert acted == []
    assert not failpoints._passes  # not even counted
    monkeypatch.setenv("FTKERNEL_FAILPOINT", "step.after")
    monkeypatch.setattr(failpoints, "_passes", failpoints.Counter())
    for name in FAILPOINTS:
        failpoint(name)
    assert acted == [("step.after", "kill")]


def test_there_are_at_most_twenty_places():
    assert 15 <= len(FAILPOINTS) <= 20


def test_a_place_that_is_not_in_the_table_is_a_mistake():
    with pytest.raises(ValueError, match=r"no failpoint is called 'checkpoint\.nowhere'"):
        failpoint("checkpoint.nowhere")


def test_the_named_place_kills_and_others_do_not():
    done = run(
        "f('model.loaded'); print('a', flush=True); f('step.after'); print('b')",
        FTKERNEL_FAILPOINT="step.after",
    )
    assert (done.returncode, done.stdout) == (-signal.SIGKILL, "a\n")


def test_the_nth_pass_kills():
    done = run(
        "for n in range(5):\n print(n, flush=True)\n f('step.after')",
        FTKERNEL_FAILPOINT="step.after:3",
    )
    assert (done.returncode, done.stdout) == (-signal.SIGKILL, "0\n1\n2\n")


def test_a_failing_system_call_can_be_played():
    done = run(
        "import errno\ntry:\n f('merge.middle')\nexcept OSError as e:\n print(e.errno == errno.ENOSPC)",
        FTKERNEL_FAILPOINT="merge.middle",
        FTKERNEL_FAILPOINT_ACTION="raise:ENOSPC",
    )
    assert (done.returncode, done.stdout) == (0, "True\n")


def test_every_place_in_the_table_is_in_the_code():
    from pathlib import Path

    import ftkernel

    sources = "".join(
        path.read_text(encoding="utf-8")
        for path in Path(ftkernel.__file__).parent.rglob("*.py")
        if path.name != "failpoints.py"
    )
    assert [name for name in FAILPOINTS if f'failpoint("{name}")' not in sources] == []
