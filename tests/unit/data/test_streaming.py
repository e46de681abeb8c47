"""A stream is shuffled within its buffer, ends nowhere, and goes on exactly where it was left."""

import itertools

from ftkernel.data.streaming import Place, endless, parted, shuffled


def test_a_shuffled_stream_loses_nothing_and_is_that_of_its_seed():
    out = list(shuffled(iter(range(100)), 10, 1))
    assert sorted(out) == list(range(100))
    assert out != list(range(100))
    assert out == list(shuffled(iter(range(100)), 10, 1))
    assert out != list(shuffled(iter(range(100)), 10, 2))
    assert list(shuffled(iter(range(9)), 1, 1)) == list(range(9))


def test_a_row_comes_no_earlier_than_the_buffer_allows():
    out = list(shuffled(iter(range(200)), 10, 1))
    assert all(row <= place + 10 for place, row in enumerate(out))


def test_no_more_than_the_buffer_is_read_before_the_first_row():
    read = []
    rows = (read.append(index) or index for index in itertools.count())
    next(shuffled(rows, 16, 1))
    assert len(read) <= 17


def test_a_stream_goes_on_exactly_where_it_was_left():
    def opened():
        return iter(range(23))

    whole = list(itertools.islice(endless(opened, 5, 42), 80))
    for left in (0, 1, 17, 22, 23, 40, 69):
        place = whole[left - 1][1] if left else Place()
        rest = list(itertools.islice(endless(opened, 5, 42, place), 80 - left))
        assert rest == whole[left:]


def test_every_pass_has_all_rows_in_another_order():
    rows = [row for row, _ in itertools.islice(endless(lambda: iter(range(10)), 10, 1), 30)]
    passes = [rows[:10], rows[10:20], rows[20:]]
    assert [sorted(one) for one in passes] == [list(range(10))] * 3
    assert passes[0] != passes[1] != passes[2]


def test_a_stream_without_rows_ends():
    assert list(endless(lambda: iter([]), 5, 1)) == []


def test_the_same_rows_are_held_out_in_every_pass():
    learned, measured = parted(lambda: iter(range(10)), 3)
    assert (list(measured()), list(learned())) == ([0, 1, 2], [3, 4, 5, 6, 7, 8, 9])
    assert (list(measured()), list(learned())) == ([0, 1, 2], [3, 4, 5, 6, 7, 8, 9])
