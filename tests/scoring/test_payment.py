"""Payments by a score: their ranges, their honesty, and the forms that are refused."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.binary import LOGARITHMIC, QUADRATIC, SPHERICAL, clipped_logarithmic
from scoring.catalog import SCORING_RULES
from scoring.lottery import Lottery
from scoring.payment import (
    PAYMENTS,
    REFUSED,
    ScorePayment,
    baseline_payment,
    payment_form,
    range_payment,
)
from scoring.propriety import best_misreport

if TYPE_CHECKING:
    from scoring.rule import ScoringRule

UNIT = st.floats(0.0, 1.0)
BOUNDED = [rule for rule in SCORING_RULES.values() if math.isfinite(rule.bounds[0])]

FEW = settings(max_examples=25)  # of each rule or form


@pytest.mark.parametrize("rule", BOUNDED, ids=[rule.name for rule in BOUNDED])
@FEW
@given(report=UNIT, outcome=UNIT)
def test_range_payment_stays_in_its_range(rule: ScoringRule, report: float, outcome: float) -> None:
    """A range payment pays no less than its low and no more than its high end."""
    payment = range_payment(rule, low=2.0, high=5.0)

    assert 2.0 - 1e-9 <= payment.pay(report, outcome) <= 5.0 + 1e-9
    assert payment.bounds() == pytest.approx((2.0, 5.0))


def test_range_payment_of_the_quadratic_rule() -> None:
    """The quadratic range payment is ``low + (high - low) (1 - (x - p)**2)``."""
    payment = range_payment(QUADRATIC, low=1.0, high=3.0)

    assert payment.pay(0.7, 1.0) == pytest.approx(1.0 + 2.0 * (1.0 - 0.09))


@given(UNIT)
def test_honest_means_span_a_quarter_of_the_range(belief: float) -> None:
    """Under the quadratic range payment an honest worker expects three quarters or more."""
    assert 0.75 <= range_payment(QUADRATIC, low=0.0, high=1.0).pay(belief, belief) <= 1.0


@given(UNIT, UNIT)
def test_baseline_payment_pays_nothing_for_the_base_rate(base_rate: float, outcome: float) -> None:
    """Whoever repeats the base rate earns exactly the fee."""
    payment = baseline_payment(QUADRATIC, base_rate=base_rate, stake=10.0, fee=2.0)

    assert payment.pay(base_rate, outcome) == pytest.approx(2.0, abs=1e-9)


@given(belief=st.floats(0.01, 0.99), base_rate=st.floats(0.01, 0.99))
@FEW
@pytest.mark.parametrize("rule", [QUADRATIC, LOGARITHMIC, SPHERICAL])
def test_baseline_payment_is_worth_taking(
    rule: ScoringRule, belief: float, base_rate: float
) -> None:
    """An honest worker expects at least the fee, whatever it believes."""
    payment = baseline_payment(rule, base_rate=base_rate, stake=10.0)

    assert payment.pay(belief, belief) >= -1e-9


def test_baseline_payment_at_even_odds() -> None:
    """From a base rate of 1/2 the quadratic payment loses 0.75 and gains 0.25 of the stake at most."""
    payment = baseline_payment(QUADRATIC, base_rate=0.5, stake=8.0)

    assert payment.bounds() == pytest.approx((-6.0, 2.0))


@pytest.mark.parametrize(
    "payment",
    [
        range_payment(QUADRATIC, low=0.0, high=5.0),
        range_payment(clipped_logarithmic(0.02), low=-1.0, high=1.0),
        baseline_payment(SPHERICAL, base_rate=0.3, stake=4.0),
        ScorePayment(LOGARITHMIC, base=1.0, per_success=5.0, weight=0.5),
    ],
)
def test_payments_keep_honesty_best(payment: ScorePayment) -> None:
    """No misreport on a grid expects more money than honesty."""
    assert best_misreport(payment.pay).gain <= 1e-9


@given(report=UNIT, belief=UNIT)
def test_payment_at_a_belief_is_its_mean(report: float, belief: float) -> None:
    """The payment at the belief is the mean of the payments for success and failure."""
    payment = ScorePayment(QUADRATIC, base=1.0, per_success=3.0, weight=2.0)
    mean = belief * payment.pay(report, 1.0) + (1.0 - belief) * payment.pay(report, 0.0)

    assert payment.pay(report, belief) == pytest.approx(mean, abs=1e-12)


@pytest.mark.parametrize(
    ("rule", "per_success", "weight", "rewards"),
    [
        (QUADRATIC, 1.0, 1.0, True),
        (QUADRATIC, 1.0, 1.01, False),
        (QUADRATIC, 1.0, 2.0, False),
        (LOGARITHMIC, 1.0, 0.01, False),
    ],
)
def test_a_stake_above_the_value_of_success_rewards_failure(
    rule: ScoringRule, per_success: float, weight: float, rewards: bool
) -> None:
    """Pay for success must be at least the quadratic stake; no pay suffices for the logarithmic."""
    payment = ScorePayment(rule, base=0.0, per_success=per_success, weight=weight)

    assert payment.rewards_success() == rewards


def test_a_deliberate_failure_can_pay() -> None:
    """With a stake of twice the pay, an honest 0.2 expects -0.12 and a sure failure 0."""
    payment = ScorePayment(QUADRATIC, base=0.0, per_success=1.0, weight=2.0)

    assert payment.pay(0.2, 0.2) == pytest.approx(-0.12)
    assert payment.pay(0.0, 0.0) == 0.0


@given(st.floats(0.0, 0.99))
def test_a_stake_within_the_pay_makes_skill_pay(belief: float) -> None:
    """With a stake equal to the pay an honest worker expects p squared, which grows with p."""
    payment = ScorePayment(QUADRATIC, base=0.0, per_success=1.0, weight=1.0)

    assert payment.pay(belief, belief) == pytest.approx(belief**2, abs=1e-12)


@pytest.mark.parametrize("name", REFUSED)
def test_improper_forms_are_refused_with_a_reason(name: str) -> None:
    """A floor, a clamp and a rank prize are refused, and the message names a way out."""
    with pytest.raises(ValueError, match=r"false report pay: .*(lottery|clip|range)"):
        payment_form(name)


def test_forms_are_found_by_name() -> None:
    """Known forms are found, unknown ones listed."""
    assert [payment_form(name) for name in PAYMENTS] == [range_payment, baseline_payment, Lottery]
    with pytest.raises(ValueError, match="range, baseline, lottery"):
        payment_form("bonus")


def test_bad_terms_are_refused() -> None:
    """Unbounded rules, empty ranges and stakes that are not positive are errors."""
    with pytest.raises(ValueError, match="unbounded"):
        range_payment(LOGARITHMIC, low=0.0, high=1.0)
    with pytest.raises(ValueError, match="low < high"):
        range_payment(QUADRATIC, low=1.0, high=1.0)
    with pytest.raises(ValueError, match="weight"):
        baseline_payment(QUADRATIC, base_rate=0.5, stake=0.0)
    with pytest.raises(ValueError, match="finite"):
        baseline_payment(LOGARITHMIC, base_rate=0.0, stake=1.0)
