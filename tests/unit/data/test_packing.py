"""Rows are packed tightly, each once, the same way every time."""

import random

from ftkernel.data.packing import best_fit, windows


def test_every_row_is_in_exactly_one_pack_and_none_is_too_long():
    generator = random.Random(3)
    for room in (1, 7, 64, 512):
        lengths = [generator.randint(1, room) for _ in range(500)]
        packs = best_fit(lengths, room)
        assert sorted(index for pack in packs for index in pack) == list(range(500))
        assert all(sum(lengths[index] for index in pack) <= room for pack in packs)
        assert all(pack == sorted(pack) for pack in packs)
        assert packs == sorted(packs) == best_fit(list(lengths), room)


def test_a_row_goes_where_it_leaves_the_least_room():
    assert best_fit([60, 50, 45, 35, 10], 100) == [[0, 3], [1, 2], [4]]
    assert best_fit([70, 60, 30, 40], 100) == [[0, 2], [1, 3]]


def test_packs_are_nearly_full():
    generator = random.Random(5)
    lengths = [min(512, 20 + int(generator.expovariate(1 / 120))) for _ in range(4096)]
    packs = best_fit(lengths, 512)
    assert sum(lengths) / (len(packs) * 512) > 0.98


def test_windows_keep_order_and_lose_nothing():
    assert list(windows(range(7), 3)) == [[0, 1, 2], [3, 4, 5], [6]]
    assert list(windows([], 3)) == []
