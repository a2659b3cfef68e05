"""From scores to money: the maps that keep honesty the best reply of somebody who is risk neutral.

A proper score stays proper under exactly one kind of map, ``base + per_success x + weight S(p, x)`` with
a positive weight: it is what a `ScorePayment` is, and what a contract of the market stores. A floor
under the payment, a clamp on the score and a prize for the best score are not of this kind and make
exaggeration pay, so they are refused here by name. Somebody who needs one of them (a worker that
cannot be charged, a single prize) gets a `Lottery`: the score moves a chance of winning, and chances
may be moved by a proper score without harm.

Sources: Gneiting and Raftery, JASA 2007 (affine maps); Witkowski, Freeman, Wortman Vaughan, Pennock and
Krause, "Incentive-Compatible Forecasting Competitions", Management Science 2023 (rank prizes);
Hossain and Okui, "The Binarized Scoring Rule", Review of Economic Studies 2013 (lotteries).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scoring.lottery import Lottery

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from scoring.rule import ScoringRule


@dataclass(frozen=True, slots=True)
class ScorePayment:
    """A payment ``base + per_success x + weight S(p, x)`` for report p and outcome x.

    Attributes:
        rule: The proper rule ``S``.
        base: Paid whatever happens, in money.
        per_success: Paid in proportion to the outcome, in money.
        weight: Money per unit of score, above 0.

    >>> from scoring.binary import QUADRATIC
    >>> payment = range_payment(QUADRATIC, low=0.0, high=2.0)
    >>> payment.pay(0.5, 1.0), payment.pay(1.0, 1.0), payment.bounds()
    (1.5, 2.0, (0.0, 2.0))
    """

    rule: ScoringRule
    base: float
    per_success: float
    weight: float

    def __post_init__(self) -> None:
        numbers = (self.base, self.per_success, self.weight)
        if not all(map(math.isfinite, numbers)) or self.weight <= 0.0:
            raise ValueError(f"needs finite numbers and a weight above 0, not {numbers!r}")

    def pay(self, report: float, outcome: float) -> float:
        """Return the payment; its mean under a belief q is ``pay(report, q)``.

        Raises:
            ValueError: If the report or the outcome is outside [0, 1].
        """
        score = self.rule.score(report, outcome)
        return self.base + self.per_success * outcome + self.weight * score

    def bounds(self) -> tuple[float, float]:
        """Return the lowest and the highest payment over all reports and outcomes."""
        # A proper score moves one way in the report for either outcome, so the corners decide.
        corners = [self.pay(report, outcome) for report in (0.0, 1.0) for outcome in (0.0, 1.0)]
        return min(corners), max(corners)

    def rewards_success(self) -> bool:
        """Return whether an honest worker always wants to succeed.

        If not, a worker gains by failing on purpose and saying so: with a weight above the value of a
        correct answer, a sure failure foreseen pays more than a doubtful success. The honest mean is
        convex in the chance of success, so its slope at 0 decides.
        """
        return self.pay(0.0, 1.0) >= self.pay(0.0, 0.0)


def range_payment(rule: ScoringRule, *, low: float, high: float) -> ScorePayment:
    """Return the payment that spreads a bounded score over ``[low, high]``.

    Nobody is ever charged when `low` is 0 or more. But honest means span only a part of the range (a
    quarter with the quadratic rule): most of the money is paid for showing up.

    Args:
        rule: A rule with finite bounds.
        low: The payment for the worst score, in money.
        high: The payment for the best score, above `low`.

    Raises:
        ValueError: If the rule is unbounded or the range is empty.
    """
    worst, best = rule.bounds
    if not math.isfinite(best - worst):
        raise ValueError(f"the {rule.name} rule is unbounded; clip its reports to pay by it")
    if not low < high:
        raise ValueError(f"needs low < high, not {low!r} and {high!r}")
    weight = (high - low) / (best - worst)
    return ScorePayment(rule, base=low - weight * worst, per_success=0.0, weight=weight)


def baseline_payment(
    rule: ScoringRule, *, base_rate: float, stake: float, fee: float = 0.0
) -> ScorePayment:
    """Return the payment ``fee + stake (S(p, x) - S(base_rate, x))``.

    Repeating the public base rate earns exactly the fee, and an honest worker expects at least the fee
    whatever it believes, so money is spent on information only.

    Args:
        rule: The proper rule.
        base_rate: The public base rate, in [0, 1] and strictly inside if the rule is unbounded.
        stake: Money per unit of score, above 0.
        fee: Paid whatever happens; the largest loss is ``bounds()[0]``.

    Raises:
        ValueError: If an argument is out of range.
    """
    on_failure, on_success = rule.score(base_rate, 0.0), rule.score(base_rate, 1.0)
    return ScorePayment(
        rule,
        base=fee - stake * on_failure,
        per_success=stake * (on_failure - on_success),
        weight=stake,
    )


def payment_form(name: str) -> Callable[..., ScorePayment | Lottery]:
    """Return the form of payment with this name.

    Raises:
        ValueError: If the name is unknown, or names a form that is not proper; the message says why
            and what to use instead.

    >>> payment_form("baseline") is baseline_payment
    True
    """
    if name in REFUSED:
        raise ValueError(f"a {name} makes a false report pay: {REFUSED[name]}")
    if name not in PAYMENTS:
        raise ValueError(f"unknown form of payment {name!r}; there are {', '.join(PAYMENTS)}")
    return PAYMENTS[name]


PAYMENTS: Mapping[str, Callable[..., ScorePayment | Lottery]] = {
    "range": range_payment,
    "baseline": baseline_payment,
    "lottery": Lottery,
}
"""Configuration name -> form of payment."""

REFUSED: Mapping[str, str] = {
    "floor": "beliefs near the floor report 0 or 1; use a lottery, or a range with a low of 0",
    "clamp": "beyond the clamp a bolder report costs nothing; clip the report, or use a lottery",
    "rank-prize": "only the largest score counts, so everybody exaggerates; use an ELF lottery",
}
"""Forms of payment that are asked for often and are not proper, with the reason."""
