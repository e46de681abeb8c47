"""The memory that a process and those it started have together, while they run."""

import threading
from pathlib import Path

_EVERY = 0.5


class Sampled:
    """The most memory that a process and those it started have had at once, what they share once.

    It is looked at twice a second, from now on.
    """

    def __init__(self, pid: int) -> None:
        self._pid, self._most = pid, 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self._thread.start()

    def end(self) -> int:
        """The peak in bytes; 0 where the system does not tell."""
        self._ended.set()
        self._thread.join()
        return self._most

    def _look(self) -> None:
        while not self._ended.wait(_EVERY):
            self._most = max(self._most, sum(map(_own_share, _tree(self._pid))))


def _tree(pid: int) -> list[int]:
    """A process and those that it and they started."""
    out = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            out += [one for child in task.read_text().split() for one in _tree(int(child))]
        except OSError:  # it ended meanwhile
            continue
    return out


def _own_share(pid: int) -> int:
    """The bytes of a process, of what it shares its share."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) << 10 for line in lines if line.startswith("Pss:"))
