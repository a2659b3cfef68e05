"""Beta calibration: ``sigmoid(rise ln p - fall ln(1 - p) + intercept)``.

It is Platt's map with a slope of its own for each end, so a worker may be overconfident in its yes and
underconfident in its no. It needs more outcomes for it.

Source: Kull, Silva Filho and Flach, "Beta calibration", AISTATS 2017; maximum a posteriori here.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scoring.log_odds import Cell

IDENTITY = (1.0, 1.0, 0.0)
"""Rise, fall and intercept of the map that changes nothing."""

_MAX_STEP = 1.0  # a longer step has left the region in which Newton's parabola means something


def log_odds(coefficients: Sequence[float], report: float) -> float:
    """Return the log-odds of the forecast for a report, both as log-odds.

    >>> log_odds((1.0, 1.0, 0.5), 2.0)
    2.5
    """
    rise, fall, intercept = coefficients
    ln_p = -math.log1p(math.exp(-report))
    return rise * ln_p + fall * (report - ln_p) + intercept


def step(
    cells: Sequence[Cell], at: Sequence[float], prior: Sequence[float], precision: float
) -> tuple[float, float, float]:
    """Return the coefficients one Newton step nearer to the most probable ones.

    Args:
        cells: The history.
        at: Rise, fall and intercept to start from.
        prior: Their prior means.
        precision: The inverse of their prior variance, above 0.

    Returns:
        Rise and fall (at least 0: a map never reverses the order of reports) and intercept.

    >>> step([(10, 5.0, 2.0)], at=(0.0, 0.0, 0.0), prior=(0.0, 0.0, 0.0), precision=1.0)
    (0.0, 0.0, 0.0)
    """
    rise, fall, c = at
    g = [precision * (mean - now) for mean, now in zip(prior, at, strict=True)]
    rr = ff = cc = precision
    rf = rc = fc = 0.0
    for count, success, logit in cells:
        ln_p = -math.log1p(math.exp(-logit))
        minus_ln_q = logit - ln_p
        forecast = 1.0 / (1.0 + math.exp(-rise * ln_p - fall * minus_ln_q - c))
        surprise = success - count * forecast
        weight = count * forecast * (1.0 - forecast)
        g[0] += surprise * ln_p
        g[1] += surprise * minus_ln_q
        g[2] += surprise
        rr += weight * ln_p * ln_p
        rf += weight * ln_p * minus_ln_q
        rc += weight * ln_p
        ff += weight * minus_ln_q * minus_ln_q
        fc += weight * minus_ln_q
        cc += weight
    moves = _bounded([[rr, rf, rc], [rf, ff, fc], [rc, fc, cc]], g, at)
    scale = min(1.0, _MAX_STEP / max(*map(abs, moves), _MAX_STEP))
    rise, fall, c = (now + scale * move for now, move in zip(at, moves, strict=True))
    return max(rise, 0.0), max(fall, 0.0), c


def _bounded(
    matrix: list[list[float]], gradient: list[float], at: Sequence[float]
) -> tuple[float, ...]:
    """Solve for Newton's step, holding a rise or a fall at 0 that would turn negative."""
    moves = _solved(matrix, gradient)
    for held in (0, 1, 0):  # holding the fall can turn the rise negative after all
        if at[held] + moves[held] < 0.0:
            matrix[held] = [float(column == held) for column in range(3)]
            gradient[held] = -at[held]
            moves = _solved(matrix, gradient)
    return moves


def _solved(matrix: list[list[float]], vector: list[float]) -> tuple[float, ...]:
    """Solve three linear equations by Cramer's rule; priors keep the matrix well conditioned."""
    (a, b, c), (d, e, f), (g, h, i) = matrix
    x, y, z = vector
    minor_a, minor_b, minor_c = e * i - f * h, d * i - f * g, d * h - e * g
    determinant = a * minor_a - b * minor_b + c * minor_c
    return (
        (x * minor_a - b * (y * i - f * z) + c * (y * h - e * z)) / determinant,
        (a * (y * i - f * z) - x * minor_b + c * (d * z - y * g)) / determinant,
        (a * (e * z - y * h) - b * (d * z - y * g) + x * minor_c) / determinant,
    )
