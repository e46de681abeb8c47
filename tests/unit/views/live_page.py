"""A page as the front end keeps it: frames applied, and what it then knows of a run."""

import json
import math
import struct
import time

from ftkernel.runs.folder import RunFolder, write_json
from ftkernel.runs.processes import this_process
from tests.unit.views.support import META


class Page:
    """Applies frames by the rules of the protocol; asks for what it missed."""

    def __init__(self):
        self.seq = 0
        self.view = {}
        self.tables = {}
        self.marks = []

    def take(self, frame):
        """Whether the frame could be applied."""
        content = json.loads(json.dumps(frame.content, allow_nan=False))
        if content["base"] not in (0, self.seq):
            return False
        if content["base"] == 0:
            self.view, self.tables, self.marks = {}, {}, []
        self.seq = content["seq"]
        self.view |= content.get("view", {})
        self.marks += content.get("marks", {"items": []})["items"]
        for about, buffer in zip(content["tables"], frame.buffers, strict=True):
            columns = self.tables.setdefault(about["name"], {name: [] for name in about["fields"]})
            assert list(columns) == about["fields"]
            values = struct.unpack(f"<{len(buffer) // 8}d", buffer)
            assert len(values) == about["count"] * len(about["fields"])
            for index, name in enumerate(about["fields"]):
                start = index * about["count"]
                columns[name] += values[start : start + about["count"]]
        return True

    def curve(self, name, table="train"):
        """Steps and values, without those that are not there."""
        columns = self.tables.get(table, {"step": [], name: []})
        pairs = zip(columns["step"], columns[name], strict=True)
        return [(int(step), value) for step, value in pairs if not math.isnan(value)]


def live_folder(tmp_path, *, alive=True) -> RunFolder:
    """A run's folder that this process drives, with nothing said yet."""
    folder = RunFolder(tmp_path / "first")
    folder.path.mkdir()
    write_json(folder.meta_file, {key: META[key] for key in ("id", "name", "created")})
    write_json(folder.recipe_json, META["recipe"])
    if alive:
        record = {**this_process().to_json(), "attempt": 1, "heartbeat": time.time()}
        write_json(folder.owner_file, record)
    return folder


def append(folder, *events, torn=""):
    """Write events as lines, and perhaps the beginning of one more."""
    lines = "".join(json.dumps(event) + "\n" for event in events)
    with open(folder.events, "ab") as file:
        file.write((lines + torn).encode())
