"""Axes have round ends and labels that tell their ticks apart."""

import pytest

from ftkernel.views import scale


def _labels(axis: scale.Axis) -> list[str]:
    return [scale.label(value, axis) for value in axis.ticks]


@pytest.mark.parametrize(
    ("values", "labels"),
    [
        ([0.58, 2.76], ["0.5", "1.0", "1.5", "2.0", "2.5", "3.0"]),
        ([0, 200], ["0", "50", "100", "150", "200"]),
        ([1.001, 1.004], ["1.001", "1.002", "1.003", "1.004"]),
        ([0, 12_345], ["0", "2,500", "5,000", "7,500", "10,000", "12,500"]),
        ([0, 2e-4], ["0", "5e-5", "1e-4", "1.5e-4", "2e-4"]),
        ([-1, 1], ["-1.0", "-0.5", "0", "0.5", "1.0"]),
    ],
)
def test_a_linear_axis_is_round(values, labels):
    assert _labels(scale.linear(values, 0, 100)) == labels


@pytest.mark.parametrize("values", [[], [3.0], [0.0], [-2.0, -2.0], [1e-12], [1e12], [5e-324]])
def test_an_axis_stands_on_whatever_values(values):
    axis = scale.linear(values, 0, 100)
    assert axis.low < axis.high
    assert all(0 <= axis.place(value) <= 100 for value in values)


def test_an_axis_from_zero_begins_there():
    assert scale.linear([4.0, 5.0], 0, 1, zero=True).low == 0


def test_steps_are_whole_and_end_at_the_last():
    axis = scale.steps(7, 0, 100)
    assert axis.high == 7
    assert all(tick == int(tick) for tick in axis.ticks)
    assert axis.place(7) == 100


def test_a_logarithmic_axis_gives_each_factor_of_ten_the_same_room():
    axis = scale.logarithmic([0.01, 100], 0, 400)
    assert [axis.place(value) for value in (0.01, 0.1, 1, 10, 100)] == pytest.approx(
        [0, 100, 200, 300, 400]
    )
    assert axis.place(-1) == 0


@pytest.mark.parametrize(
    ("values", "labels"),
    [
        ([0.58, 2.76], ["0.5", "1", "2", "5"]),
        ([1.0, 1.0], ["1", "2"]),
        ([1e-6, 1e6], ["1e-6", "1e-4", "0.01", "1", "100", "1e4", "1e6"]),
    ],
)
def test_a_logarithmic_axis_is_round(values, labels):
    assert _labels(scale.logarithmic(values, 0, 100)) == labels


def test_a_logarithmic_axis_asks_for_a_positive_value():
    with pytest.raises(ValueError, match="positive"):
        scale.logarithmic([-1.0, 0.0], 0, 1)
