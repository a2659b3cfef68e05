"""How large a stake must be before thinking pays for whoever does it.

An honest worker that has learned something expects ``E[G(posterior)]`` instead of ``G(prior)``. With a
stake b on the score, work of cost c is worth doing if b times this difference is at least c; for the
quadratic rule the difference is the variance of the posterior, so weak signals need large stakes.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scoring.rule import ScoringRule


def value_of_signal(rule: ScoringRule, *, prior: float, accuracy: float) -> float:
    """Return what a yes/no signal is expected to add to an honest worker's score.

    Args:
        rule: The proper rule.
        prior: The probability of success before the signal, in [0, 1].
        accuracy: The probability, in [0, 1], that the signal is right, whatever the truth.

    Returns:
        ``E[G(posterior)] - G(prior)``, at least 0.

    Raises:
        ValueError: If a number is outside [0, 1].

    >>> from scoring.binary import QUADRATIC
    >>> round(value_of_signal(QUADRATIC, prior=0.5, accuracy=0.7), 6)
    0.04
    """
    if not (0.0 <= prior <= 1.0 and 0.0 <= accuracy <= 1.0):
        raise ValueError(f"needs numbers in [0, 1], not {prior!r} and {accuracy!r}")
    informed = 0.0
    for right_if_success in (accuracy, 1.0 - accuracy):  # the signal says yes, the signal says no
        joint = prior * right_if_success
        chance = joint + (1.0 - prior) * (1.0 - right_if_success)
        if chance:
            informed += chance * rule.expected(joint / chance)
    return max(informed - rule.expected(prior), 0.0)


def stake_for_effort(rule: ScoringRule, *, cost: float, prior: float, accuracy: float) -> float:
    """Return the smallest stake on the score at which getting the signal is worth its cost.

    Args:
        rule: The proper rule.
        cost: The cost of getting the signal, in money, at least 0.
        prior: See `value_of_signal`.
        accuracy: See `value_of_signal`.

    Returns:
        A stake in money per unit of score; infinity if the signal says nothing.

    Raises:
        ValueError: If a number is out of range.

    >>> from scoring.binary import QUADRATIC
    >>> round(stake_for_effort(QUADRATIC, cost=1.0, prior=0.5, accuracy=0.6), 6)
    100.0
    """
    if not 0.0 <= cost < math.inf:
        raise ValueError(f"the cost must be at least 0, not {cost!r}")
    value = value_of_signal(rule, prior=prior, accuracy=accuracy)
    return cost / value if value else math.inf
