"""Several sources in one order: as the library does it, seeded, and no further than is asked for."""

import itertools

import pytest

from ftkernel.data.mixing import drawn_turns, mixed

STRATEGIES = {
    "interleave_under": "first_exhausted",
    "interleave_over": "all_exhausted",
    "interleave_once": "all_exhausted_without_replacement",
}
SIZES = [(3, 4, 5), (1, 6), (4, 4), (5, 2, 1, 3), (1, 1, 1)]


def rows_of(sizes):
    return [[f"{name}{index}" for index in range(size)] for name, size in zip("abcd", sizes)]  # noqa: B905


def opened(rows):
    return [lambda one=one: iter(one) for one in rows]


def theirs(rows, strategy, **keys):
    from datasets import Dataset, interleave_datasets

    sets = [Dataset.from_dict({"text": one}) for one in rows]
    return interleave_datasets(sets, stopping_strategy=STRATEGIES[strategy], **keys)["text"][:]


@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize("strategy", STRATEGIES)
def test_sources_in_turn_come_as_the_library_gives_them(strategy, sizes):
    rows = rows_of(sizes)
    assert list(mixed(opened(rows), strategy)) == theirs(rows, strategy)


@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize("strategy", STRATEGIES)
def test_the_same_draws_end_where_the_library_ends(strategy, sizes):
    import numpy

    rows = rows_of(sizes)
    chances = [0.5] + [0.5 / (len(sizes) - 1)] * (len(sizes) - 1)
    generator = numpy.random.default_rng(7)
    blocks = (generator.choice(len(sizes), size=1000, p=chances) for _ in itertools.count())
    picks = (int(one) for one in itertools.chain.from_iterable(blocks))
    assert list(mixed(opened(rows), strategy, picks)) == theirs(
        rows, strategy, probabilities=chances, seed=7
    )


def test_one_after_another():
    assert list(mixed(opened(rows_of((2, 1, 2))))) == ["a0", "a1", "b0", "c0", "c1"]


def test_draws_are_those_of_the_seed_on_every_machine():
    first = list(itertools.islice(drawn_turns([0.7, 0.3], 42), 20))
    assert first == [1, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 1]
    assert first == list(itertools.islice(drawn_turns([0.7, 0.3], 42), 20))
    assert first != list(itertools.islice(drawn_turns([0.7, 0.3], 43), 20))
    many = list(itertools.islice(drawn_turns([7, 3], 1), 20_000))
    assert 0.69 < many.count(0) / len(many) < 0.71


def test_no_more_is_read_than_is_given_and_one_ahead():
    read = []

    def counting(name):
        def rows():
            for index in itertools.count():
                read.append(f"{name}{index}")
                yield read[-1]

        return rows

    taken = list(itertools.islice(mixed([counting("a"), counting("b")], "interleave_once"), 4))
    assert taken == ["a0", "b0", "a1", "b1"]
    assert len(read) <= 6


def test_a_source_without_rows_does_not_hold_up_the_others():
    assert list(mixed(opened([[], ["b0", "b1"]]), "interleave_over")) == ["b0", "b1"]
    assert list(mixed(opened([[], ["b0"]]), "interleave_under")) == []
    assert list(mixed(opened([[], []]), "interleave_over")) == []
