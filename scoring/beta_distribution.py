"""The Beta distribution in plain arithmetic: cumulative probability and quantile.

Reputation needs a lower quantile of a Beta distribution after every outcome, in a process that
otherwise has no reason to load scipy.
"""

from __future__ import annotations

import math

_TINY = 1e-300
_EPSILON = 4e-16
_MAX_TERMS = 10_000  # the fraction needs about sqrt(max(a, b)) terms; this serves parameters to 1e7


def cumulative(x: float, a: float, b: float) -> float:
    """Return P(X <= x) of a Beta(a, b) variable, the regularised incomplete beta function.

    Args:
        x: In [0, 1].
        a: Above 0.
        b: Above 0.

    Returns:
        A probability, accurate to about 1e-13 for parameters up to a hundred and to 1e-7 for ten
        million.

    Raises:
        ValueError: If an argument is out of range.

    >>> round(cumulative(0.5, 2.0, 3.0), 12)
    0.6875
    """
    if not (0.0 <= x <= 1.0 and 0.0 < a < math.inf and 0.0 < b < math.inf):
        raise ValueError(f"needs x in [0, 1] and a, b > 0, not x={x!r}, a={a!r}, b={b!r}")
    if x in (0.0, 1.0):
        return x
    front = math.exp(_log_front(x, a, b))
    # The continued fraction is quick on the side of the mean where x lies; else use symmetry.
    if x * (a + b + 2.0) < a + 1.0:
        return front * _continued_fraction(x, a, b) / a
    return 1.0 - front * _continued_fraction(1.0 - x, b, a) / b


def quantile(level: float, a: float, b: float) -> float:
    """Return the x with P(X <= x) = level for a Beta(a, b) variable.

    Args:
        level: In [0, 1].
        a: Above 0.
        b: Above 0.

    Returns:
        The quantile in [0, 1], accurate to about 1e-11.

    Raises:
        ValueError: If an argument is out of range.

    >>> round(quantile(0.1, 1.0, 1.0), 12)
    0.1
    """
    if not 0.0 <= level <= 1.0:
        raise ValueError(f"the level must be in [0, 1], not {level!r}")
    if level in (0.0, 1.0):
        return level
    low, high = 0.0, 1.0
    x = _start(level, a, b)
    for _ in range(200):
        error = cumulative(x, a, b) - level
        low, high = (low, x) if error > 0.0 else (x, high)
        # Newton's step where it stays between the brackets, bisection where it does not.
        density = math.exp(_log_front(x, a, b)) / (x * (1.0 - x)) if 0.0 < x < 1.0 else 0.0
        move = error / density if density > 0.0 else math.inf
        if abs(move) <= 1e-15 + 1e-13 * x:
            break
        nearer = x - move
        if not low < nearer < high:
            nearer = 0.5 * (low + high)
        if nearer == x:
            break
        x = nearer
    return x


def _start(level: float, a: float, b: float) -> float:
    """Return a first guess of the quantile (Abramowitz and Stegun 1964, 26.2.22 and 26.5.22)."""
    if a < 1.0 or b < 1.0 or not 0.0 < level < 1.0:
        return a / (a + b)
    t = math.sqrt(-2.0 * math.log(min(level, 1.0 - level)))
    z = t - (2.30753 + 0.27061 * t) / (1.0 + 0.99229 * t + 0.04481 * t * t)
    z = -z if level > 0.5 else z
    c = (z * z - 3.0) / 6.0
    inverse_a, inverse_b = 1.0 / (2.0 * a - 1.0), 1.0 / (2.0 * b - 1.0)
    h = 2.0 / (inverse_a + inverse_b)
    w = z * math.sqrt(c + h) / h - (inverse_b - inverse_a) * (c + 5.0 / 6.0 - 2.0 / (3.0 * h))
    return a / (a + b * math.exp(2.0 * w))


def _log_front(x: float, a: float, b: float) -> float:
    log_beta = math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)
    return a * math.log(x) + b * math.log1p(-x) - log_beta


def _continued_fraction(x: float, a: float, b: float) -> float:
    """Evaluate the continued fraction of the incomplete beta function (DLMF 8.17.22) after Lentz."""
    c, d = 1.0, 1.0 / _safe(1.0 - (a + b) * x / (a + 1.0))
    value = d
    for m in range(1, _MAX_TERMS):
        even = m * (b - m) * x / ((a + 2 * m - 1.0) * (a + 2 * m))
        d = 1.0 / _safe(1.0 + even * d)
        c = _safe(1.0 + even / c)
        value *= c * d
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1.0))
        d = 1.0 / _safe(1.0 + odd * d)
        c = _safe(1.0 + odd / c)
        value *= c * d
        if abs(c * d - 1.0) < _EPSILON:
            break
    return value


def _safe(value: float) -> float:
    return value if abs(value) > _TINY else _TINY
