"""The doctor clears what a killed merge left, and says so."""

import subprocess
import sys

from ftkernel.runs import merge_folder
from ftkernel.subcommands import registry


class Host:
    """A host that keeps what it is shown."""

    prefix = "%ft"

    def show(self, bundle):
        self.shown = bundle["text/plain"]


def test_what_a_killed_merge_left_is_removed_where_it_was_begun(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "out").mkdir()
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    left = tmp_path / "out" / f".merged.ftkernel-{merge_folder._host()}-{dead.pid}-1.partial"
    left.mkdir()
    merge_folder.remember(tmp_path / "out")
    host = Host()
    registry.dispatch(["doctor"], host, "notebook")
    assert f"Removed what a killed merge had left: {left}" in host.shown
    assert not left.exists()
    registry.dispatch(["doctor"], host, "notebook")
    assert "killed merge" not in host.shown
    assert merge_folder.remembered() == []
