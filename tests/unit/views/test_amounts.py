"""Numbers as people read them."""

import pytest

from ftkernel import messages
from ftkernel.views import amounts


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (2.76312, "2.763"), (0.581, "0.5810"), (12.3456, "12.35"), (0, "0"), (None, "–"),
        (float("nan"), "–"), (0.00001234, "1.234e-5"), (1234567.0, "1.235e6"), (9999.96, "10,000"),
    ],
)  # fmt: skip
def test_a_loss_has_four_digits(value, shown):
    assert amounts.loss(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.04, "0.0 s"), (5.31, "5.3 s"), (9.96, "10 s"), (59.6, "1 min 00 s"), (65, "1 min 05 s"),
     (3599.9, "1 h 00 min"), (90_061, "1 d 01 h"), (None, "–"), (-3, "0.0 s")],
)  # fmt: skip
def test_a_time_is_told_in_two_units(value, shown):
    assert amounts.duration(value) == shown


def test_a_time_is_told_in_chinese(monkeypatch):
    monkeypatch.setenv("FTKERNEL_LANG", "zh")
    assert messages.language() == "zh"
    assert amounts.duration(65) == "1 分 05 秒"


@pytest.mark.parametrize(
    ("value", "shown"),
    [(None, "–"), (12, "12 B"), (58_700_000, "59 MB"), (1_100_000_000, "1.10 GB"), (999, "999 B")],
)
def test_bytes_have_decimal_units(value, shown):
    assert amounts.data_size(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [(139_393_000, "139 M"), (4_884_480, "4.88 M"), (156_000, "156 k"), (480, "480"), (7e9, "7 B")],
)
def test_large_counts_are_short(value, shown):
    assert amounts.short_count(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [(3.5, "3.50%"), (100, "100%"), (0.012, "0.0120%"), (None, "–"), (0, "0%"), (99.97, "99.9%")],
)
def test_percents(value, shown):
    assert amounts.percent(value) == shown
