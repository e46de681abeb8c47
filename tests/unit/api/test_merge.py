"""A merge that cannot be is refused before any worker starts; what a killed one left is named."""

import os
import signal
import subprocess
import sys

import pytest

from ftkernel.api import jobs
from ftkernel.api import merge as module
from ftkernel.api.jobs import died
from ftkernel.api.merge import clear_leftovers, merge
from ftkernel.errors import FtError
from ftkernel.runs import merge_folder
from ftkernel.runs.events import RunFinished
from ftkernel.runs.folder import write_json
from tests.unit.api.folders import make_run

pytestmark = pytest.mark.usefixtures("here")

WHEN = 1_700_000_000.0


@pytest.fixture
def run(here):
    folder = make_run(here, RunFinished(step=3, result="result"))
    folder.result.mkdir()
    return folder


def refusal(to):
    with pytest.raises(FtError) as caught:
        merge("first", to)
    return caught.value.lines("en")


@pytest.mark.usefixtures("run", "no_worker")
def test_a_target_that_is_taken_is_refused_before_a_worker_starts(here):
    (here / "file").write_text("mine")
    assert refusal("file") == [
        f"{here / 'file'} is a file; a merged model needs a folder. Nothing was written.",
        "  Name a folder that does not exist yet.",
    ]
    (here / "full").mkdir()
    (here / "full" / "README.md").write_text("mine")
    assert refusal("full/") == [
        f"{here / 'full'} is not empty (1 entry, such as README.md). Nothing was written.",
        "  Name a folder that does not exist yet, or an empty one.",
    ]


@pytest.mark.usefixtures("no_worker")
def test_an_earlier_merge_in_the_folder_is_named_with_its_run_and_its_time(here, run):
    for name in ("merged", "merged-2"):
        (here / name).mkdir()
        (here / name / "README.md").write_text("# merged\n\n| ftkernel | 0.1 |\n")
    os.utime(here / "merged-2" / "README.md", (WHEN, WHEN))
    (run.path / "merges").mkdir()
    write_json(run.path / "merges" / "a.json", {"path": str(here / "merged"), "t": WHEN})
    when = module.moment(WHEN)
    assert refusal("merged/") == [
        f"{here / 'merged'} holds the merge of run 'first' of {when}. Nothing was written.",
        "  Write for example --to merged-3, or delete that folder first.",
    ]
    assert refusal("merged-2") == [
        f"{here / 'merged-2'} holds a model that was merged on {when}. Nothing was written.",
        "  Write for example --to merged-2-2, or delete that folder first.",
    ]


@pytest.mark.usefixtures("run")
def test_what_a_killed_merge_left_is_named(here, monkeypatch):
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    out = here / "elsewhere"
    out.mkdir()
    left = out / f".merged.ftkernel-{merge_folder._host()}-{dead.pid}-1.partial"
    left.mkdir()

    def killed(*_, **__):
        raise died("merge", -signal.SIGKILL, here / "log", None)
        yield

    monkeypatch.setattr(module, "lines_of", killed)
    assert refusal("elsewhere/merged") == [
        "The worker of this merge was killed from outside (signal 9).",
        f"  Its log is {here / 'log'}",
        f"  Unfinished: {left}; the next merge into that folder removes it, and so does `%ft doctor`.",
    ]
    assert clear_leftovers() == [left]
    assert not left.exists()
    assert clear_leftovers() == []


def test_a_lack_of_memory_is_named_only_where_the_system_killed_for_it(here, monkeypatch):
    monkeypatch.setattr(jobs, "memory_kills", lambda: 4)
    log = here / "log"
    assert died("merge", -9, log, kills=4).message("en") == (
        "The worker of this merge was killed from outside (signal 9)."
    )
    assert died("merge", -9, log, kills=3).lines("en") == [
        "The system killed the worker of this merge (signal 9) because memory ran out.",
        f"  Stop other runs and chats, or use a smaller model. Its log is {log}",
    ]
    assert died("merge", -15, log, kills=3).code == "api.job_killed"
    assert died("merge", -11, log, kills=3).lines("en") == [
        "The worker of this merge ended without a word (exit code -11).",
        f"  Its log is {log}",
    ]
