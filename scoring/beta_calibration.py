"""Beta calibration: ``sigmoid(rise ln p - fall ln(1 - p) + intercept)``.

It is Platt's map with a slope of its own for each end, so a worker may be overconfident in its yes and
underconfident in its no. It needs more outcomes for it.

Source: Kull, Silva Filho and Flach, "Beta calibration", AISTATS 2017; maximum a posteriori here.
"""

from __future__ import annotations

from math import exp
from typing import TYPE_CHECKING

from scoring.log_odds import log_probability

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scoring.log_odds import Cell

    _Vector = tuple[float, float, float]
    _Matrix = tuple[float, float, float, float, float, float]  # symmetric: the upper half, by rows

IDENTITY = (1.0, 1.0, 0.0)
"""Rise, fall and intercept of the map that changes nothing."""

_MAX_STEP = 1.0  # a longer step has left the region in which Newton's parabola means something


def log_odds(coefficients: Sequence[float], report: float) -> float:
    """Return the log-odds of the forecast for a report, both as log-odds.

    >>> log_odds((1.0, 1.0, 0.5), 2.0)
    2.5
    """
    rise, fall, intercept = coefficients
    ln_p = log_probability(report)
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

    >>> from scoring.log_odds import cell_of
    >>> step([cell_of(10, 5.0, 2.0)], at=(0.0, 0.0, 0.0), prior=(0.0, 0.0, 0.0), precision=1.0)
    (0.0, 0.0, 0.0)
    """
    rise, fall, c = at
    g_rise, g_fall = precision * (prior[0] - rise), precision * (prior[1] - fall)
    g_c = precision * (prior[2] - c)
    rr = ff = cc = precision
    rf = rc = fc = 0.0
    # Nearly all of an update's time goes here, so each product is taken once.
    for count, success, ln_p, minus_ln_q in cells:
        forecast = 1.0 / (1.0 + exp(-c - rise * ln_p - fall * minus_ln_q))
        expected = count * forecast
        surprise = success - expected
        weight = expected * (1.0 - forecast)
        by_rise, by_fall = weight * ln_p, weight * minus_ln_q
        g_rise += surprise * ln_p
        g_fall += surprise * minus_ln_q
        g_c += surprise
        rr += by_rise * ln_p
        rf += by_rise * minus_ln_q
        rc += by_rise
        ff += by_fall * minus_ln_q
        fc += by_fall
        cc += weight
    matrix, gradient = (rr, rf, rc, ff, fc, cc), (g_rise, g_fall, g_c)
    by_rise, by_fall, by_c = _solved(matrix, gradient)
    if rise + by_rise < 0.0 or fall + by_fall < 0.0:
        by_rise, by_fall, by_c = _bounded(matrix, gradient, at)
    longest = max(abs(by_rise), abs(by_fall), abs(by_c))
    scale = _MAX_STEP / longest if longest > _MAX_STEP else 1.0
    rise, fall = rise + scale * by_rise, fall + scale * by_fall
    return max(rise, 0.0), max(fall, 0.0), c + scale * by_c


def _bounded(matrix: _Matrix, gradient: _Vector, at: Sequence[float]) -> _Vector:
    """Solve for Newton's step, holding a rise or a fall at 0 that would turn negative."""
    moves = _solved(matrix, gradient)
    for held in (0, 1, 0):  # holding the fall can turn the rise negative after all
        if at[held] + moves[held] < 0.0:
            matrix, gradient = _HOLDING[held](matrix, gradient, -at[held])
            moves = _solved(matrix, gradient)
    return moves


def _rise_held(matrix: _Matrix, gradient: _Vector, move: float) -> tuple[_Matrix, _Vector]:
    _, rf, rc, ff, fc, cc = matrix
    _, fall, c = gradient
    return (1.0, 0.0, 0.0, ff, fc, cc), (move, fall - rf * move, c - rc * move)


def _fall_held(matrix: _Matrix, gradient: _Vector, move: float) -> tuple[_Matrix, _Vector]:
    rr, rf, rc, _, fc, cc = matrix
    rise, _, c = gradient
    return (rr, 0.0, rc, 1.0, 0.0, cc), (rise - rf * move, move, c - fc * move)


_HOLDING = (_rise_held, _fall_held)


def _solved(matrix: _Matrix, vector: _Vector) -> _Vector:
    """Solve symmetric equations by Cramer's rule; priors keep the matrix well conditioned."""
    a, b, c, d, e, f = matrix
    x, y, z = vector
    aa, ab, ac = d * f - e * e, c * e - b * f, b * e - c * d
    bb, bc, cc = a * f - c * c, b * c - a * e, a * d - b * b
    determinant = a * aa + b * ab + c * ac
    return (
        (aa * x + ab * y + ac * z) / determinant,
        (ab * x + bb * y + bc * z) / determinant,
        (ac * x + bc * y + cc * z) / determinant,
    )
