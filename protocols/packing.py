"""Choose from a list what is worth most and fits: the integer programs of winner determination.

Solved by HiGHS through scipy with a gap of zero, and checked: the choice is feasible and its value,
counted in integers, is within half a nano-unit of the proven bound, so nothing can be worth more.
An answer that cannot be proven is refused, because Clarke payments on anything but an optimum are
not truthful (Nisan and Ronen 2007).
"""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from protocols.errors import InexactError, MechanismError

LARGEST: Final = 2**43
"""The largest sum of scores, about 8,800 units, for which half a nano-unit stays visible in the
solver's floating point with room to spare."""

_SCALES: Final = (1.0, 2.0**-10)
"""The solver leaves parts of some 1e-10 in its choice, which at large scores may blur its bound by
more than half a nano-unit. Asked again in other units, in which a nano-unit is still far above its
tolerances, it leaves other ones."""


class Limit(NamedTuple):
    """A resource that the choice may not use up.

    Attributes:
        uses: How much each item needs, by position; items that are absent need nothing.
        amount: How much there is.
        exactly: Whether all of it must be used.
    """

    uses: Mapping[int, int]
    amount: int
    exactly: bool = False


class Choice(NamedTuple):
    """The best choice: positions in ascending order, and what they are worth together."""

    items: tuple[int, ...]
    worth: int


def choose(scores: Sequence[int], limits: Sequence[Limit], seconds: float = 60.0) -> Choice:
    """Return the choice of items with the largest sum of scores within all limits.

    Args:
        scores: What each item is worth; negative only where a limit may force an item in.
        limits: The resources.
        seconds: How long the solver may take.

    Raises:
        InexactError: If the scores are too large, or no optimum is proven in time.
        MechanismError: If no choice satisfies the limits.

    >>> choose([5, 4, 4], [Limit({0: 1, 1: 1}, 1), Limit({0: 1, 2: 1}, 1)])
    Choice(items=(1, 2), worth=8)
    """
    if not scores:
        return Choice((), 0)
    if sum(map(abs, scores)) > LARGEST:
        raise InexactError(
            f"the scores add up to more than {LARGEST} nano-units, where the optimum is not"
            " certain: announce fewer tasks at a time"
        )
    for scale in _SCALES:
        taken, bound = _solve(scores, limits, seconds, scale)
        worth = sum(scores[item] for item in taken)
        if bound < worth + 0.5 and _feasible(taken, limits):
            return Choice(taken, worth)
    raise InexactError("the optimum could not be proven to the last nano-unit")


def _solve(
    scores: Sequence[int], limits: Sequence[Limit], seconds: float, scale: float
) -> tuple[tuple[int, ...], float]:
    """Return the choice of the solver and its bound on what any choice is worth."""
    import numpy as np
    from scipy.optimize import Bounds, LinearConstraint, milp

    table = np.zeros((len(limits), len(scores)))
    for row, limit in zip(table, limits, strict=True):
        row[list(limit.uses.keys())] = list(limit.uses.values())
    most = np.array([limit.amount for limit in limits], dtype=np.float64)
    least = np.where([limit.exactly for limit in limits], most, -np.inf)
    solved = milp(
        -np.array(scores, dtype=np.float64) * scale,
        integrality=np.ones(len(scores), dtype=np.int64),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(table, least, most) if limits else None,
        options={"mip_rel_gap": 0.0, "time_limit": seconds},
    )
    if solved.status == 2:
        raise MechanismError("no choice satisfies all limits")
    if solved.status != 0:
        raise InexactError(f"no optimum was proven within {seconds:g} seconds")
    taken = tuple(int(item) for item in np.flatnonzero(solved.x > 0.5))
    return taken, -float(solved.mip_dual_bound) / scale


def _feasible(taken: Sequence[int], limits: Sequence[Limit]) -> bool:
    for limit in limits:
        used = sum(limit.uses.get(item, 0) for item in taken)
        if used > limit.amount or (limit.exactly and used != limit.amount):
            return False
    return True
