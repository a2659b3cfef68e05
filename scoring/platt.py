"""Platt's map of a stated probability: ``sigmoid(slope logit(p) + intercept)``.

A slope below 1 draws an overconfident worker towards 1/2; an intercept below 0 lowers all its reports.

Source: Platt, "Probabilistic outputs for support vector machines", 1999; maximum a posteriori here.
"""

from __future__ import annotations

from math import exp
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scoring.log_odds import Cell

IDENTITY = (1.0, 0.0)
"""Slope and intercept of the map that changes nothing."""

_MAX_STEP = 1.0  # a longer step has left the region in which Newton's parabola means something


def log_odds(coefficients: Sequence[float], report: float) -> float:
    """Return the log-odds of the forecast for a report, both as log-odds.

    >>> log_odds((0.5, -1.0), 2.0)
    0.0
    """
    slope, intercept = coefficients
    return slope * report + intercept


def step(
    cells: Sequence[Cell], at: Sequence[float], prior: Sequence[float], precision: float
) -> tuple[float, float]:
    """Return the coefficients one Newton step nearer to the most probable ones.

    Args:
        cells: The history.
        at: Slope and intercept to start from.
        prior: Their prior means.
        precision: The inverse of their prior variance, above 0.

    Returns:
        Slope (at least 0: a map never reverses the order of reports) and intercept.

    >>> from scoring.log_odds import cell_of
    >>> step([cell_of(10, 5.0, 2.0)], at=(0.0, 0.0), prior=(0.0, 0.0), precision=1.0)
    (0.0, 0.0)
    """
    a, b = at
    gradient_a, gradient_b = precision * (prior[0] - a), precision * (prior[1] - b)
    aa = bb = precision
    ab = 0.0
    for count, success, ln_p, minus_ln_q in cells:
        logit = ln_p + minus_ln_q
        forecast = 1.0 / (1.0 + exp(-a * logit - b))
        expected = count * forecast
        surprise = success - expected
        weight = expected * (1.0 - forecast)
        gradient_a += surprise * logit
        gradient_b += surprise
        weighted = weight * logit
        aa += weighted * logit
        ab += weighted
        bb += weight
    determinant = aa * bb - ab * ab
    move_a = (gradient_a * bb - gradient_b * ab) / determinant
    move_b = (gradient_b * aa - gradient_a * ab) / determinant
    if a + move_a < 0.0:  # hold the slope at 0 and move the intercept alone
        move_a = -a
        move_b = (gradient_b - ab * move_a) / bb
    scale = min(1.0, _MAX_STEP / max(abs(move_a), abs(move_b), _MAX_STEP))
    return a + scale * move_a, b + scale * move_b
