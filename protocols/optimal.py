"""The optimal auction: the largest expected surplus when the distribution of costs is known."""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from protocols.contract import Contract
from protocols.mechanism import Allocation, Properties, Standings, tie_ranks
from protocols.messages import Announcement, Bid, Lot
from protocols.units import Money
from protocols.winner_determination import Win, determine_separately


class VirtualCosts:
    """Ironed virtual costs of a finite sample, taken as the distribution of every worker's cost.

    What a worker of cost c adds to the expected payments is not c but its virtual cost
    ``c + F(c) / f(c)``. Where that is not increasing it is ironed: with q workers out of n at or
    below a cost c, the virtual costs are the slopes of the greatest convex function below the
    points (q, q c). Costs between two points of the sample count as the higher of them.

    Args:
        sample: Costs in nano-units, equally likely; repeated ones count as often as they stand.

    >>> VirtualCosts([1, 2, 3, 4]).virtual
    [1, 3, 5, 7]
    """

    def __init__(self, sample: Iterable[int]) -> None:
        counts = sorted(Counter(sample).items())
        hull: list[tuple[int, int]] = [(0, 0)]
        ends: list[int] = [-1]
        below = 0
        for place, (cost, count) in enumerate(counts):
            below += count
            point = (below, below * cost)
            while len(hull) > 1 and _turns_down(hull[-2], hull[-1], point):
                hull.pop()
                ends.pop()
            hull.append(point)
            ends.append(place)
        self.costs = [cost for cost, _ in counts]
        self.virtual = [
            -((before[1] - after[1]) // (after[0] - before[0]))
            for (before, after), (start, end) in zip(pairwise(hull), pairwise(ends), strict=True)
            for _ in range(end - start)
        ]

    def of(self, cost: int) -> int | None:
        """Return the virtual cost, rounded up, or ``None`` beyond the sample."""
        place = bisect_left(self.costs, cost)
        return self.virtual[place] if place < len(self.costs) else None

    def highest(self, limit: int, *, inclusive: bool) -> int:
        """Return the highest cost whose virtual cost is below a limit, or at it if inclusive."""
        find = bisect_right if inclusive else bisect_left
        return self.costs[find(self.virtual, limit) - 1]


def _turns_down(first: tuple[int, int], middle: tuple[int, int], last: tuple[int, int]) -> bool:
    """Return whether the middle point lies on or above the line between the outer two."""
    rise = (middle[1] - first[1]) * (last[0] - first[0])
    return rise >= (last[1] - first[1]) * (middle[0] - first[0])


@dataclass(frozen=True, slots=True)
class Optimal:
    """Myerson's auction for procurement (`optimal`), one per lot.

    The lowest ironed virtual cost wins if it is at most the reserve, which stands for the value of
    the lot. The winner is paid the highest cost at which it would still have won, whatever the
    outcome of the work.

    Guarantee: the true cost is a dominant strategy and the winner is never paid less than its
    cost, whatever the distribution. If all costs are independent draws from the sample, no
    truthful auction leaves the coordinator a larger expected surplus. Efficient it is not: a lot
    may stay unsold although somebody could do it for less than its value.

    Assumptions: private, independent and identically distributed costs; a sample that does not
    contain the bids at hand; no capacity binds; no collusion, one name per worker.

    Args:
        sample: What such work has cost in the past, in nano-units.

    Source: Myerson (1981), turned to procurement; the discrete form of the
    ironing is in Elkind (2007).
    """

    sample: tuple[Money, ...]
    costs: VirtualCosts = field(init=False, repr=False, compare=False)

    name = "optimal"
    properties = Properties(
        truthful="dominant",
        elicits=("cost",),
        individually_rational="ex-post",
        budget="each lot costs at most its reserve",
        exact=False,
        assumptions=(
            "private costs, independent and from one known distribution",
            "no capacity binds",
            "no collusion, one name per worker",
        ),
        source="Myerson 1981",
        room="lots",
    )

    def __post_init__(self) -> None:
        object.__setattr__(self, "costs", VirtualCosts(self.sample))

    def clear(
        self, announcement: Announcement, bids: Sequence[Bid], standings: Standings, seed: int
    ) -> Allocation:
        """Clear every lot alone; see the class.

        Raises:
            MechanismError: If a capacity binds.
        """

        def score(lot: Lot, bid: Bid) -> int:
            virtual = self.costs.of(bid.cost)
            return -1 if virtual is None else lot.reserve - virtual

        def contract(win: Win) -> Contract:
            first = win.runner_up is None or ranks[win.bid.worker] < ranks[win.runner_up]
            price = self.costs.highest(win.lot.reserve - win.pivot, inclusive=first)
            return Contract(base=Money(price), report=win.bid.probability)

        solution = determine_separately(announcement, bids, score, seed, "above-reserve")
        ranks = tie_ranks(seed, announcement, (bid.worker for bid in bids))
        return solution.allocation(announcement, self.name, contract)
