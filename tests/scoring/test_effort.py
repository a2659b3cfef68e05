"""How large a stake must be before thinking pays."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.binary import LOGARITHMIC, QUADRATIC, SPHERICAL
from scoring.effort import stake_for_effort, value_of_signal

UNIT = st.floats(0.0, 1.0)


@pytest.mark.parametrize(
    ("accuracy", "variance", "stake"), [(0.6, 0.01, 100.0), (0.7, 0.04, 25.0), (0.8, 0.09, 100 / 9)]
)
def test_quadratic_value_is_the_variance_of_the_posterior(
    accuracy: float, variance: float, stake: float
) -> None:
    """At even odds, signals of 60, 70, 80 % need stakes of 100, 25, 11 times their cost."""
    assert value_of_signal(QUADRATIC, prior=0.5, accuracy=accuracy) == pytest.approx(variance)
    assert stake_for_effort(QUADRATIC, cost=1.0, prior=0.5, accuracy=accuracy) == pytest.approx(
        stake
    )


@given(prior=UNIT, accuracy=UNIT)
def test_information_never_hurts(prior: float, accuracy: float) -> None:
    """An honest worker expects at least as much with a signal as without."""
    assert value_of_signal(QUADRATIC, prior=prior, accuracy=accuracy) >= 0.0


def test_logarithmic_value_is_the_information() -> None:
    """Under the logarithmic rule a sure signal is worth the entropy of the prior."""
    entropy = -(0.3 * math.log(0.3) + 0.7 * math.log(0.7))

    assert value_of_signal(LOGARITHMIC, prior=0.3, accuracy=1.0) == pytest.approx(entropy)


def test_a_sure_signal_is_worth_what_certainty_is() -> None:
    """A signal that is always right adds G(1) - G(prior), whichever way it comes out."""
    value = value_of_signal(SPHERICAL, prior=0.5, accuracy=1.0)

    assert value == pytest.approx(1.0 - math.sqrt(0.5))


def test_a_signal_that_says_nothing_is_worth_no_stake() -> None:
    """No stake pays for a coin flip."""
    assert stake_for_effort(QUADRATIC, cost=1.0, prior=0.5, accuracy=0.5) == math.inf


def test_bad_numbers_are_refused() -> None:
    """Probabilities outside [0, 1] and costs below 0 are errors."""
    with pytest.raises(ValueError, match=r"\[0, 1\]"):
        value_of_signal(QUADRATIC, prior=1.5, accuracy=0.5)
    with pytest.raises(ValueError, match="cost"):
        stake_for_effort(QUADRATIC, cost=-1.0, prior=0.5, accuracy=0.7)
