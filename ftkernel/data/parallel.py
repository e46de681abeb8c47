"""Encoding in several processes, where that pays: the same rows in the same order as in one.

This process reads and writes, others encode, so that ``workers`` of them are busy in all. They are
started afresh (a fork of a process with threads is not safe, and what started this one need not
bear to be run again), hear through a pipe what to encode, and leave when it closes: with this
process, whatever it dies of. Starting one takes about two seconds of a processor, which is why
small data sets are encoded here.
"""

import contextlib
import os
import pickle
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import IO, Any, TypeVar

from ftkernel.data.content import Content
from ftkernel.data.encode import Counts
from ftkernel.data.encoded import AnyEncoded
from ftkernel.data.fast_encoder import FastEncoder
from ftkernel.data.rows import RowFault

T = TypeVar("T")
Results = list[list[AnyEncoded] | RowFault]
_Answer = tuple[Results, Counts]

_SECONDS = 12
"""What has to be left to do for each process to be worth its start."""
_BYTES_PER_SECOND, _QUICK_BYTES_PER_SECOND = 1_200_000, 8_000_000
_MOST = 8
_AHEAD = 3
_MOST_WAITING = 48


def workers_for(size: int, *, quick: bool) -> int:
    """How many processes pay, where there are as many processors.

    Args:
        size: of all rows, in bytes.
        quick: whether rows go the quick way.
    """
    seconds = size / (_QUICK_BYTES_PER_SECOND if quick else _BYTES_PER_SECOND)
    return max(1, min(_MOST, int(seconds / _SECONDS)))


def encoded(
    encoder: FastEncoder, batches: Iterable[list[tuple[T, Content]]], workers: int = 1
) -> Iterator[tuple[list[tuple[T, Content]], Results]]:
    """Encode batches of rows, in their order.

    Args:
        encoder: of the run; what it counts is counted whoever encodes.
        batches: what rows say, each with whatever it is known by.
        workers: processes to be busy, this one among them.
    """
    if workers <= 1:
        for batch in batches:
            yield batch, encoder.encode_all([content for _, content in batch])
        return
    helpers = _Helpers(encoder, workers - 1)
    try:
        yield from _in_order(helpers, encoder, batches, _AHEAD * (workers - 1))
    finally:
        helpers.end()


def _in_order(
    helpers: "_Helpers",
    encoder: FastEncoder,
    batches: Iterable[list[tuple[T, Content]]],
    ahead: int,
) -> Iterator[tuple[list[tuple[T, Content]], Results]]:
    """Batches in their order; this process encodes what others are too busy for."""
    waiting: deque[tuple[list[tuple[T, Content]], Future[_Answer] | Results]] = deque()

    def first() -> tuple[list[tuple[T, Content]], Results]:
        batch, found = waiting.popleft()
        if not isinstance(found, Future):
            return batch, found
        try:
            results, counts = found.result()
        except _Gone:  # killed, as a rule for its memory: go on alone
            return batch, encoder.encode_all([content for _, content in batch])
        for name in Counts.__dataclass_fields__:
            setattr(encoder.counts, name, getattr(encoder.counts, name) + getattr(counts, name))
        return batch, results

    for batch in batches:
        contents = [content for _, content in batch]
        busy = sum(isinstance(one, Future) and not one.done() for _, one in waiting)
        take = busy >= ahead
        waiting.append((batch, encoder.encode_all(contents) if take else helpers.encode(contents)))
        while waiting and (len(waiting) > _MOST_WAITING or _is_there(waiting[0][1])):
            yield first()
    while waiting:
        yield first()


def _is_there(found: "Future[_Answer] | Results") -> bool:
    return not isinstance(found, Future) or found.done()


class _Gone(Exception):
    """A process that encodes is not there any more."""


class _Helpers:
    """Processes that encode, each served by a thread."""

    def __init__(self, encoder: FastEncoder, count: int) -> None:
        self._payload = pickle.dumps((encoder.tokenizer, encoder.options))
        self._threads = ThreadPoolExecutor(count, "ftkernel-encoding")
        self._own = threading.local()
        self._processes: list[subprocess.Popen[bytes]] = []

    def encode(self, contents: Sequence[Content]) -> "Future[tuple[Results, Counts]]":
        """Have some rows encoded."""
        return self._threads.submit(self._ask, contents)

    def _ask(self, contents: Sequence[Content]) -> tuple[Results, Counts]:
        process: subprocess.Popen[bytes] | None = getattr(self._own, "process", None)
        if process is None:
            process = self._own.process = self._start()
        assert process.stdin is not None  # noqa: S101 - pipes, as asked for
        assert process.stdout is not None  # noqa: S101
        try:
            _send(process.stdin, contents)
            answer = _receive(process.stdout)
        except (OSError, EOFError, pickle.UnpicklingError) as error:
            raise _Gone from error
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def _start(self) -> "subprocess.Popen[bytes]":
        root = str(Path(__file__).resolve().parents[2])
        path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
        process = subprocess.Popen(
            [sys.executable, "-c", f"from {__name__} import serve; serve()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": path, "TOKENIZERS_PARALLELISM": "false"},
        )
        self._processes.append(process)
        assert process.stdin is not None  # noqa: S101
        try:
            process.stdin.write(self._payload)
        except OSError as error:
            raise _Gone from error
        return process

    def end(self) -> None:
        """Let them go; what they were doing is not waited for."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        for process in self._processes:
            process.kill()
        self._threads.shutdown(wait=True)
        for process in self._processes:
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    with contextlib.suppress(OSError):
                        pipe.close()


def _send(pipe: IO[bytes], value: object) -> None:
    pickle.dump(value, pipe, protocol=pickle.HIGHEST_PROTOCOL)
    pipe.flush()


def _receive(pipe: IO[bytes]) -> Any:  # noqa: ANN401 - what the other side sent
    return pickle.load(pipe)  # noqa: S301 - both sides are this program


def serve() -> None:
    """In such a process: encode what is asked for, until nobody asks any more."""
    asked, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no answer
    tokenizer, options = _receive(asked)
    encoder = FastEncoder(tokenizer, options)
    with contextlib.suppress(EOFError, BrokenPipeError):
        while True:
            contents = _receive(asked)
            encoder.counts = Counts()
            try:
                answer: object = (encoder.encode_all(contents), encoder.counts)
            except Exception as error:  # a boundary: the other side is to say it
                answer = error
            _send(answers, answer)
