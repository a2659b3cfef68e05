"""Proper scoring rules for a number: a cost, a duration, a count.

All are rewards: the literature's losses with their sign turned, so higher is better and 0 is perfect
where the loss is 0. Every function takes floats or arrays that broadcast. Costs and durations have
heavy tails: score their logarithm, or ask for quantiles.

Source, where nothing else is said: Gneiting and Raftery, "Strictly Proper Scoring Rules, Prediction,
and Estimation", JASA 2007, sections 4 and 6.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

from scoring.elementwise import erf, exp, holds, log, positive_part

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from scoring.elementwise import Number

_INVERSE_SQRT_PI = 1.0 / math.sqrt(math.pi)


def crps_normal(mean: Number, deviation: Number, outcome: Number) -> Number:
    """Score a normal distribution by the continuous ranked probability score.

    Args:
        mean: The reported mean.
        deviation: The reported standard deviation, above 0.
        outcome: What came.

    Returns:
        ``-s (z (2 Phi(z) - 1) + 2 phi(z) - 1 / sqrt(pi))`` with ``z = (y - m) / s``; at most 0, in the
        unit of the outcome. Strictly proper.

    Raises:
        ValueError: If a number is not finite or the deviation not above 0.

    >>> round(crps_normal(0.0, 1.0, 0.0), 10)
    -0.2336949773
    """
    _require_finite(abs(mean) + abs(deviation) + abs(outcome))
    _require(holds(deviation > 0.0), "the standard deviation must be above 0")
    z = (outcome - mean) / deviation
    density = exp(-0.5 * z * z) * (math.sqrt(2.0) * _INVERSE_SQRT_PI)
    return -deviation * (z * erf(z / math.sqrt(2.0)) + density - _INVERSE_SQRT_PI)


def dawid_sebastiani(mean: Number, variance: Number, outcome: Number) -> Number:
    """Score a mean and a variance, whatever the distribution.

    Args:
        mean: The reported mean.
        variance: The reported variance, above 0.
        outcome: What came.

    Returns:
        ``-((y - m)**2 / v + ln v)``, unbounded both ways. Proper, and strictly so for the pair
        (mean, variance).

    Raises:
        ValueError: If a number is not finite or the variance not above 0.

    Source: Dawid and Sebastiani, "Coherent dispersion criteria for optimal experimental design",
    Annals of Statistics 1999.

    >>> dawid_sebastiani(1.0, 1.0, 3.0)
    -4.0
    """
    _require_finite(abs(mean) + abs(variance) + abs(outcome))
    _require(holds(variance > 0.0), "the variance must be above 0")
    return -((outcome - mean) ** 2) / variance - log(variance)


def pinball(quantile: Number, level: float, outcome: Number) -> Number:
    """Score a reported quantile.

    Args:
        quantile: The number that the outcome stays below with probability `level`.
        level: In (0, 1).
        outcome: What came.

    Returns:
        ``-(level - 1[y <= q]) (y - q)``, at most 0, in the unit of the outcome. Strictly proper for
        the quantile.

    Raises:
        ValueError: If a number is not finite or the level outside (0, 1).

    >>> pinball(2.0, 0.75, 4.0), pinball(4.0, 0.75, 2.0)
    (-1.5, -0.5)
    """
    _require(0.0 < level < 1.0, f"a level must be in (0, 1), not {level!r}")
    _require_finite(abs(quantile) + abs(outcome))
    above = outcome - quantile
    return -level * above - positive_part(-above)


def crps_quantiles(quantiles: Sequence[Number], levels: Sequence[float], outcome: Number) -> Number:
    """Score several quantiles of one distribution: minus twice their mean pinball loss.

    With evenly spaced levels it tends to the continuous ranked probability score.

    Args:
        quantiles: One per level; none below the one before.
        levels: In (0, 1), increasing.
        outcome: What came.

    Raises:
        ValueError: If quantiles cross, levels do not increase, or a number is out of range.

    >>> crps_quantiles([1.0, 2.0, 4.0], [0.25, 0.5, 0.75], 2.0)
    -0.5
    """
    _require(len(quantiles) == len(levels) > 0, "needs one quantile for every level")
    _require(all(a < b for a, b in pairwise(levels)), "levels must increase")
    _require(all(holds(a <= b) for a, b in pairwise(quantiles)), "quantiles must not cross")
    total = pinball(quantiles[0], levels[0], outcome)
    for quantile, level in zip(quantiles[1:], levels[1:], strict=True):
        total = total + pinball(quantile, level, outcome)
    return total * (2.0 / len(levels))


def interval(lower: Number, upper: Number, coverage: float, outcome: Number) -> Number:
    """Score a central prediction interval: narrow is good, missing costs.

    Args:
        lower: Its lower end, the ``(1 - coverage) / 2`` quantile.
        upper: Its upper end, at least `lower`.
        coverage: The probability that it claims, in (0, 1).
        outcome: What came.

    Returns:
        ``-((u - l) + 2 / (1 - coverage) (distance by which the outcome is missed))``, at most 0, in
        the unit of the outcome. Strictly proper for the two quantiles.

    Raises:
        ValueError: If the interval is empty, a number is not finite, or the coverage out of range.

    Source: Winkler, "A Decision-Theoretic Approach to Interval Estimation", JASA 1972.

    >>> interval(1.0, 3.0, 0.5, 2.0), interval(1.0, 3.0, 0.5, 4.0)
    (-2.0, -6.0)
    """
    _require(0.0 < coverage < 1.0, f"a coverage must be in (0, 1), not {coverage!r}")
    _require_finite(abs(lower) + abs(upper) + abs(outcome))
    _require(holds(lower <= upper), "an interval must not end below its beginning")
    missed = positive_part(lower - outcome) + positive_part(outcome - upper)
    return (lower - upper) - missed * (2.0 / (1.0 - coverage))


def weighted_interval(
    median: Number,
    intervals: Sequence[tuple[Number, Number]],
    coverages: Sequence[float],
    outcome: Number,
) -> Number:
    """Score a median and nested central intervals at once.

    Args:
        median: The reported median, inside every interval.
        intervals: (lower, upper) of each; a wider coverage contains a narrower one.
        coverages: The probability that each claims, in (0, 1), increasing.
        outcome: What came.

    Returns:
        ``-(|y - m| / 2 + sum alpha_k / 2 * loss_k) / (K + 1/2)`` with ``alpha_k`` one minus the
        coverage; at most 0. It is `crps_quantiles` of the same quantiles.

    Raises:
        ValueError: If intervals are not nested, coverages do not increase, or a number is out of range.

    Source: Bracher, Ray, Gneiting and Reich, "Evaluating epidemic forecasts in an interval format",
    PLOS Computational Biology 2021.

    >>> weighted_interval(2.0, [(1.0, 4.0)], [0.5], 2.0)
    -0.5
    """
    _require(len(intervals) == len(coverages), "needs one interval for every coverage")
    _require(all(a < b for a, b in pairwise(coverages)), "coverages must increase")
    total = pinball(median, 0.5, outcome)
    inner_lower = inner_upper = median
    for (lower, upper), coverage in zip(intervals, coverages, strict=True):
        nested = holds(lower <= inner_lower) and holds(inner_upper <= upper)
        _require(nested, "the median and narrower intervals must lie inside wider ones")
        total = total + interval(lower, upper, coverage, outcome) * (0.5 * (1.0 - coverage))
        inner_lower, inner_upper = lower, upper
    return total / (len(intervals) + 0.5)


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise ValueError(message)


def _require_finite(size: float | NDArray[np.float64]) -> None:
    # A sum of absolute values: one test for all, and no warning of numpy as from inf - inf.
    _require(holds(size < math.inf), "every number must be finite")
