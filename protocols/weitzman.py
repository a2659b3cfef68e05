"""The reservation value of a closed box: which to open first, and when to stop (Weitzman 1979).

There are boxes. To open one costs something and shows its prize, of which only the distribution was
known; any number can be opened, and one prize that was seen is kept. Weitzman's rule opens the
boxes in the descending order of their reservation values and stops when the best prize seen, or
nothing at all, is worth at least the next one. No policy expects more if the boxes are independent.

Why (Kleinberg, Waggoner and Weyl 2016): let ``k = min(prize, reservation value)``. By the definition
of the reservation value, opening a box costs as much as it is worth to hold a claim to what the prize
exceeds it by. So whoever keeps a prize that exceeds the reservation value has paid for the excess in
expectation, whoever opens such a box and keeps another one has paid more than that: every policy
expects at most ``E[max(0, k_1, k_2, ...)]``. Weitzman's rule never opens a box whose prize exceeds
its value without keeping it, and keeps the box with the largest k, so it expects exactly that much.

>>> sure, wide = [(8.0, 1.0)], [(20.0, 0.5), (0.0, 0.5)]
>>> reservation_value(sure, 1.0), reservation_value(wide, 1.0)  # more to hope for, opened first
(7.0, 18.0)
>>> expected_best([(sure, 1.0), (wide, 1.0)])  # 18 half of the time, else 7
12.5
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise

Prizes = Sequence[tuple[float, float]]
"""The prizes that may be in a box and how likely they are, as positive weights of any sum."""


def reservation_value(prizes: Prizes, cost: float) -> float:
    """Return the sure prize for which opening a box is as good as not opening it.

    It is the z with ``E[max(prize - z, 0)] = cost``: the left side falls from the mean less z, where z
    is below all prizes, to 0, so there is one z for every positive cost. At no cost it is the largest
    prize: what cannot be better than what is at hand need not be opened.

    Args:
        prizes: At least one.
        cost: What opening costs, at least 0, in the unit of the prizes.
    """
    ordered = sorted(prizes, reverse=True)
    price = cost * sum(weight for _, weight in ordered)
    above = worth = 0.0
    value = ordered[0][0]
    for (prize, weight), (following, _) in pairwise([*ordered, (float("-inf"), 0.0)]):
        above += weight
        worth += weight * prize
        value = (worth - price) / above
        if value >= following:
            break
    return value


def expected_best(boxes: Iterable[tuple[Prizes, float]]) -> float:
    """Return what the best policy expects, prizes less costs: ``E[max(0, k_1, k_2, ...)]``.

    Args:
        boxes: The prizes and the cost of each box; the boxes are independent.
    """
    capped: list[list[tuple[float, float]]] = []
    for prizes, cost in boxes:
        value = reservation_value(prizes, cost)
        total = sum(weight for _, weight in prizes)
        capped.append([(min(prize, value), weight / total) for prize, weight in prizes])
    levels = sorted({max(level, 0.0) for box in capped for level, _ in box} | {0.0})
    expected = reached = 0.0
    for level in levels:
        within = 1.0
        for box in capped:
            within *= sum(weight for each, weight in box if each <= level)
        expected += level * (within - reached)
        reached = within
    return expected
