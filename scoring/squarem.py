"""Fewer rounds for a fixed-point iteration that only ever goes uphill.

Expectation maximisation never loses height, but where the data say little it takes hundreds of small
steps in nearly the same direction. Two of them tell how the next ones shrink, and so where they would
end; the jump there is taken if it loses no height. Scheme S3 of Varadhan, Roland, "Simple and globally
convergent methods for accelerating the convergence of any EM algorithm", 2008.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_SMALLEST = 1e-9


class Place(NamedTuple):
    """A point of an ascent.

    Attributes:
        point: Its coordinates: positive numbers, such as probabilities.
        height: What is to be maximised.
        uphill: Another point, at least as high.
        view: What else was found here.
    """

    point: Floats
    height: float
    uphill: Floats
    view: Floats


def ascent(
    visit: Callable[[Floats], Place], start: Floats, admit: Callable[[Floats], Floats]
) -> Iterator[Place]:
    """Go uphill for ever; no place is lower than the one before it.

    Args:
        visit: From coordinates to a place.
        start: Where to begin.
        admit: Makes coordinates admissible that a jump has led to, such as distributions whose sum
            is not 1 any more. All of them are positive.

    Yields:
        The places, from the start on.

    >>> import numpy as np
    >>> def visit(point):  # half of the way to 1 in each step
    ...     return Place(point, -float((point - 1).max()) ** 2, (point + 1) / 2, point)
    >>> climb = ascent(visit, np.array([3.0]), admit=lambda point: point)
    >>> [float(next(climb).point[0]) for _ in range(3)]
    [3.0, 2.0, 1.0]
    """
    here = visit(start)
    while True:
        yield here
        there = visit(here.uphill)
        yield there
        jump = _extrapolated(here.point, there.point, there.uphill)
        here = visit(there.uphill if jump is None else admit(jump))
        if jump is not None and not here.height >= there.height:
            here = visit(there.uphill)


def _extrapolated(first: Floats, second: Floats, third: Floats) -> Floats | None:
    """Return where the steps from the first to the second and third point lead; None if no further."""
    import numpy as np

    step = second - first
    bend = third - second - step
    turn = float(bend @ bend)
    length = (float(step @ step) / turn) ** 0.5 if turn > 0.0 else 1.0
    if length <= 1.0:
        return None
    return np.maximum(first + 2.0 * length * step + length * length * bend, _SMALLEST)
