"""Rules for one event: published values, an outside implementation, and their edges."""

from __future__ import annotations

import math
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.binary import (
    LOGARITHMIC,
    QUADRATIC,
    SPHERICAL,
    asymmetric,
    clipped_logarithmic,
    power_rule,
    pseudo_spherical,
    threshold_weighted,
)

if TYPE_CHECKING:
    from scoring.rule import ScoringRule

ORACLE: Any = import_module("scoringrules")
UNIT = st.floats(0.0, 1.0)


@given(st.lists(st.tuples(UNIT, st.sampled_from([0.0, 1.0])), min_size=1, max_size=20))
def test_quadratic_is_minus_the_brier_score(pairs: list[tuple[float, float]]) -> None:
    """The quadratic rule is minus the Brier score of scoringrules."""
    reports, outcomes = (np.array(column) for column in zip(*pairs, strict=True))

    scores = QUADRATIC.score_many(reports, outcomes).values

    np.testing.assert_allclose(scores, -ORACLE.brier_score(outcomes, reports), rtol=0.0, atol=1e-12)


@given(
    st.lists(
        st.tuples(st.floats(0.001, 0.999), st.sampled_from([0.0, 1.0])), min_size=1, max_size=20
    )
)
def test_logarithmic_is_minus_the_log_score(pairs: list[tuple[float, float]]) -> None:
    """The logarithmic rule is minus the log score of scoringrules."""
    reports, outcomes = (np.array(column) for column in zip(*pairs, strict=True))

    scores = LOGARITHMIC.score_many(reports, outcomes).values

    np.testing.assert_allclose(scores, -ORACLE.log_score(outcomes, reports), rtol=1e-12)


@pytest.mark.parametrize(
    ("report", "quadratic", "logarithmic", "spherical"),
    [
        (0.9, -0.01, math.log(0.9), 0.9 / math.sqrt(0.82)),
        (0.5, -0.25, math.log(0.5), math.sqrt(0.5)),
        (0.0, -1.0, -math.inf, 0.0),
        (1.0, 0.0, 0.0, 1.0),
    ],
)
def test_scores_of_a_success(
    report: float, quadratic: float, logarithmic: float, spherical: float
) -> None:
    """The three classic rules give these scores to a success."""
    assert QUADRATIC.score(report, 1.0) == pytest.approx(quadratic)
    assert LOGARITHMIC.score(report, 1.0) == pytest.approx(logarithmic)
    assert SPHERICAL.score(report, 1.0) == pytest.approx(spherical)


@pytest.mark.parametrize(
    "rule", [QUADRATIC, LOGARITHMIC, SPHERICAL, pseudo_spherical(1.3), power_rule(2.7)]
)
@given(st.floats(0.01, 0.99))
def test_success_and_failure_mirror_each_other(rule: ScoringRule, report: float) -> None:
    """Symmetric rules treat success at p as failure at 1 - p."""
    assert rule.score(report, 1.0) == pytest.approx(rule.score(1.0 - report, 0.0), abs=1e-12)


@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_quadratic_loses_the_squared_misreport(report: float, belief: float) -> None:
    """A misreport p of a belief q costs (p - q)**2, whatever q is."""
    loss = QUADRATIC.expected(belief) - QUADRATIC.score(report, belief)

    assert loss == pytest.approx((report - belief) ** 2, abs=1e-12)


def test_exponent_two_gives_the_classics() -> None:
    """The pseudo-spherical rule at 2 is the spherical, the power rule at 2 the quadratic."""
    for report in (0.0, 0.2, 0.7, 1.0):
        for outcome in (0.0, 0.4, 1.0):
            spherical = SPHERICAL.score(report, outcome)
            assert pseudo_spherical(2.0).score(report, outcome) == pytest.approx(spherical)
            quadratic = QUADRATIC.score(report, outcome)
            assert power_rule(2.0).score(report, outcome) == pytest.approx(quadratic)


def test_exponent_one_is_the_logarithmic_limit() -> None:
    """The power rule tends to the logarithmic rule as its exponent falls to 1."""
    assert power_rule(1.0 + 1e-7).score(0.3, 1.0) == pytest.approx(math.log(0.3), abs=1e-6)


def test_clipping_bounds_the_logarithmic_rule() -> None:
    """A clipped report of 0 scores like a report at the margin."""
    rule = clipped_logarithmic(0.02)

    assert rule.score(0.0, 1.0) == rule.score(0.02, 1.0) == pytest.approx(math.log(0.02))


@given(st.floats(0.05, 0.95), UNIT)
def test_asymmetric_rule_is_zero_at_the_base_rate(base_rate: float, outcome: float) -> None:
    """Repeating the base rate scores 0, a certain and right report 1 (Winkler 1994)."""
    rule = asymmetric(base_rate)

    assert rule.score(base_rate, outcome) == pytest.approx(0.0, abs=1e-12)
    assert rule.score(1.0, 1.0) == pytest.approx(1.0)
    assert rule.score(0.0, 0.0) == pytest.approx(1.0)


def test_asymmetric_rule_by_hand() -> None:
    """With base rate 0.2 and report 0.6 a success scores (0.64 - 0.16) / 0.64."""
    assert asymmetric(0.2).score(0.6, 1.0) == pytest.approx(0.75)
    assert asymmetric(0.2).score(0.1, 0.0) == pytest.approx((0.04 - 0.01) / 0.04)


def test_threshold_weighted_rule_ignores_beliefs_outside() -> None:
    """Without outside weight, reports below the region all score alike, and inside they differ."""
    rule = threshold_weighted(0.6, 0.9, outside=0.0)

    assert rule.score(0.1, 1.0) == rule.score(0.5, 1.0)
    assert rule.score(0.7, 1.0) < rule.score(0.8, 1.0)
    assert threshold_weighted(0.6, 0.9, outside=1.0).score(0.3, 1.0) == QUADRATIC.score(0.3, 1.0)


@pytest.mark.parametrize("exponent", [1.0, 0.5, 50.1, 3000.0, math.inf, math.nan])
def test_exponents_have_a_range(exponent: float) -> None:
    """An exponent of 1 or less, or so large that powers vanish, is refused."""
    with pytest.raises(ValueError, match="exponent"):
        pseudo_spherical(exponent)
    with pytest.raises(ValueError, match="exponent"):
        power_rule(exponent)


def test_parameters_out_of_range_are_refused() -> None:
    """Margins, base rates and regions outside their range are errors."""
    with pytest.raises(ValueError, match="margin"):
        clipped_logarithmic(0.5)
    with pytest.raises(ValueError, match="base rate"):
        asymmetric(1.0)
    with pytest.raises(ValueError, match=r"clipped-logarithmic rule does not tell 0\.99 from"):
        asymmetric(0.99, clipped_logarithmic(0.02))
    with pytest.raises(ValueError, match="low < high"):
        threshold_weighted(0.9, 0.6)
