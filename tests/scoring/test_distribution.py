"""Rules for a number: an outside implementation, values by hand, propriety and bad input."""

from __future__ import annotations

import math
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.distribution import (
    crps_normal,
    crps_quantiles,
    dawid_sebastiani,
    interval,
    pinball,
    weighted_interval,
)

if TYPE_CHECKING:
    from collections.abc import Callable

ORACLE: Any = import_module("scoringrules")
NUMBER = st.floats(-50.0, 50.0)
POSITIVE = st.floats(0.1, 20.0)
# A skewed belief: values with their probabilities.
BELIEF = {1.0: 0.2, 2.0: 0.3, 4.0: 0.2, 7.0: 0.2, 20.0: 0.1}


def mean_score(score: Callable[[float], float]) -> float:
    """Return the mean of a score over the belief."""
    return math.fsum(chance * score(value) for value, chance in BELIEF.items())


def test_standard_normal_at_zero() -> None:
    """A standard normal scores -0.2336949773 at 0, which is (1 - sqrt 2) / sqrt pi."""
    assert crps_normal(0.0, 1.0, 0.0) == pytest.approx(-0.2336949773, abs=1e-10)
    assert crps_normal(0.0, 1.0, 0.0) == pytest.approx((1.0 - math.sqrt(2.0)) / math.sqrt(math.pi))


@given(NUMBER, POSITIVE, NUMBER)
def test_normal_agrees_with_scoringrules(mean: float, deviation: float, outcome: float) -> None:
    """The score of a normal distribution is minus the CRPS of scoringrules."""
    theirs = float(ORACLE.crps_normal(outcome, mean, deviation))

    assert crps_normal(mean, deviation, outcome) == pytest.approx(-theirs, rel=1e-12, abs=1e-12)


@given(NUMBER, st.floats(0.01, 0.99), NUMBER)
def test_pinball_agrees_with_scoringrules(quantile: float, level: float, outcome: float) -> None:
    """The score of a quantile is minus the quantile score of scoringrules."""
    theirs = float(ORACLE.quantile_score(outcome, quantile, level))

    assert pinball(quantile, level, outcome) == pytest.approx(-theirs, rel=1e-12, abs=1e-12)


@given(NUMBER, POSITIVE, st.floats(0.05, 0.95), NUMBER)
def test_interval_agrees_with_scoringrules(
    lower: float, width: float, coverage: float, outcome: float
) -> None:
    """The score of an interval is minus the interval score of scoringrules."""
    theirs = float(ORACLE.interval_score(outcome, lower, lower + width, 1.0 - coverage))

    ours = interval(lower, lower + width, coverage, outcome)
    assert ours == pytest.approx(-theirs, rel=1e-12, abs=1e-12)


@given(st.lists(NUMBER, min_size=5, max_size=5), NUMBER)
def test_weighted_interval_agrees_with_scoringrules(ends: list[float], outcome: float) -> None:
    """The score of nested intervals is minus the weighted interval score of scoringrules.

    Version 0.10.0 adds half the median where half its distance from the outcome belongs (Bracher et
    al. 2021, equation 2), so the oracle is asked without the median and the term is added here.
    """
    low, lower, median, upper, high = sorted(ends)
    lowers, uppers, alphas = np.array([lower, low]), np.array([upper, high]), np.array([0.5, 0.2])
    without_median = float(
        ORACLE.weighted_interval_score(outcome, median, lowers, uppers, alphas, w_median=0.0)
    )

    ours = weighted_interval(median, [(lower, upper), (low, high)], [0.5, 0.8], outcome)
    theirs = without_median + 0.5 * abs(outcome - median) / 2.5
    assert ours == pytest.approx(-theirs, rel=1e-12, abs=1e-12)


@given(st.lists(NUMBER, min_size=5, max_size=5), NUMBER)
def test_weighted_interval_is_the_score_of_its_quantiles(ends: list[float], outcome: float) -> None:
    """Nested intervals score as the quantiles that they are made of (Bracher et al. 2021)."""
    ends = sorted(ends)
    low, lower, median, upper, high = ends

    quantiles = crps_quantiles(ends, [0.1, 0.25, 0.5, 0.75, 0.9], outcome)
    intervals = weighted_interval(median, [(lower, upper), (low, high)], [0.5, 0.8], outcome)
    assert intervals == pytest.approx(quantiles, rel=1e-12, abs=1e-12)


@given(st.lists(NUMBER, min_size=3, max_size=3), NUMBER)
def test_quantiles_agree_with_scoringrules(quantiles: list[float], outcome: float) -> None:
    """The score of several quantiles is minus the quantile CRPS of scoringrules."""
    quantiles = sorted(quantiles)
    levels = [0.2, 0.5, 0.7]
    theirs = float(ORACLE.crps_quantile(outcome, np.array(quantiles), np.array(levels)))

    assert crps_quantiles(quantiles, levels, outcome) == pytest.approx(
        -theirs, rel=1e-12, abs=1e-12
    )


@given(st.lists(st.integers(-9, 9).map(float), min_size=3, max_size=8, unique=True), NUMBER)
def test_dawid_sebastiani_agrees_with_scoringrules(members: list[float], outcome: float) -> None:
    """The score of a mean and variance is minus the Dawid-Sebastiani score of scoringrules."""
    ensemble = np.array(members)
    theirs = float(ORACLE.dssuv_ensemble(outcome, ensemble))

    ours = dawid_sebastiani(float(ensemble.mean()), float(ensemble.var(ddof=1)), outcome)
    assert ours == pytest.approx(-theirs, rel=1e-12, abs=1e-12)


def test_many_quantiles_tend_to_the_crps() -> None:
    """Evenly spaced quantiles of a normal distribution score almost as the distribution."""
    from statistics import NormalDist

    levels = [(k + 0.5) / 400 for k in range(400)]
    quantiles = [NormalDist(1.0, 2.0).inv_cdf(level) for level in levels]

    assert crps_quantiles(quantiles, levels, 2.5) == pytest.approx(
        crps_normal(1.0, 2.0, 2.5), abs=1e-3
    )


@pytest.mark.parametrize(
    ("level", "quantile"), [(0.1, 1.0), (0.3, 2.0), (0.6, 4.0), (0.8, 7.0), (0.95, 20.0)]
)
def test_a_quantile_is_the_best_reply(level: float, quantile: float) -> None:
    """Under the belief no other number on a grid scores better than its quantile."""

    def expected(report: float) -> float:
        return mean_score(lambda y: pinball(report, level, y))

    assert max(expected(step / 4) for step in range(100)) <= expected(quantile) + 1e-12


def test_an_honest_interval_is_the_best_reply() -> None:
    """Under the belief no other interval on a grid scores better than its two quantiles."""

    def expected(lower: float, upper: float) -> float:
        return mean_score(lambda y: interval(lower, upper, 0.7, y))

    ends = [step / 2 for step in range(50)]
    best = max(expected(lower, upper) for lower in ends for upper in ends if lower <= upper)
    assert best <= expected(1.0, 7.0) + 1e-12  # the .15 and .85 quantiles


def test_honest_moments_are_the_best_reply() -> None:
    """Under the belief the true mean and variance score best of all on a grid."""
    mean = mean_score(lambda y: y)
    variance = mean_score(lambda y: (y - mean) ** 2)

    def expected(shift: float, factor: float) -> float:
        return mean_score(lambda y: dawid_sebastiani(mean + shift, variance * factor, y))

    wrong = [(m, v) for m in (-1.0, 0.0, 1.0) for v in (0.5, 1.0, 2.0) if (m, v) != (0.0, 1.0)]
    assert max(expected(*report) for report in wrong) < expected(0.0, 1.0)


def test_an_honest_normal_is_the_best_reply() -> None:
    """Under a standard normal belief no other normal on a grid scores better."""
    from statistics import NormalDist

    points = [NormalDist().inv_cdf((k + 0.5) / 500) for k in range(500)]

    def expected(mean: float, deviation: float) -> float:
        return math.fsum(crps_normal(mean, deviation, y) for y in points) / len(points)

    honest = expected(0.0, 1.0)
    reports = [(m, s) for m in (-0.3, 0.0, 0.3) for s in (0.7, 1.0, 1.4) if (m, s) != (0.0, 1.0)]
    assert all(expected(*report) < honest for report in reports)


def test_arrays_are_scored_like_numbers() -> None:
    """Every rule takes arrays and gives what its numbers give one by one."""
    a, b = np.array([1.0, 2.0, 3.0]), np.array([2.0, 4.0, 3.5])
    y = np.array([0.0, 3.0, 9.0])
    rows = list(zip(a.tolist(), b.tolist(), y.tolist(), strict=True))

    def agree(array: object, numbers: list[float]) -> None:
        np.testing.assert_allclose(np.asarray(array), numbers, rtol=1e-15)

    agree(crps_normal(a, b, y), [crps_normal(*row) for row in rows])
    agree(dawid_sebastiani(a, b, y), [dawid_sebastiani(*row) for row in rows])
    agree(pinball(a, 0.3, y), [pinball(m, 0.3, z) for m, _, z in rows])
    agree(interval(a, b, 0.6, y), [interval(m, n, 0.6, z) for m, n, z in rows])
    agree(
        weighted_interval(a, [(a, b)], [0.5], y),
        [weighted_interval(m, [(m, n)], [0.5], z) for m, n, z in rows],
    )
    agree(
        crps_quantiles([a, b], [0.3, 0.6], y),
        [crps_quantiles([m, n], [0.3, 0.6], z) for m, n, z in rows],
    )


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: crps_normal(0.0, 0.0, 1.0), "deviation"),
        (lambda: crps_normal(math.nan, 1.0, 1.0), "finite"),
        (lambda: crps_normal(np.array([0.0, math.inf]), np.ones(2), np.ones(2)), "finite"),
        (lambda: dawid_sebastiani(0.0, -1.0, 1.0), "variance"),
        (lambda: pinball(1.0, 1.0, 1.0), "level"),
        (lambda: pinball(1.0, 0.5, math.inf), "finite"),
        (lambda: interval(2.0, 1.0, 0.5, 1.0), "end below"),
        (lambda: interval(1.0, 2.0, 0.0, 1.0), "coverage"),
        (lambda: crps_quantiles([2.0, 1.0], [0.2, 0.6], 1.0), "cross"),
        (lambda: crps_quantiles([1.0, 2.0], [0.6, 0.2], 1.0), "increase"),
        (lambda: crps_quantiles([], [], 1.0), "every level"),
        (lambda: weighted_interval(5.0, [(1.0, 2.0)], [0.5], 1.0), "inside"),
        (lambda: weighted_interval(1.5, [(1.0, 2.0)], [], 1.0), "every coverage"),
        (lambda: weighted_interval(1.0, [(1.0, 1.0), (0.0, 2.0)], [0.5, 0.5], 1.0), "increase"),
    ],
)
def test_bad_reports_are_refused(call: Callable[[], object], message: str) -> None:
    """A report that no belief could mean is an error that says what was expected."""
    with pytest.raises(ValueError, match=message):
        call()
