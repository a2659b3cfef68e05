"""What resources are worth where every item needs all of some of them, and each exists once.

The linear program of winner determination lets items be taken in parts. Its dual gives every
resource a price such that no item is worth more than what it needs (Bikhchandani and Ostroy 2002).
However rough those prices are, weak duality turns them into a proof in integers:

    worth of a choice = sum of all prices - what its items cost above their worth
                                          - the prices of the resources it leaves unused

so the sum of all prices bounds every choice, and each departure from it has a known loss.
"""

from collections.abc import Sequence
from typing import NamedTuple

from protocols.errors import InexactError

_BITS = 44
"""Prices are integers of this size, however small the scores: the finer, the tighter the bound."""


class Prices(NamedTuple):
    """Prices that no item is worth more than, in parts of a nano-unit.

    Attributes:
        resources: For each resource its price.
        losses: For each item what it costs above its worth; never negative.
        bound: The sum of the prices: no choice is worth more.
        shift: Prices, losses and bound count in 2**-shift nano-units.
    """

    resources: tuple[int, ...]
    losses: tuple[int, ...]
    bound: int
    shift: int


def dual_prices(scores: Sequence[int], needs: Sequence[Sequence[int]]) -> Prices:
    """Return prices whose sum is, but for rounding, the optimum of the linear program.

    Args:
        scores: What each item is worth; not negative.
        needs: For each item the resources that it takes, numbered from 0; at least one.

    Raises:
        InexactError: If the linear program cannot be solved.

    >>> prices = dual_prices([9, 5, 3], [[0, 1], [0], [1]])
    >>> prices.bound >> prices.shift, min(prices.losses)
    (9, 0)
    """
    import numpy as np
    from scipy.optimize import linprog

    count = 1 + max(resource for needed in needs for resource in needed)
    top = max(*scores, 1)
    table = np.zeros((len(scores), count))
    for row, needed in zip(table, needs, strict=True):
        row[list(needed)] = 1.0
    costs = np.array([-score / top for score in scores])
    solved = linprog(costs, A_ub=table.T, b_ub=np.ones(count), method="highs-ds")
    if solved.status != 0:
        raise InexactError(f"the linear program was not solved: {solved.message}")
    shift = max(_BITS - top.bit_length(), 0)
    marginals: list[float] = solved.ineqlin.marginals.tolist()
    prices = [max(round(-marginal * (top << shift)), 0) for marginal in marginals]

    def loss(score: int, needed: Sequence[int]) -> int:
        return sum(prices[resource] for resource in needed) - (score << shift)

    for score, needed in zip(scores, needs, strict=True):
        # floating point may leave an item a profit of some nano-units: one of its resources takes it
        prices[needed[0]] += max(-loss(score, needed), 0)
    losses = tuple(map(loss, scores, needs))
    return Prices(tuple(prices), losses, sum(prices), shift)
