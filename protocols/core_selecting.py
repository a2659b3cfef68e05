"""Core-selecting payments: no group of workers could offer the coordinator a better deal."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from protocols.bundles import Package, best_packages, solve_packages
from protocols.errors import InexactError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np

    Point = np.ndarray[tuple[int], np.dtype[np.float64]]

_ROUNDS = 500
"""More blocking coalitions than this have never been needed; each round adds one."""


class Core(NamedTuple):
    """The optimum with core-selecting utilities.

    Attributes:
        chosen: Positions of the winning packages.
        welfare: The sum of their scores.
        utilities: For each winner what it gains: its score less the price side of its contract.
        clarke: For each winner what it would gain under VCG; never less.
    """

    chosen: tuple[int, ...]
    welfare: int
    utilities: Mapping[str, int]
    clarke: Mapping[str, int]


def select_core(packages: Sequence[Package]) -> Core:
    """Return the point of the core nearest to VCG among those best for the winners.

    A coalition S blocks when ``W(S)``, the best that its members and the coordinator could do, is
    worth more to them than what they get. The utilities u of the winners are in the core when

        sum of u_i over the winners outside S  <=  W - W(S)    for every coalition S.

    Among them the sum of u is the largest possible, and then u is as near as possible to the VCG
    utilities (least squares). Blocking coalitions are found one at a time by solving winner
    determination again with each winner's packages made less attractive by u_i.

    Guarantee: no coalition blocks, nobody loses, no winner gains more than under VCG, and where
    VCG is in the core the two coincide (within one nano-unit per winner). Not truthful otherwise:
    winners gain by asking for more. A rule for markets in which VCG looks unfairly dear.

    Args:
        packages: All of them; scores are value less cost. A worker wins at most one (XOR).

    Raises:
        InexactError: If the utilities do not settle.

    Source: Day and Raghavan (2007); Day and Cramton (2012).
    """
    solved = solve_packages(packages)
    winning = [packages[place] for place in solved.chosen]
    clarke = {package.worker: package.score - solved.pivots[package.worker] for package in winning}
    limits: list[tuple[frozenset[str], int]] = []
    utilities = clarke
    for _ in range(_ROUNDS):
        outside, slack = _blocking(packages, utilities, solved.welfare)
        if sum(utilities[worker] for worker in outside) <= slack:
            return Core(solved.chosen, solved.welfare, utilities, clarke)
        limits.append((outside, slack))
        utilities = _nearest(clarke, limits)
    raise InexactError(f"the core prices did not settle within {_ROUNDS} rounds")


def _blocking(
    packages: Sequence[Package], utilities: Mapping[str, int], welfare: int
) -> tuple[frozenset[str], int]:
    """Return the winners outside the coalition that gains most by blocking, and their limit."""
    reduced = [
        package._replace(score=package.score - utilities.get(package.worker, 0))
        for package in packages
    ]
    best = best_packages(reduced)
    inside = {packages[place].worker for place in best}
    outside = frozenset(worker for worker in utilities if worker not in inside)
    return outside, welfare - sum(packages[place].score for place in best)


def _nearest(
    clarke: Mapping[str, int], limits: Sequence[tuple[frozenset[str], int]]
) -> dict[str, int]:
    """Return the largest total utility within the limits, then the least squares from VCG."""
    import numpy as np
    from scipy.optimize import Bounds, LinearConstraint, linprog, minimize

    scale = float(max(*clarke.values(), 1))
    target = np.array([gain / scale for gain in clarke.values()])
    table = np.array([[float(worker in outside) for worker in clarke] for outside, _ in limits])
    most = np.array([slack / scale for _, slack in limits])
    best = linprog(
        -np.ones(len(target)), A_ub=table, b_ub=most, bounds=[(0.0, top) for top in target]
    )

    if best.x is None or best.fun is None:
        raise InexactError("the core prices could not be computed")

    def distance(point: Point) -> float:
        return float(((point - target) ** 2).sum())

    def slope(point: Point) -> Point:
        doubled: Point = np.subtract(point, target) * 2.0
        return doubled

    found = minimize(
        distance,
        best.x,
        jac=slope,
        bounds=Bounds(np.zeros(len(target)), target),
        constraints=[
            LinearConstraint(table, -np.inf, most),
            LinearConstraint(np.ones((1, len(target))), -float(best.fun), np.inf),
        ],
        method="SLSQP",
        options={"ftol": 1e-15, "maxiter": 500},
    )
    points: list[float] = (np.minimum(np.maximum(found.x, 0.0), target) * scale).tolist()
    utilities = {worker: int(point + 1e-3) for worker, point in zip(clarke, points, strict=True)}
    return _whole(utilities, limits)


def _whole(
    utilities: dict[str, int], limits: Sequence[tuple[frozenset[str], int]]
) -> dict[str, int]:
    """Take off the nano-units by which rounding may overstep a limit."""
    for outside, slack in limits:
        excess = sum(utilities[worker] for worker in outside) - slack
        for worker in sorted(outside):
            taken = min(max(excess, 0), utilities[worker])
            utilities[worker] -= taken
            excess -= taken
    return utilities
