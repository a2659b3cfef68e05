"""Rules for several classes: values by hand and an outside implementation."""

from __future__ import annotations

import math
from importlib import import_module
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.binary import QUADRATIC, SPHERICAL, power_rule, pseudo_spherical
from scoring.categorical_rules import (
    CATEGORICAL_LOGARITHMIC,
    CATEGORICAL_QUADRATIC,
    CATEGORICAL_SPHERICAL,
    RANKED_PROBABILITY,
    categorical_power,
    categorical_pseudo_spherical,
)

ORACLE: Any = import_module("scoringrules")
REPORT = [0.5, 0.3, 0.2]


def test_scores_by_hand() -> None:
    """For (.5, .3, .2) and the second class the rules give these scores."""
    assert CATEGORICAL_QUADRATIC.score(REPORT, 1) == pytest.approx(0.6 - 0.38)
    assert CATEGORICAL_LOGARITHMIC.score(REPORT, 1) == pytest.approx(math.log(0.3))
    assert CATEGORICAL_SPHERICAL.score(REPORT, 1) == pytest.approx(0.3 / math.sqrt(0.38))
    assert RANKED_PROBABILITY.score(REPORT, 1) == pytest.approx(-(0.25 + 0.04))


def test_quadratic_is_one_minus_squared_distance() -> None:
    """The quadratic score is 1 less the squared distance from the outcome (Brier 1950)."""
    distance = 0.5**2 + 0.7**2 + 0.2**2

    assert CATEGORICAL_QUADRATIC.score(REPORT, 1) == pytest.approx(1.0 - distance)


@given(
    weights=st.lists(st.floats(0.01, 1.0), min_size=2, max_size=6),
    position=st.integers(0, 5),
)
def test_ranked_score_agrees_with_scoringrules(weights: list[float], position: int) -> None:
    """The ranked score is minus that of scoringrules, which counts classes from 1."""
    report = [weight / math.fsum(weights) for weight in weights]
    outcome = position % len(report)

    theirs = float(ORACLE.rps_score(outcome + 1, report))
    assert RANKED_PROBABILITY.score(report, outcome) == pytest.approx(-theirs, abs=1e-12)


@given(st.floats(0.0, 1.0), st.integers(0, 1))
def test_two_classes_are_one_event(report: float, outcome: int) -> None:
    """With two classes the rules are affine in, or equal to, the rules for one event."""
    both = [report, 1.0 - report]
    success = float(outcome == 0)

    quadratic = 1.0 + 2.0 * QUADRATIC.score(report, success)
    assert CATEGORICAL_QUADRATIC.score(both, outcome) == pytest.approx(quadratic, abs=1e-12)
    spherical = SPHERICAL.score(report, success)
    assert CATEGORICAL_SPHERICAL.score(both, outcome) == pytest.approx(spherical, abs=1e-12)
    for exponent in (1.5, 3.0):
        power = power_rule(exponent).score(report, success)
        assert categorical_power(exponent).score(both, outcome) == pytest.approx(power, abs=1e-12)
        pseudo = pseudo_spherical(exponent).score(report, success)
        assert categorical_pseudo_spherical(exponent).score(both, outcome) == pytest.approx(
            pseudo, abs=1e-12
        )


@pytest.mark.parametrize("outcome", [0, 1, 2])
def test_the_baseline_itself_says_nothing(outcome: int) -> None:
    """Reporting the baseline scores the same whatever comes: it says nothing."""
    baseline = (0.6, 0.3, 0.1)

    assert categorical_power(1.7, baseline).score(baseline, outcome) == pytest.approx(0.0)
    assert categorical_pseudo_spherical(1.7, baseline).score(baseline, outcome) == pytest.approx(
        1.0
    )


def test_even_baseline_is_an_affine_map() -> None:
    """Against an even baseline the power rule orders reports as without one."""
    even, none = categorical_power(2.0, (1 / 3,) * 3), categorical_power(2.0)
    reports = ([0.5, 0.3, 0.2], [0.1, 0.8, 0.1], [1.0, 0.0, 0.0])

    differences = [
        (even.score(a, 0) - even.score(b, 0)) / (none.score(a, 0) - none.score(b, 0))
        for a, b in pairwise(reports)
    ]
    assert differences[0] == pytest.approx(differences[1])


def test_bad_parameters_are_refused() -> None:
    """Exponents up to 1 and baselines with a zero, a wrong sum or another length are errors."""
    with pytest.raises(ValueError, match="exponent"):
        categorical_power(1.0)
    for baseline in ((0.5, 0.5, 0.0), (0.5, 0.6), ()):
        with pytest.raises(ValueError, match="baseline"):
            categorical_pseudo_spherical(2.0, baseline)
    with pytest.raises(ValueError, match="2 classes, the report 3"):
        categorical_power(2.0, (0.5, 0.5)).score(REPORT, 0)
