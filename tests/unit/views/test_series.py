"""Smoothing keeps to its definition; a thinned curve keeps its spikes."""

import pytest

from ftkernel.views.series import downsample, smooth, smoothing_span


def test_one_absurd_value_is_no_part_of_the_average():
    usual = smooth([2.0, 3.0, 4.0], 5)
    assert smooth([2.0, 1e308, 3.0, -1e12, 4.0], 5) == (
        usual[0], usual[0], usual[1], usual[1], usual[2],
    )  # fmt: skip
    assert smooth([1e308, 2.0], 5) == (None, 2.0)


def test_a_constant_is_smoothed_to_itself():
    assert smooth([2.0] * 5, 10) == pytest.approx([2.0] * 5)


def test_the_average_is_corrected_for_its_start():
    weight = 2 / 4
    first = 1.0
    second = (weight * (1 - weight) * 1.0 + weight * 3.0) / (weight + (1 - weight) * weight)
    assert smooth([1.0, 3.0], 3) == pytest.approx([first, second])


def test_a_missing_value_leaves_the_average():
    assert smooth([None, 2.0, float("nan"), None], 5) == (None, 2.0, 2.0, 2.0)


@pytest.mark.parametrize(("steps", "span"), [(0, 5), (40, 5), (200, 7), (3000, 100), (10**6, 200)])
def test_the_span_grows_with_the_planned_length(steps, span):
    assert smoothing_span(steps) == span


def test_a_short_curve_is_kept_as_it_is():
    points = [(float(step), 1.0) for step in range(10)]
    assert downsample(points, 10) == points


def test_a_thinned_curve_keeps_ends_and_spikes_in_order():
    points = [(float(step), 1.0) for step in range(20_000)]
    points[777] = (777.0, 9.0)
    points[15_001] = (15_001.0, -9.0)
    thinned = downsample(points, 300)
    assert len(thinned) <= 300
    assert thinned[0] == points[0]
    assert thinned[-1] == points[-1]
    assert (777.0, 9.0) in thinned
    assert (15_001.0, -9.0) in thinned
    assert thinned == sorted(thinned)
