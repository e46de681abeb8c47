"""How a cutoff is shared out and which rows are packed together: worked out by hand."""

import pytest

from ftkernel.data.parity.cutting import bins, share


@pytest.mark.parametrize(
    ("source", "target", "cutoff", "kept"),
    [
        (10, 10, 100, (10, 10)),  # nothing to cut
        (100, 10, 40, (30, 10)),  # a short answer stays whole
        (10, 100, 40, (10, 30)),  # beside a short prompt the answer is cut
        (30, 90, 40, (10, 30)),  # both long: by their lengths
        (50, 20, 40, (29, 11)),  # half of the cutoff is not short: 40 * 20 / 70 = 11.4
        (20, 50, 40, (12, 28)),
        (0, 50, 7, (0, 7)),
        (9, 9, 1, (1, 0)),
    ],
)
def test_a_cutoff_is_shared_out(source, target, cutoff, kept):
    assert share(source, target, cutoff) == kept


def test_the_longest_row_that_fits_is_taken_and_of_equal_ones_the_last():
    #        0  1  2  3  4  5
    rows = [4, 6, 4, 1, 6, 2]
    assert bins(rows, 10) == [[4, 2], [1, 0], [5, 3]]


def test_no_rows_make_no_bins():
    assert bins([], 10) == []


def test_a_row_as_long_as_the_bin_is_alone_in_it():
    assert bins([10, 1, 10], 10) == [[2], [0], [1]]
