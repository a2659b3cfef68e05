"""Tail probabilities in plain arithmetic, and the correction for looking many times."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from scoring.beta_distribution import cumulative

if TYPE_CHECKING:
    from collections.abc import Sequence


def student_tail(t: float, freedom: float) -> float:
    """Return P(T >= t) of Student's t.

    Args:
        t: Any finite number.
        freedom: Degrees of freedom, above 0.

    >>> round(student_tail(2.0, 10.0), 6)
    0.036694
    """
    below = 0.5 * cumulative(freedom / (freedom + t * t), freedom / 2.0, 0.5)
    return below if t >= 0 else 1.0 - below


def normal_tail(z: float) -> float:
    """Return P(Z >= z) of a standard normal variable.

    >>> round(normal_tail(1.96), 4)
    0.025
    """
    return 0.5 * math.erfc(z / math.sqrt(2.0))


def binomial_tail(successes: int, trials: int, chance: float) -> float:
    """Return P(X >= successes) of a binomial variable.

    >>> round(binomial_tail(9, 10, 0.5), 6)
    0.010742
    """
    if successes <= 0:
        return 1.0
    if successes > trials:
        return 0.0
    return cumulative(chance, float(successes), float(trials - successes + 1))


def fisher_tail(hits: int, drawn: int, marked: int, total: int) -> float:
    """Return P(X >= hits) where so many are drawn from a total of which some are marked.

    The one-sided test of Fisher (1934): the margins of the table are fixed, so it is exact.

    >>> round(fisher_tail(3, 4, 4, 8), 6)
    0.242857
    """
    most = min(drawn, marked)
    everything = _log_choose(total, drawn)
    tail = math.fsum(
        math.exp(_log_choose(marked, each) + _log_choose(total - marked, drawn - each) - everything)
        for each in range(max(hits, drawn + marked - total, 0), most + 1)
    )
    return min(tail, 1.0)


def holm(p_values: Sequence[float]) -> list[float]:
    """Return p-values that hold for all tests together, whatever their dependence (Holm, 1979).

    Whoever calls out each one that is at most 5 % is wrong anywhere with a chance of 5 % at most.

    >>> holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    order = sorted(range(len(p_values)), key=lambda place: p_values[place])
    adjusted = [1.0] * len(p_values)
    highest = 0.0
    for rank, place in enumerate(order):
        highest = max(highest, min(1.0, p_values[place] * (len(p_values) - rank)))
        adjusted[place] = highest
    return adjusted


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
