"""Corrections of reported probabilities."""

from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.correction import corrected


@given(st.floats(0, 1))
def test_the_identity_changes_nothing(report: float) -> None:
    """Slope 1 and intercept 0 return the very number."""
    assert corrected(report, 1.0, 0.0) == report


@given(st.floats(0, 1), st.floats(0.1, 3), st.floats(-5, 5))
def test_what_comes_out_is_a_probability_that_rises_with_the_report(
    report: float, slope: float, intercept: float
) -> None:
    """Also for reports of 0 and 1, whose log-odds have no bound."""
    found = corrected(report, slope, intercept)

    assert 0.0 < found < 1.0
    assert found <= corrected(min(report + 0.1, 1.0), slope, intercept)


@pytest.mark.parametrize(("report", "found"), [(0.5, 0.5), (0.8, 2 / 3), (0.9, 0.75)])
def test_half_the_slope_takes_the_root_of_the_odds(report: float, found: float) -> None:
    """Odds of 1, 4 and 9 become 1, 2 and 3."""
    assert isclose(corrected(report, 0.5, 0.0), found)
