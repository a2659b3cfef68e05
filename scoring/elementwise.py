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
_LARGEST_EXPONENT = 709.0


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


@overload
def power(value: float, exponent: float) -> float: ...
@overload
def power(value: Array, exponent: float) -> Array: ...
def power(value: float | Array, exponent: float) -> float | Array:
    """Return ``value ** exponent`` for a value above zero, or of zero if the exponent is positive.

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
def exp(value: float) -> float: ...
@overload
def exp(value: Array) -> Array: ...
def exp(value: float | Array) -> float | Array:
    """Return e to the power of a value that is not large.

    >>> exp(0.0)
    1.0
    """
    if isinstance(value, _NUMBER):
        return math.exp(value)
    import numpy as np

    return np.exp(value)


@overload
def positive_part(value: float) -> float: ...
@overload
def positive_part(value: Array) -> Array: ...
def positive_part(value: float | Array) -> float | Array:
    """Return the value, or zero where it is negative.

    >>> positive_part(-2.0)
    0.0
    """
    if isinstance(value, _NUMBER):
        return max(value, 0.0)
    import numpy as np

    return np.maximum(value, 0.0)


def holds(condition: bool | NDArray[np.bool_]) -> bool:
    """Return whether a condition on numbers holds for every one of them.

    >>> holds(1.0 < 2.0)
    True
    """
    return condition if isinstance(condition, bool) else bool(condition.all())


@overload
def expm1(value: float) -> float: ...
@overload
def expm1(value: Array) -> Array: ...
def expm1(value: float | Array) -> float | Array:
    """Return ``exp(value) - 1``, infinity where it is too large for a float.

    >>> expm1(1e9)
    inf
    """
    if isinstance(value, _NUMBER):
        return math.expm1(value) if value < _LARGEST_EXPONENT else math.inf
    import numpy as np

    with np.errstate(over="ignore"):
        return np.expm1(value)


@overload
def erf(value: float) -> float: ...
@overload
def erf(value: Array) -> Array: ...
def erf(value: float | Array) -> float | Array:
    """Return the error function, to the last digit of `math.erf` for arrays too.

    >>> round(erf(1.0), 6)
    0.842701
    """
    if isinstance(value, _NUMBER):
        return math.erf(value)
    import numpy as np

    flat = np.asarray(value, dtype=np.float64)
    return np.fromiter(map(math.erf, flat.ravel().tolist()), np.float64, flat.size).reshape(
        flat.shape
    )


def times(weight: Number, value: Number) -> Number:
    """Return ``weight * value``, where a weight of zero gives zero even against infinity.

    >>> times(0.0, -math.inf)
    0.0
    """
    # The ignores: pyright does not narrow a result along with a constrained type variable.
    if isinstance(value, _NUMBER):
        return weight * value if weight else 0.0  # pyright: ignore[reportReturnType]
    import numpy as np

    if np.isfinite(value).all():
        return weight * value
    with np.errstate(invalid="ignore"):
        return np.where(weight == 0.0, 0.0, weight * value)  # pyright: ignore[reportReturnType]


def where(condition: Number, edge: float, below: Number, above: Number) -> Number:
    """Return `above` where the condition is at least `edge`, else `below`.

    >>> where(0.5, 0.5, below=-1.0, above=1.0)
    1.0
    """
    if isinstance(condition, _NUMBER):
        return above if condition >= edge else below
    import numpy as np

    return np.where(condition >= edge, above, below)  # pyright: ignore[reportReturnType]
