"""Numbers as users read them: a real minus, no sign at zero, a dash for what is not known."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viz.i18n import number, percent, significant


@given(st.floats(-999, 999), st.integers(0, 4))
def test_a_number_reads_back(value: float, decimals: int) -> None:
    text = number(value, decimals)
    assert "-" not in text
    assert float(text.replace("−", "-")) == pytest.approx(value, abs=0.5001 * 10**-decimals)


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (-0.0001, 3, "0.000"),
        (-0.0006, 3, "−0.001"),
        (-12.34, 3, "−12.340"),
        (-0.5, None, "−0.5"),
        (-1e-7, None, "−1e−07"),
        (math.nan, 2, "–"),
        (math.inf, 2, "∞"),
        (-math.inf, None, "−∞"),
    ],
)
def test_how_numbers_are_written(value: float, decimals: int | None, text: str) -> None:
    assert number(value, decimals) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0.856, "0.86"), (6.834, "6.83"), (1532.4, "1,532"), (math.nan, "–")]
)
def test_three_digits(value: float, text: str) -> None:
    assert significant(value) == text


def test_shares_are_percentages() -> None:
    assert percent(0.9637) == "96.4 %" and percent(math.nan) == "–"
