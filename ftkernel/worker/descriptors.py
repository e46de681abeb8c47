"""The worker's first act: private copies of its pipes, and the log for everybody else.

Afterwards descriptor 0 is empty, and 1 and 2 are the log: no library's print can harm the stream,
nothing can read the requests away, and no child inherits either pipe through an ``exec``.
"""

import io
import os
import sys
from dataclasses import dataclass

from ftkernel.worker.redaction import Redactor


@dataclass(frozen=True)
class Pipes:
    """The private descriptors: ``requests`` to read from, ``stream`` to write to."""

    requests: int
    stream: int


def take_pipes() -> Pipes:
    """Take standard input and output away from everybody else; 2 already leads to the log."""
    pipes = Pipes(requests=os.dup(0), stream=os.dup(1))  # copies made by dup are not inheritable
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - stays open
    return pipes


def redact_output(redactor: Redactor) -> None:
    """Let everything that Python prints pass the redactor before it reaches the log."""
    sys.stdout = _RedactedFile(1, redactor)
    sys.stderr = _RedactedFile(2, redactor)


class _RedactedFile(io.TextIOWrapper):
    """A text file over a descriptor that shows no secret."""

    def __init__(self, fd: int, redactor: Redactor) -> None:
        raw = open(fd, "wb", buffering=0, closefd=False)  # noqa: SIM115 - stays open
        super().__init__(
            raw,  # pyright: ignore[reportArgumentType] - unbuffered: nothing is lost at a kill
            encoding="utf-8",
            errors="backslashreplace",
            write_through=True,
        )
        self._redactor = redactor

    def write(self, text: str, /) -> int:
        super().write(self._redactor.clean(text))
        return len(text)
