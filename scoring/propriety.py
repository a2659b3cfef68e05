"""How propriety is tested: look for a belief under which some other report expects more.

Use it on your own reward before paying by it. It needs only a function of report and outcome, so a
reward that is *not* proper (a floor, a rank prize) can be held against it too.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence


class Misreport(NamedTuple):
    """A belief, the report that expects most under it, and what that gains over honesty."""

    belief: float
    report: float
    gain: float


def best_misreport(
    reward: Callable[[float, float], float],
    beliefs: Iterable[float] | None = None,
    reports: Sequence[float] | None = None,
) -> Misreport:
    """Return the misreport that gains most over honesty, over a grid of beliefs.

    Args:
        reward: ``reward(report, outcome)`` for a report in [0, 1] and an outcome of 0.0 or 1.0; higher
            is better.
        beliefs: Beliefs to try, in [0, 1]; by default 0, 0.01, ..., 1.
        reports: Reports to try against each belief, in [0, 1]; by default the same grid.

    Returns:
        The best misreport. Its gain is above 0 (beyond rounding) if the reward is not proper, about 0
        if it is proper but not strictly, and below 0 if honesty is strictly best on this grid.

    Raises:
        ValueError: If there is no belief, or no report other than the belief to try.

    >>> best_misreport(lambda p, x: 1.0 - abs(x - p), beliefs=[0.7])
    Misreport(belief=0.7, report=1.0, gain=0.12)
    """
    grid = tuple(step / 100 for step in range(101))
    reports = grid if reports is None else reports
    found: list[Misreport] = []
    for belief in grid if beliefs is None else beliefs:
        honest = expected(reward, belief, belief)
        found.extend(
            Misreport(belief, report, expected(reward, report, belief) - honest)
            for report in reports
            if report != belief
        )
    if not found:
        raise ValueError("needs a belief and a report that differs from it")
    return max(found, key=lambda misreport: misreport.gain)


def expected(reward: Callable[[float, float], float], report: float, belief: float) -> float:
    """Return the mean reward of a report when success has probability `belief`."""
    # Branches of probability 0 are left out: an unbounded loss there does not matter.
    branches = ((belief, 1.0), (1.0 - belief, 0.0))
    return math.fsum(chance * reward(report, outcome) for chance, outcome in branches if chance)
