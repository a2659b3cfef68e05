"""The beta family: proper rules that weigh decision thresholds by a Beta density.

A proper rule is a mixture of losses at decision thresholds; here the threshold t has the weight
``t**(a - 1) (1 - t)**(b - 1)``. Its mass lies around ``a / (a + b)``, so the rule can be tilted to the
threshold that matters. Known members: (0, 0) logarithmic, (1, 1) half the quadratic, (-1/2, -1/2)
boosting.

Source: Buja, Stuetzle and Shen, "Loss Functions for Binary Class Probability Estimation and
Classification", 2005; Merkle and Steyvers, "Choosing a Strictly Proper Scoring Rule", 2013.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scoring.elementwise import clip, expm1, log, power, times, where
from scoring.rule import ScoringRule

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from scoring.elementwise import Number

_LARGEST = 8.0  # beyond it the terms of the series grow large and cancel
_TERMS = 64  # at a half, the furthest point from an end, a term shrinks by half
_NEGLIGIBLE = 1e-100


def beta_family(a: float, b: float) -> ScoringRule:
    """Return the rule ``S(p, 1) = -int_p^1 (1 - t) w(t) dt``, ``S(p, 0) = -int_0^p t w(t) dt``.

    A score takes some ten microseconds; where (0, 0) or (1, 1) is meant, use the rule itself.

    Args:
        a: In (-1, 8]; at 0 or below, a report of 0 that was wrong scores minus infinity.
        b: In (-1, 8]; at 0 or below, a report of 1 that was wrong scores minus infinity.

    Returns:
        A strictly proper rule with scores of at most 0, accurate to 1e-12.

    Raises:
        ValueError: If a parameter is out of range.

    >>> round(beta_family(-0.5, -0.5).score(0.7, 1.0), 4)
    -1.3093
    >>> round(beta_family(1.0, 1.0).score(0.7, 1.0), 4)
    -0.045
    """
    if not (-1.0 < a <= _LARGEST and -1.0 < b <= _LARGEST):
        raise ValueError(f"the parameters must be in (-1, 8], not {a!r} and {b!r}")
    on_success, on_failure = _upper_integral(a, b + 1.0), _upper_integral(b, a + 1.0)

    def formula(p: Number, x: Number) -> Number:
        return -times(x, on_success(p)) - times(1.0 - x, on_failure(1.0 - p))

    worst = -max(on_success(0.0), on_failure(0.0))
    return ScoringRule("beta", formula, bounds=(worst, 0.0), strict=True)


def _upper_integral(alpha: float, beta: float) -> Callable[[Number], Number]:
    """Return ``J(p) = int_p^1 t**(alpha - 1) (1 - t)**(beta - 1) dt`` for alpha > -1, beta > 0.

    Each half of [0, 1] is integrated term by term in the power series about its own end.
    """
    from_one = [c / (beta + k) for k, c in enumerate(_binomial_series(alpha))]
    from_zero = [c / (alpha + k) for k, c in enumerate(_binomial_series(beta)) if k]
    half = power(0.5, beta) * _polynomial(from_one, 0.5)
    constant = half + power(0.5, alpha + 1.0) * _polynomial(from_zero, 0.5)
    # The first term, int_low^(1/2) t**(alpha - 1) dt, is a logarithm where alpha is 0, and is written
    # so that it does not cancel where alpha is nearly 0.
    flat = abs(alpha) < _NEGLIGIBLE

    def integral(p: Number) -> Number:
        q, low = clip(1.0 - p, 0.0, 0.5), clip(p, 0.0, 0.5)
        upper = power(q, beta) * _polynomial(from_one, q)
        scaled = log(2.0 * low)
        first = -scaled if flat else expm1(alpha * scaled) * (-power(0.5, alpha) / alpha)
        lower = constant + first - power(low, alpha + 1.0) * _polynomial(from_zero, low)
        return where(p, 0.5, below=lower, above=upper)

    return integral


def _binomial_series(exponent: float) -> list[float]:
    """Return the coefficients of ``(1 - u)**(exponent - 1)`` in powers of u."""
    coefficients = [1.0]
    for k in range(1, _TERMS):
        coefficients.append(coefficients[-1] * (k - exponent) / k)
    return coefficients


def _polynomial(coefficients: Sequence[float], u: Number) -> Number:
    value = 0.0 * u
    for coefficient in reversed(coefficients):
        value = value * u + coefficient
    return value
