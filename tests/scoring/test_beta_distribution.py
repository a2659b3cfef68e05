"""The Beta distribution against scipy."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from scoring.beta_distribution import cumulative, quantile

SHAPE = st.floats(0.05, 2000.0)


@given(st.floats(0.0, 1.0), SHAPE, SHAPE)
def test_cumulative_agrees_with_scipy(x: float, a: float, b: float) -> None:
    """The cumulative probability is that of scipy within 1e-11."""
    assert cumulative(x, a, b) == pytest.approx(float(stats.beta.cdf(x, a, b)), abs=1e-11)


@given(st.floats(0.01, 0.99), st.floats(0.5, 2000.0), st.floats(0.5, 2000.0))
def test_quantile_agrees_with_scipy(level: float, a: float, b: float) -> None:
    """The quantile is that of scipy within 1e-10."""
    assert quantile(level, a, b) == pytest.approx(float(stats.beta.ppf(level, a, b)), abs=1e-10)


@given(st.floats(0.01, 0.99), SHAPE, SHAPE)
def test_quantile_undoes_cumulative(level: float, a: float, b: float) -> None:
    """The quantile of a level has this level, unless it lies too near an end to be a float."""
    x = quantile(level, a, b)

    if 1e-9 < x < 1.0 - 1e-9:
        assert cumulative(x, a, b) == pytest.approx(level, abs=1e-6)


def test_even_and_extreme_quantiles() -> None:
    """Beta(1, 1) is uniform, the levels 0 and 1 are the ends."""
    assert quantile(0.1, 1.0, 1.0) == pytest.approx(0.1)
    assert quantile(0.0, 2.0, 3.0) == pytest.approx(0.0, abs=1e-12)
    assert quantile(1.0, 2.0, 3.0) == pytest.approx(1.0)


@pytest.mark.parametrize(
    "arguments", [(-0.1, 1.0, 1.0), (0.5, 0.0, 1.0), (0.5, 1.0, math.inf), (math.nan, 1.0, 1.0)]
)
def test_bad_arguments_are_refused(arguments: tuple[float, float, float]) -> None:
    """Arguments out of range are errors."""
    with pytest.raises(ValueError, match="needs x"):
        cumulative(*arguments)
    with pytest.raises(ValueError, match=r"needs x|level"):
        quantile(*arguments)
