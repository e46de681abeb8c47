"""Encoding in several processes, where that pays: the same rows in the same order as in one.

This process reads and writes, others encode, so that ``workers`` of them are busy in all. They are
spawned (a fork of a process with threads is not safe), have a tokenizer of their own that keeps to
one thread, and leave with this one, whatever it dies of. Starting one takes about two seconds of a
processor, which is why small data sets are encoded here.
"""

import os
import pickle
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context, parent_process
from typing import TypeVar

from ftkernel.data.content import Content
from ftkernel.data.encode import Counts
from ftkernel.data.encoded import AnyEncoded
from ftkernel.data.fast_encoder import FastEncoder
from ftkernel.data.rows import RowFault

T = TypeVar("T")
Results = list[list[AnyEncoded] | RowFault]

_SECONDS = 12
"""What has to be left to do for each process to be worth its start."""
_BYTES_PER_SECOND, _QUICK_BYTES_PER_SECOND = 1_200_000, 8_000_000
_MOST = 8
_AHEAD = 3

_own: list[FastEncoder] = []
"""The encoder of a process that was started here."""


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
    # Not in a `with`: who stops asking is not to wait for what was begun.
    pool = _pool(encoder, workers - 1)
    try:
        yield from _in_processes(pool, encoder, batches, _AHEAD * (workers - 1))
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _pool(encoder: FastEncoder, count: int) -> ProcessPoolExecutor:
    payload = pickle.dumps((encoder.tokenizer, encoder.options))
    return ProcessPoolExecutor(
        count, mp_context=get_context("spawn"), initializer=_begin, initargs=(payload,)
    )


def _in_processes(
    pool: ProcessPoolExecutor,
    encoder: FastEncoder,
    batches: Iterable[list[tuple[T, Content]]],
    ahead: int,
) -> Iterator[tuple[list[tuple[T, Content]], Results]]:
    waiting: deque[tuple[list[tuple[T, Content]], Future[tuple[Results, Counts]] | None]] = deque()

    def first() -> tuple[list[tuple[T, Content]], Results]:
        batch, future = waiting.popleft()
        contents = [content for _, content in batch]
        try:
            if future is None:
                return batch, encoder.encode_all(contents)
            results, counts = future.result()
        except BrokenProcessPool:  # one was killed, as a rule for its memory: go on alone
            return batch, encoder.encode_all(contents)
        for name in Counts.__dataclass_fields__:
            setattr(encoder.counts, name, getattr(encoder.counts, name) + getattr(counts, name))
        return batch, results

    for batch in batches:
        try:
            future = pool.submit(_encode, [content for _, content in batch])
        except BrokenProcessPool:
            future = None
        waiting.append((batch, future))
        if len(waiting) > ahead:
            yield first()
    while waiting:
        yield first()


# In the processes


def _begin(payload: bytes) -> None:
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    tokenizer, options = pickle.loads(payload)  # noqa: S301 - from the process that started this one
    _own[:] = [FastEncoder(tokenizer, options)]


def _leave_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(0)


def _encode(contents: Sequence[Content]) -> tuple[Results, Counts]:
    [encoder] = _own
    encoder.counts = Counts()
    return encoder.encode_all(contents), encoder.counts
