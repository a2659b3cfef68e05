"""What a scoring rule promises whatever its formula."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.binary import QUADRATIC
from scoring.catalog import SCORING_RULES
from scoring.rule import ScoringRule, check_unit_interval

RULES = pytest.mark.parametrize("rule", SCORING_RULES.values(), ids=SCORING_RULES.keys())
UNIT = st.floats(0.0, 1.0)
INSIDE = st.floats(0.001, 0.999)

FEW = settings(max_examples=25)  # of each rule or form


@RULES
@FEW
@given(report=INSIDE, outcome=UNIT)
def test_linear_in_outcome(rule: ScoringRule, report: float, outcome: float) -> None:
    """A graded outcome scores as the mixture of success and failure."""
    mixed = outcome * rule.score(report, 1.0) + (1.0 - outcome) * rule.score(report, 0.0)

    assert rule.score(report, outcome) == pytest.approx(mixed, abs=1e-9)


@RULES
@FEW
@given(belief=INSIDE)
def test_expected_score_is_honest_mean(rule: ScoringRule, belief: float) -> None:
    """G(p) is the mean score of an honest report."""
    mean = belief * rule.score(belief, 1.0) + (1.0 - belief) * rule.score(belief, 0.0)

    assert rule.expected(belief) == pytest.approx(mean, abs=1e-9)


@RULES
@FEW
@given(report=UNIT, outcome=UNIT)
def test_scores_stay_in_bounds(rule: ScoringRule, report: float, outcome: float) -> None:
    """No report and outcome leave the bounds, and certain reports reach them."""
    low, high = rule.bounds

    assert low - 1e-12 <= rule.score(report, outcome) <= high + 1e-12
    corners = [rule.score(p, x) for p in (0.0, 1.0) for x in (0.0, 1.0)]
    assert min(corners) == pytest.approx(low)
    assert max(corners) == pytest.approx(high)


@RULES
@FEW
@given(st.lists(st.tuples(UNIT, UNIT), min_size=1, max_size=8))
def test_many_scores_equal_single_scores(
    rule: ScoringRule, pairs: list[tuple[float, float]]
) -> None:
    """Scoring an array gives the scores of its reports one by one."""
    one_by_one = [rule.score(report, outcome) for report, outcome in pairs]
    reports, outcomes = zip(*pairs, strict=True)

    scores = rule.score_many(reports, outcomes)

    np.testing.assert_allclose(scores.values, one_by_one, rtol=1e-12, atol=1e-12)
    assert scores.missing == ()


@RULES
def test_expected_score_is_convex(rule: ScoringRule) -> None:
    """G is convex, as it is for every proper rule (Gneiting and Raftery 2007, theorem 1)."""
    grid = [step / 200 for step in range(1, 200)]
    values = [rule.expected(p) for p in grid]

    bends = [a + c - 2.0 * b for a, b, c in zip(values, values[1:], values[2:], strict=False)]
    assert min(bends) >= -1e-12


def test_shape_is_kept() -> None:
    """Scores have the shape of the reports."""
    assert QUADRATIC.score_many(np.full((2, 3), 0.5), np.ones((2, 3))).values.shape == (2, 3)


@pytest.mark.parametrize("missing", [None, math.nan])
def test_missing_report_scores_as_base_rate(missing: float | None) -> None:
    """A missing report scores as the base rate, and is named."""
    scores = QUADRATIC.score_many([0.9, missing, 0.2], [1, 1, 0], base_rate=0.3)

    assert scores.values.tolist() == pytest.approx([-0.01, -0.49, -0.04])
    assert scores.missing == (1,)


def test_missing_report_without_base_rate_is_refused() -> None:
    """Without a base rate a missing report is an error that says which one."""
    with pytest.raises(ValueError, match="report 1 is missing"):
        QUADRATIC.score_many([0.9, None], [1, 1])


@pytest.mark.parametrize("wrong", [-0.1, 1.1, math.nan, math.inf, -math.inf])
def test_numbers_outside_unit_interval_are_refused(wrong: float) -> None:
    """A report or an outcome outside [0, 1] is an error, alone and in an array."""
    with pytest.raises(ValueError, match=r"\[0, 1\]"):
        QUADRATIC.score(wrong, 1.0)
    with pytest.raises(ValueError, match=r"\[0, 1\]"):
        QUADRATIC.score(0.5, wrong)
    with pytest.raises(ValueError, match="report 1"):
        QUADRATIC.score_many([0.5, wrong], [1.0, 1.0])
    with pytest.raises(ValueError, match="outcome 1"):
        QUADRATIC.score_many([0.5, 0.5], [1.0, wrong])


def test_other_shapes_and_base_rates_are_refused() -> None:
    """Reports and outcomes of different length, and a base rate outside [0, 1], are errors."""
    with pytest.raises(ValueError, match="do not fit"):
        QUADRATIC.score_many([0.5, 0.5], [1.0])
    with pytest.raises(ValueError, match="base rate"):
        QUADRATIC.score_many([0.5], [1.0], base_rate=1.5)


@given(st.lists(st.floats(allow_nan=True, width=64), min_size=1, max_size=6))
def test_quick_check_equals_plain_check(values: list[float]) -> None:
    """The check on the bits of the numbers accepts exactly the numbers from 0 to 1."""
    valid = all(0.0 <= value <= 1.0 for value in values)

    try:
        check_unit_interval("outcome", np.array(values))
    except ValueError:
        assert not valid
    else:
        assert valid


def test_minus_zero_and_empty_are_accepted() -> None:
    """The number -0.0, which the check on the bits stumbles over, and no numbers at all score."""
    assert QUADRATIC.score_many([-0.0, 1.0], [0.0, 1.0]).values.tolist() == [0.0, 0.0]
    assert QUADRATIC.score_many([], []).values.tolist() == []
