"""The beta family against its integrals and its known members."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate

from scoring.beta_rule import beta_family
from scoring.binary import LOGARITHMIC, QUADRATIC

UNIT = st.floats(0.001, 0.999)


@settings(max_examples=40)
@given(
    a=st.floats(-0.9, 6.0),
    b=st.floats(-0.9, 6.0),
    report=st.floats(0.02, 0.98),
)
def test_scores_are_the_integrals(a: float, b: float, report: float) -> None:
    """A score is minus the integral of the losses at all thresholds on its wrong side."""
    # Failure at p is the integral of t w(t) from 0 to p; scipy takes the factor t**a as a weight.
    loss, _ = integrate.quad(
        lambda t: (1.0 - t) ** (b - 1.0), 0.0, report, weight="alg", wvar=(a, 0.0), epsabs=1e-13
    )

    assert beta_family(a, b).score(report, 0.0) == pytest.approx(-loss, rel=1e-9, abs=1e-12)
    assert beta_family(b, a).score(1.0 - report, 1.0) == pytest.approx(-loss, rel=1e-9, abs=1e-12)


@given(UNIT)
def test_known_members(report: float) -> None:
    """(0, 0) is logarithmic, (1, 1) half the quadratic, (-1/2, -1/2) boosting (Buja et al. 2005)."""
    for outcome in (0.0, 1.0):
        given_to_outcome = report if outcome else 1.0 - report
        boosting = -2.0 * math.sqrt((1.0 - given_to_outcome) / given_to_outcome)

        assert beta_family(0.0, 0.0).score(report, outcome) == pytest.approx(
            LOGARITHMIC.score(report, outcome), abs=1e-12
        )
        assert beta_family(1.0, 1.0).score(report, outcome) == pytest.approx(
            0.5 * QUADRATIC.score(report, outcome), abs=1e-12
        )
        assert beta_family(-0.5, -0.5).score(report, outcome) == pytest.approx(boosting, rel=1e-9)


def test_published_value_with_negative_parameters() -> None:
    """At 0.7 the boosting loss of a success is 1.3093 (some software prints 1.2893)."""
    assert beta_family(-0.5, -0.5).score(0.7, 1.0) == pytest.approx(-1.3093, abs=5e-5)


def test_parameters_near_zero_are_continuous() -> None:
    """A parameter of almost 0 scores like 0, without loss of digits."""
    exact = beta_family(0.0, 0.0).score(0.01, 1.0)

    for nearly in (1e-12, -1e-12, 1e-200, 5e-324):
        assert beta_family(nearly, 0.0).score(0.01, 1.0) == pytest.approx(exact, abs=1e-10)


def test_wrong_certainty_is_infinite_only_without_mass_to_stop_it() -> None:
    """A wrong certain report scores minus infinity for parameters up to 0, else a finite bound."""
    assert beta_family(0.0, 1.0).score(0.0, 1.0) == -math.inf
    assert beta_family(0.0, 1.0).bounds == (-math.inf, 0.0)
    assert beta_family(2.0, 3.0).score(0.0, 1.0) == pytest.approx(
        -math.gamma(2) * math.gamma(4) / math.gamma(6)
    )
    assert beta_family(2.0, 3.0).bounds[0] == pytest.approx(beta_family(2.0, 3.0).score(0.0, 1.0))


@pytest.mark.parametrize("parameters", [(-1.0, 0.0), (0.0, 9.0), (math.nan, 0.0)])
def test_parameters_out_of_range_are_refused(parameters: tuple[float, float]) -> None:
    """Parameters must be above -1 and at most 8."""
    with pytest.raises(ValueError, match="parameters"):
        beta_family(*parameters)
