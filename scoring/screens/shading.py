"""Bid shading: a worker asks for more than its work turns out to cost."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from scoring.screens.significance import student_tail

if TYPE_CHECKING:
    from collections.abc import Sequence

FEWEST = 20
"""So many metered awards are needed to say something."""


class Shading(NamedTuple):
    """How stated costs compare with metered ones.

    Attributes:
        ratio: Stated cost per metered cost, over all awards.
        error: The standard error of the ratio.
        p_value: How likely an honest worker would seem to ask for so much more, or for still more.
        awards: How many awards it rests on.
    """

    ratio: float
    error: float
    p_value: float
    awards: int


def shading(
    stated: Sequence[float], metered: Sequence[float], *, tolerance: float = 0.1
) -> Shading | None:
    """Compare the stated costs of the awards of one worker with the metered ones.

    The test is one-sided: that the mean of ``stated - (1 + tolerance) metered`` is not above zero.
    It is Student's with the cubic correction for skewness of Hall (1992, "On the removal of
    skewness by transformation"), since metered costs have a long right tail. It assumes that awards are independent, and that an honest worker states
    the expected cost. That the cheapest bids win makes it cautious, since winners have estimated
    low. Where metered costs vary by a factor of 2 or less around the stated one (a standard deviation
    of 0.6 of the logarithm), the p-value holds from `FEWEST` awards on; rarer and larger surprises
    need more awards.

    Args:
        stated: The cost that each accepted bid has stated, at least 0.
        metered: What the work has cost, in the same order.
        tolerance: The overstatement that nobody minds, at least 0.

    Returns:
        The comparison; None with fewer than `FEWEST` awards, or if nothing was metered.

    Raises:
        ValueError: If the lengths differ or a cost is negative or not finite.

    >>> found = shading([1.5, 3.0] * 10, [1.0, 2.0] * 10)
    >>> found.ratio, found.p_value < 0.001
    (1.5, True)
    """
    count = len(stated)
    if count != len(metered):
        raise ValueError(f"{count} stated and {len(metered)} metered costs")
    if not all(0.0 <= each < math.inf for each in (*stated, *metered)):
        raise ValueError("costs are finite and at least 0")
    total = math.fsum(metered)
    if count < FEWEST or total <= 0.0:
        return None
    ratio = math.fsum(stated) / total
    around = [bid - ratio * cost for bid, cost in zip(stated, metered, strict=True)]
    error = math.sqrt(math.fsum(each * each for each in around) * count / (count - 1)) / total
    excess = [bid - (1 + tolerance) * cost for bid, cost in zip(stated, metered, strict=True)]
    return Shading(ratio, error, _p_value(excess), count)


def _p_value(excess: Sequence[float]) -> float:
    """Return how likely a mean so high is if the true one is not above zero."""
    count = len(excess)
    mean = math.fsum(excess) / count
    second = math.fsum((each - mean) ** 2 for each in excess) / (count - 1)
    if mean <= 0.0:
        return 1.0
    if second <= 1e-18 * mean * mean:
        return 0.5**count  # all alike: what remains is that every sign is the same
    deviation = math.sqrt(second)
    skew = math.fsum((each - mean) ** 3 for each in excess) / count / deviation**3
    size = mean / deviation
    told = size + skew * size**2 / 3 + skew**2 * size**3 / 27 + skew / (6 * count)
    return student_tail(math.sqrt(count) * told, count - 1.0)
