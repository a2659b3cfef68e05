"""What every rule for several classes promises."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.catalog import CATEGORICAL_RULES
from scoring.categorical_rules import (
    CATEGORICAL_QUADRATIC,
    categorical_power,
    categorical_pseudo_spherical,
)

if TYPE_CHECKING:
    from scoring.categorical import CategoricalRule

BASELINE = (0.5, 0.3, 0.2)
ALL_RULES = {
    **CATEGORICAL_RULES,
    "power 3": categorical_power(3.0),
    "power against a baseline": categorical_power(1.5, BASELINE),
    "quadratic against a baseline": categorical_power(2.0, BASELINE),
    "pseudo-spherical against a baseline": categorical_pseudo_spherical(1.5, BASELINE),
}
RULES = pytest.mark.parametrize("rule", ALL_RULES.values(), ids=ALL_RULES.keys())
TENTHS: list[tuple[float, ...]] = [
    (a / 10, b / 10, (10 - a - b) / 10) for a in range(11) for b in range(11 - a)
]

FEW = settings(max_examples=25)  # of each rule or form


@st.composite
def distributions(draw: st.DrawFn) -> list[float]:
    """Draw a distribution over three classes, all of them possible."""
    weights = draw(st.lists(st.floats(0.01, 1.0), min_size=3, max_size=3))
    return [weight / math.fsum(weights) for weight in weights]


@RULES
def test_honesty_is_the_only_best_reply(rule: CategoricalRule) -> None:
    """On a grid of beliefs and reports over three classes every misreport expects less."""
    scores = {(p, y): rule.score(p, y) for p in TENTHS for y in range(3)}

    def expected(report: tuple[float, ...], belief: tuple[float, ...]) -> float:
        return math.fsum(q * scores[report, y] for y, q in enumerate(belief) if q)

    gains = [
        expected(report, belief) - expected(belief, belief)
        for report, belief in itertools.permutations(TENTHS, 2)
    ]
    assert max(gains) < -1e-6
    assert rule.strict


@RULES
@FEW
@given(report=distributions(), outcome=st.integers(0, 2))
def test_scores_stay_in_bounds(rule: CategoricalRule, report: list[float], outcome: int) -> None:
    """No report leaves the bounds."""
    low, high = rule.bounds(3)

    assert low - 1e-12 <= rule.score(report, outcome) <= high + 1e-12


@RULES
def test_certain_reports_reach_the_bounds(rule: CategoricalRule) -> None:
    """The bounds are the scores of certain reports, right and wrong."""
    corners = [rule.score([float(k == j) for k in range(3)], y) for j in range(3) for y in range(3)]

    assert (min(corners), max(corners)) == pytest.approx(rule.bounds(3))


@RULES
@FEW
@given(rows=st.lists(st.tuples(distributions(), st.integers(0, 2)), min_size=1, max_size=5))
def test_many_scores_equal_single_scores(
    rule: CategoricalRule, rows: list[tuple[list[float], int]]
) -> None:
    """Scoring an array gives the scores of its rows one by one."""
    reports, outcomes = zip(*rows, strict=True)

    scores = rule.score_many(reports, outcomes)

    one_by_one = [rule.score(report, outcome) for report, outcome in rows]
    np.testing.assert_allclose(scores.values, one_by_one, rtol=1e-12, atol=1e-12)
    assert scores.missing == ()


@RULES
@FEW
@given(belief=distributions())
def test_expected_score_is_the_honest_mean(rule: CategoricalRule, belief: list[float]) -> None:
    """G(p) is the mean score of an honest report."""
    mean = math.fsum(p * rule.score(belief, y) for y, p in enumerate(belief))

    assert rule.expected(belief) == pytest.approx(mean)


def test_missing_rows_score_as_base_rates() -> None:
    """A row with a nan scores as the base rates and is named."""
    scores = CATEGORICAL_QUADRATIC.score_many(
        [[0.5, 0.3, 0.2], [math.nan, 0.5, 0.5]], [0, 0], base_rates=BASELINE
    )

    assert scores.values.tolist() == pytest.approx([0.62, 0.62])
    assert scores.missing == (1,)


def test_missing_rows_without_base_rates_are_refused() -> None:
    """Without base rates a missing row is an error that says which one."""
    with pytest.raises(ValueError, match="report 1 is missing"):
        CATEGORICAL_QUADRATIC.score_many([[0.5, 0.5], [math.nan, 0.5]], [0, 0])


@pytest.mark.parametrize(
    "report", [[0.5, 0.6], [0.5, 0.4], [1.2, -0.2], [math.nan, 1.0], [], [0.5, 0.5 + 1e-8]]
)
def test_no_report_is_renormalised(report: list[float]) -> None:
    """A vector that is not a distribution is refused, not repaired."""
    with pytest.raises(ValueError, match="sum to 1"):
        CATEGORICAL_QUADRATIC.score(report, 0)


def test_rows_that_are_no_distribution_are_named() -> None:
    """In an array the first row that is not a distribution is named."""
    with pytest.raises(ValueError, match="report 1"):
        CATEGORICAL_QUADRATIC.score_many([[0.5, 0.5], [0.7, 0.4]], [0, 0])


@pytest.mark.parametrize("outcome", [-1, 2, 0.5, math.nan])
def test_outcomes_must_be_classes(outcome: float) -> None:
    """An outcome that is no class of the report is refused, alone and in an array."""
    with pytest.raises(ValueError, match="outcome 0"):
        CATEGORICAL_QUADRATIC.score_many([[0.5, 0.5]], [outcome])
    if outcome in (-1, 2):
        with pytest.raises(ValueError, match="class from 0 to 1"):
            CATEGORICAL_QUADRATIC.score([0.5, 0.5], int(outcome))


def test_shapes_must_fit() -> None:
    """Reports are a table and outcomes one per row; bounds need two classes."""
    with pytest.raises(ValueError, match=r"\(n, K\)"):
        CATEGORICAL_QUADRATIC.score_many([0.5, 0.5], [0])
    with pytest.raises(ValueError, match="two classes"):
        CATEGORICAL_QUADRATIC.bounds(1)
