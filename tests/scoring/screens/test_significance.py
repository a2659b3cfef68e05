"""Tail probabilities against scipy, and the correction for many tests."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from scoring.screens.significance import (
    binomial_tail,
    fisher_tail,
    holm,
    normal_tail,
    student_tail,
)


@given(st.floats(-20, 20), st.integers(1, 200))
def test_the_tail_of_student_is_that_of_scipy(t: float, freedom: int) -> None:
    """To seven digits, on either side."""
    assert student_tail(t, freedom) == pytest.approx(float(stats.t.sf(t, freedom)), abs=1e-7)
    assert normal_tail(t) == pytest.approx(float(stats.norm.sf(t)), rel=1e-9)


@given(st.integers(0, 60), st.integers(0, 60), st.floats(0.01, 0.99))
def test_the_tail_of_the_binomial_is_that_of_scipy(hits: int, trials: int, chance: float) -> None:
    """Also where nothing, or more than everything, is asked for."""
    expected = float(stats.binom.sf(hits - 1, trials, chance))
    assert binomial_tail(hits, trials, chance) == pytest.approx(expected, abs=1e-10)


@given(st.integers(0, 30), st.integers(0, 30), st.integers(0, 30), st.integers(0, 30))
def test_fishers_tail_is_that_of_scipy(a: int, b: int, c: int, d: int) -> None:
    """The one-sided p-value of a table of counts."""
    assume(a + b + c + d > 0)
    expected = float(stats.hypergeom.sf(a - 1, a + b + c + d, a + c, a + b))
    found = fisher_tail(a, a + b, a + c, a + b + c + d)
    assert found == pytest.approx(expected, abs=1e-9)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_holm_is_between_no_correction_and_bonferroni(p_values: list[float]) -> None:
    """It keeps the order, and is never below the p-value nor above its multiple."""
    adjusted = holm(p_values)
    for p_value, found in zip(p_values, adjusted, strict=True):
        assert p_value <= found <= min(1.0, p_value * len(p_values))
    order = sorted(range(len(p_values)), key=lambda place: p_values[place])
    assert [adjusted[place] for place in order] == sorted(adjusted)
