"""The order of rows: complete, the same again, independent of how a step is cut into micro-batches."""

import itertools
import random

import pytest

from ftkernel.training.order import Order


def order(strategy="group_by_length", *, rows=103, micro=2, accumulation=4, seed=7, **more):
    lengths = [random.Random(i).randint(5, 500) for i in range(rows)]
    return Order(lengths, micro, accumulation, strategy, seed, **more)


STRATEGIES = ["group_by_length", "random", "sequential"]


@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("epoch", [0, 1, 5])
def test_each_epoch_has_every_row_once(strategy, epoch):
    one = order(strategy)
    batches = one.batches(epoch)
    assert sorted(row for batch in batches for row in batch) == list(range(103))
    assert len(batches) == one.batches_in_epoch() == 52


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_the_order_is_the_same_when_asked_again_whatever_the_global_random_state_is(strategy):
    first = order(strategy).batches(3)
    random.seed(123)
    random.random()
    assert order(strategy).batches(3) == first


@pytest.mark.parametrize("strategy", ["group_by_length", "random"])
def test_epochs_and_seeds_differ(strategy):
    one = order(strategy)
    assert one.batches(0) != one.batches(1)
    assert one.batches(1) != order(strategy, seed=8).batches(1)


def test_sequential_keeps_the_order_of_the_file():
    assert [row for batch in order("sequential").batches(2) for row in batch] == list(range(103))


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_the_split_into_micro_batches_does_not_change_what_a_step_learns(strategy):
    whole = order(strategy, micro=8, accumulation=1)
    parts = order(strategy, micro=2, accumulation=4)
    assert [set(step) for step in whole.steps(1)] == [set(step) for step in parts.steps(1)]


def test_grouping_saves_most_of_the_padding():
    def padded(one):
        return sum(max(one.lengths[r] for r in b) * len(b) for b in one.batches(1))

    real = sum(order().lengths)
    assert padded(order("random", rows=1000)) > 1.25 * sum(order(rows=1000).lengths)
    assert padded(order(rows=1000)) < 1.05 * sum(order(rows=1000).lengths)
    assert real > 0


def test_the_longest_row_comes_first_so_that_what_does_not_fit_fails_at_once():
    one = order(rows=1000)
    assert max(one.lengths[row] for row in one.batches(0)[0]) == max(one.lengths)


def test_steps_of_a_pool_are_shuffled_and_not_sorted_by_length():
    one = order(rows=400, micro=8, accumulation=1)
    means = [sum(one.lengths[r] for r in b) / len(b) for b in one.batches(1)]
    rising = sum(a < b for a, b in itertools.pairwise(means))
    assert 0.3 < rising / len(means) < 0.7


def test_drop_last_leaves_out_the_batch_that_is_not_full():
    one = order(drop_last=True)
    batches = one.batches(0)
    assert len(batches) == one.batches_in_epoch() == 51
    assert all(len(batch) == 2 for batch in batches)
