"""Choose items that share nothing and are worth the most together.

Every item takes some resources whole: a bundle takes its tasks and, of an XOR bid, its worker. The
linear program bounds what can be had, and a search among the few choices near the bound finds the
optimum and proves it in integers (``protocols.relaxation``, ``protocols.branching``). Where that
takes too long the integer program decides (``protocols.packing``), or refuses. The search counts in
integers of any size; the integer program up to 2**43 nano-units in all.
"""

from collections.abc import Sequence
from typing import Final

from protocols.branching import Search, StepsError
from protocols.packing import Choice, Limit, choose
from protocols.relaxation import dual_prices

STEPS: Final = 50_000
"""So many states of the search take about as long as one integer program of everyday size."""


def pack(scores: Sequence[int], needs: Sequence[Sequence[int]], steps: int = STEPS) -> Choice:
    """Return the choice with the largest sum of scores in which no resource is needed twice.

    Equal sums are decided by the order of the items: the first of them is taken if any best choice
    takes it, then the second, and so on; the solver of the linear program has no say in it. Only
    where the search reaches its limit may the choice among equals be that of the solver.

    Args:
        scores: What each item is worth; not negative.
        needs: For each item the resources that it takes, numbered from 0; at least one.
        steps: How many states the search may look at.

    Raises:
        InexactError: If no optimum is proven in time, or the search reaches its limit and the scores
            add up to more than 2**43 nano-units.

    >>> pack([5, 4, 4], [[0, 1], [0], [1]])
    Choice(items=(1, 2), worth=8)
    """
    if not scores:
        return Choice((), 0)
    prices = dual_prices(scores, needs)
    search = Search(prices, needs, steps)
    try:
        best = search.best(prices.bound, 0)
    except StepsError:
        return choose(scores, _limits(needs))
    items = search.earliest(best)
    return Choice(items, sum(scores[item] for item in items))


def packed_worth(
    scores: Sequence[int],
    needs: Sequence[Sequence[int]],
    floor: int,
    ceiling: int,
    steps: int = STEPS,
) -> int:
    """Return what the best choice is worth, given bounds that are known already.

    Args:
        scores: As for ``pack``.
        needs: As for ``pack``.
        floor: What some choice is known to be worth.
        ceiling: What no choice is worth more than; a choice that reaches it ends the search.
        steps: As for ``pack``.

    Raises:
        InexactError: As for ``pack``.

    >>> packed_worth([5, 4, 4], [[0, 1], [0], [1]], 5, 9)
    8
    """
    if floor >= ceiling or not scores:
        return floor
    prices = dual_prices(scores, needs)
    worst = prices.bound - (floor << prices.shift)
    try:
        best = Search(prices, needs, steps).best(worst, prices.bound - (ceiling << prices.shift))
    except StepsError:
        # an item that loses more than the floor allows is in no best choice
        near = [item for item, loss in enumerate(prices.losses) if loss <= worst]
        return choose(
            [scores[item] for item in near], _limits([needs[item] for item in near])
        ).worth
    return (prices.bound - best.spent) >> prices.shift


def _limits(needs: Sequence[Sequence[int]]) -> list[Limit]:
    """Return the resources as limits of an integer program."""
    users: dict[int, dict[int, int]] = {}
    for item, needed in enumerate(needs):
        for resource in needed:
            users.setdefault(resource, {})[item] = 1
    return [Limit(uses, 1) for uses in users.values()]
