"""Texts laid end to end and cut into blocks of one length: how models are pretrained.

Every token is in exactly one block, in its order; each text ends with the end token that it was
encoded with. What is left at the end is a shorter last block. Unlike packed rows
(:mod:`ftkernel.data.packing`), the texts of a block see each other.
"""

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from ftkernel.data.encoded import Encoded

T = TypeVar("T")


@dataclass
class BlockCount:
    """What became of the texts: ``rest`` tokens are in the last block, 0 where it is full."""

    documents: int = 0
    blocks: int = 0
    rest: int = 0


@dataclass(frozen=True)
class Block(Generic[T]):
    """One block, and what its tokens came from."""

    encoded: Encoded
    sources: tuple[T, ...]


def blocks(
    texts: Iterable[tuple[T, Encoded]], length: int, count: BlockCount
) -> Iterator[Block[T]]:
    """Cut texts into blocks.

    Args:
        texts: encoded texts, each with what it came from.
        length: tokens of a block.
        count: is kept as blocks come.
    """
    tokens, learned, weights = array("i"), list[tuple[int, int]](), list[float]()
    sources: list[T] = []

    def cut(size: int) -> Block[T]:
        nonlocal tokens, learned, weights, sources
        inside = [
            (a, min(b, size), w) for (a, b), w in zip(learned, weights, strict=True) if a < size
        ]
        beyond = [
            (max(a, size) - size, b - size, w)
            for (a, b), w in zip(learned, weights, strict=True)
            if b > size
        ]
        given = tuple(w for *_, w in inside)
        encoded = Encoded(
            tokens[:size],
            tuple((a, b) for a, b, _ in inside),
            weights=given if any(w != 1 for w in given) else (),
        )
        block = Block(encoded, tuple(sources))
        tokens = tokens[size:]
        learned = [(a, b) for a, b, _ in beyond]
        weights = [w for *_, w in beyond]
        sources = sources[-1:] if tokens else []
        count.blocks += 1
        return block

    for source, one in texts:
        count.documents += 1
        begin = len(tokens)
        tokens.extend(one.tokens)
        for number, (start, stop) in enumerate(one.learned):
            weight = one.weights[number] if one.weights else 1.0
            if learned and learned[-1][1] == begin + start and weights[-1] == weight:
                learned[-1] = (learned[-1][0], begin + stop)
            else:
                learned.append((begin + start, begin + stop))
                weights.append(weight)
        sources.append(source)
        while len(tokens) >= length:
            yield cut(length)
    count.rest = len(tokens)
    if tokens:
        yield cut(len(tokens))
