"""Elementary functions that take one number or an array, so that a formula is written once.

A score is asked for one task at a time while the market runs and for a million rows in a report.
One number goes through `math` and never imports numpy; an array goes through numpy.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, TypeVar, overload

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

Number = TypeVar("Number", float, "NDArray[np.float64]")
"""One float, or an array of floats: what comes in is what goes out."""

_NUMBER = (float, int)  # a tuple, because building `float | int` anew costs as much as a score


@overload
def log(value: float) -> float: ...
@overload
def log(value: Array) -> Array: ...
def log(value: float | Array) -> float | Array:
    """Return the natural logarithm; the logarithm of zero is minus infinity.

    >>> log(0.0)
    -inf
    """
    if isinstance(value, _NUMBER):
        return math.log(value) if value > 0.0 else -math.inf
    import numpy as np

    with np.errstate(divide="ignore"):
        return np.log(value)


def times_log(weight: Number, value: Number) -> Number:
    """Return ``weight * log(value)``, where a weight of zero gives zero even at ``log(0)``.

    >>> times_log(0.0, 0.0)
    0.0
    """
    # The two ignores: pyright does not narrow the result along with a constrained type variable.
    if isinstance(value, _NUMBER):
        if weight:
            return weight * (math.log(value) if value > 0.0 else -math.inf)
        return 0.0  # pyright: ignore[reportReturnType]
    import numpy as np

    with np.errstate(divide="ignore"):
        logarithm = np.log(np.where(weight == 0.0, 1.0, value))
    return weight * logarithm  # pyright: ignore[reportReturnType]


@overload
def power(value: float, exponent: float) -> float: ...
@overload
def power(value: Array, exponent: float) -> Array: ...
def power(value: float | Array, exponent: float) -> float | Array:
    """Return ``value ** exponent`` for a value of at least zero and an exponent above zero.

    >>> power(9.0, 0.5)
    3.0
    """
    if isinstance(value, _NUMBER):
        return math.pow(value, exponent)
    import numpy as np

    return np.sqrt(value) if exponent == 0.5 else value**exponent


@overload
def clip(value: float, low: float, high: float) -> float: ...
@overload
def clip(value: Array, low: float, high: float) -> Array: ...
def clip(value: float | Array, low: float, high: float) -> float | Array:
    """Return the value moved to the nearest point of ``[low, high]``.

    >>> clip(0.999, 0.01, 0.99)
    0.99
    """
    if isinstance(value, _NUMBER):
        return min(max(value, low), high)
    import numpy as np

    return np.clip(value, low, high)


@overload
def step(value: float, edge: float, below: float, above: float) -> float: ...
@overload
def step(value: Array, edge: float, below: float, above: float) -> Array: ...
def step(value: float | Array, edge: float, below: float, above: float) -> float | Array:
    """Return `above` where the value is at least `edge`, else `below`.

    >>> step(0.5, 0.5, below=-1.0, above=1.0)
    1.0
    """
    if isinstance(value, _NUMBER):
        return above if value >= edge else below
    import numpy as np

    return np.where(value >= edge, above, below)
