"""Results of a stream on disk, to be had by index: a preview of any size takes a few bytes a row.

One thread adds, any thread reads. The file is this process's alone and is gone with it.
"""

import pickle
import tempfile
import threading
from array import array

from ftkernel.data.pipeline import Result


class KeptResults:
    """A list of results that only grows."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(prefix="ftkernel-preview-")  # noqa: SIM115 - kept open
        self._starts = array("Q")
        self._end = 0
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._starts)

    def append(self, result: Result) -> None:
        """Add one."""
        data = pickle.dumps(result, pickle.HIGHEST_PROTOCOL)
        with self._lock:
            self._file.seek(self._end)
            self._file.write(data)
            self._starts.append(self._end)
            self._end += len(data)

    def __getitem__(self, index: int) -> Result:
        with self._lock:
            self._file.seek(self._starts[index])
            # Written above, by this process, into a file that has no name.
            return pickle.load(self._file)  # noqa: S301

    def close(self) -> None:
        """Give the room back."""
        self._file.close()
