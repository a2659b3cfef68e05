"""Budget-feasible procurement: as much value as a hard budget buys, truthfully."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from protocols.mechanism import Allocation, Properties, Standings
from protocols.messages import Announcement, Bid
from protocols.offers import ranked_offers, refuse_overload
from protocols.units import Money, TaskId
from protocols.vcg import paid_for_the_work, savings
from protocols.winner_determination import Win, conclude, separate_wins

_ENOUGH = Fraction(2_414_213_562, 1_000_000_000)
"""1 + sqrt(2): how much better the rest must be before the single most valuable lot is given up."""


@dataclass(frozen=True, slots=True)
class BudgetFeasible:
    """Proportional-share procurement under a hard budget (`budget-feasible`).

    For each lot the lowest cost stands. If the most valuable lot is worth at least 1 / (1 + sqrt 2)
    of what the budget could buy of the others by the fraction, it is bought alone. Otherwise lots
    are bought in ascending order of cost per value, as long as each costs no more than its
    proportional share of the budget among the lots bought so far. A winner is paid the highest cost
    at which it would still have won, found exactly by bisection.

    Guarantee: the payments never add up to more than the budget; the true cost is a dominant
    strategy for workers that bid on one lot; nobody is paid less than its cost; with one bidder per
    lot the value bought is at least 1 / (2 + sqrt 2) of the best possible at the true costs.

    Assumptions: each worker bids on one lot (with several, it may gain by dropping one to raise
    the share of another); values and budget do not depend on the bids; private costs; no
    collusion, one name per worker.

    Args:
        budget: The most that all payments of one announcement may add up to.

    Source: Singer (2010); the choice between one lot and many is that of Chen, Gravin and Lu
    (2011).
    """

    budget: Money

    name = "budget-feasible"
    properties = Properties(
        truthful="dominant",
        elicits=("cost",),
        individually_rational="ex-post",
        budget="all payments together stay within the budget",
        exact=False,
        assumptions=(
            "each worker bids on one lot",
            "private costs",
            "values and budget do not depend on the bids",
            "no collusion, one name per worker",
        ),
        source="Singer 2010; Chen, Gravin and Lu 2011",
        room="lots",
    )

    def clear(
        self, announcement: Announcement, bids: Sequence[Bid], standings: Standings, seed: int
    ) -> Allocation:
        """Buy lots within the budget; see the class.

        Raises:
            MechanismError: If a worker would win more lots than its capacity.
        """
        offers = ranked_offers(announcement, bids, savings, seed)
        stands = [win for win in separate_wins(announcement, offers) if win.lot.value]
        values = {win.lot.task: win.lot.value for win in stands}
        costs = {win.lot.task: win.bid.cost for win in stands}
        chosen = bought(values, costs, self.budget)
        wins: list[Win] = []
        for win in stands:
            if win.lot.task in chosen:
                ceiling = min(win.lot.reserve - win.pivot, self.budget)
                price = critical(values, costs, self.budget, win.lot.task, ceiling)
                wins.append(win._replace(score=win.lot.value, pivot=win.lot.reserve - price))
        refuse_overload(announcement, (win.bid.worker for win in wins))
        solution = conclude(announcement, bids, offers, wins, "above-reserve", left="budget")
        return solution.allocation(announcement, self.name, paid_for_the_work)


def bought(values: Mapping[TaskId, int], costs: Mapping[TaskId, int], budget: int) -> list[TaskId]:
    """Return the lots that are bought: the most valuable one alone, or the proportional share.

    Lowering the cost of a lot never takes it out of the result.
    """
    able = [task for task in values if costs[task] <= budget]
    if not able:
        return []
    best = max(able, key=values.__getitem__)
    rest = sorted(
        (task for task in able if task != best),
        key=lambda task: Fraction(costs[task], values[task]),
    )
    if _ENOUGH * values[best] >= _fraction(rest, values, costs, budget):
        return [best]
    chosen: list[TaskId] = []
    total = 0
    for task in sorted(able, key=lambda task: Fraction(costs[task], values[task])):
        total += values[task]
        if costs[task] * total > budget * values[task]:
            break
        chosen.append(task)
    return chosen


def _fraction(
    order: Sequence[TaskId], values: Mapping[TaskId, int], costs: Mapping[TaskId, int], budget: int
) -> Fraction:
    """Return the value that a budget buys of divisible lots, the best ratio first."""
    worth, left = Fraction(0), budget
    for task in order:
        if costs[task] > left:
            return worth + Fraction(values[task] * left, costs[task])
        worth += values[task]
        left -= costs[task]
    return worth


def critical(
    values: Mapping[TaskId, int],
    costs: Mapping[TaskId, int],
    budget: int,
    task: TaskId,
    ceiling: int,
) -> int:
    """Return the highest cost up to a ceiling at which a lot that is bought is still bought."""
    low, high = costs[task], ceiling
    while low < high:
        middle = (low + high + 1) // 2
        if task in bought(values, {**costs, task: middle}, budget):
            low = middle
        else:
            high = middle - 1
    return low
