"""Clock auctions: the price moves in steps and the workers say at which price they are in.

The rules are pure functions of the workers' limits. A bid's cost is the lowest price at which the
worker would do the lot; asking every worker at every step gives the same end (Milgrom and Segal
2020).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from protocols.mechanism import Allocation, Properties, Standings
from protocols.messages import Announcement, Bid, Lot
from protocols.units import Money
from protocols.vcg import paid_for_the_work, savings
from protocols.winner_determination import Solution, Win, determine_separately, determine_winners

STEP: Final = Money(100_000)
"""How far a clock moves where nothing is said: a ten-thousandth of a unit."""


def falling_prices(reserve: int, step: int) -> Iterator[Money]:
    """Yield the prices of a descending clock: the reserve, and a step less each time.

    >>> [*falling_prices(10, 4)]
    [10, 6, 2]
    """
    yield from (Money(price) for price in range(reserve, -1, -step))


def rising_prices(reserve: int, step: int) -> Iterator[Money]:
    """Yield the prices of an ascending clock: zero, a step more each time, and the reserve.

    >>> [*rising_prices(10, 4)]
    [0, 4, 8, 10]
    """
    yield from (Money(price) for price in range(0, reserve, step))
    yield Money(reserve)


@dataclass(frozen=True, slots=True)
class English:
    """The descending clock (`english`), one per lot.

    The price falls from the reserve by one step at a time; a worker stays in while the price covers
    its cost and never returns. When one worker is left it does the lot at the price at which the
    last rival dropped out; where the last ones drop out together, the seed picks one of them at the
    price they had all accepted. The price is paid whatever the outcome of the work.

    Guarantee: staying in exactly while the price covers the cost is an obviously dominant strategy
    on the clock, and as a sealed bid it is within one step of a best reply. Nobody is paid less
    than its cost, and the winner's cost is within one step of the lowest.

    Assumptions: private costs; no capacity binds; no collusion, one name per worker.

    Args:
        step: How far the price falls at a time, at least one nano-unit.

    Source: Milgrom and Segal (2020), section 3; Li (2017).
    """

    step: Money

    name = "english"
    properties = Properties(
        truthful="dominant",
        elicits=("cost",),
        individually_rational="ex-post",
        budget="each lot costs at most its reserve",
        exact=False,
        assumptions=(
            "private costs",
            "gains below one step of the clock do not count",
            "no capacity binds",
            "no collusion, one name per worker",
        ),
        source="Milgrom and Segal 2020; Li 2017",
    )

    def clear(
        self, announcement: Announcement, bids: Sequence[Bid], standings: Standings, seed: int
    ) -> Allocation:
        """Let the clock run for every lot; see the class.

        Raises:
            MechanismError: If a capacity binds.
        """

        def steps(lot: Lot, bid: Bid) -> int:
            return (lot.reserve - bid.cost) // self.step

        def priced(win: Win) -> Win:
            fallen = 0 if win.runner_up is None else win.pivot + (win.score > win.pivot)
            return win._replace(score=savings(win.lot, win.bid), pivot=fallen * self.step)

        solution = determine_separately(announcement, bids, steps, seed, "above-reserve")
        wins = tuple(priced(win) for win in solution.wins)
        ended = Solution(wins, solution.unsold, sum(win.score for win in wins))
        return ended.allocation(announcement, self.name, paid_for_the_work)


@dataclass(frozen=True, slots=True)
class Dutch:
    """The ascending price offer (`dutch`), one per lot.

    The price rises from zero by one step at a time, up to the reserve, and the first worker to
    accept does the lot at that price, whatever the outcome of the work. A bid's cost is the price
    at which the worker would accept.

    Guarantee: the coordinator never pays more than the reserve. Not truthful: strategically it is
    the first-price auction, in which waiting beyond the cost is the only way to earn.

    Args:
        step: How far the price rises at a time, at least one nano-unit.

    Source: Vickrey (1961), section 2; Krishna (2010), section 1.3.
    """

    step: Money

    name = "dutch"
    properties = Properties(
        truthful="no",
        elicits=(),
        individually_rational="ex-post",
        budget="each lot costs at most its reserve",
        exact=False,
        assumptions=(),
        source="Vickrey 1961; Krishna 2010",
    )

    def clear(
        self, announcement: Announcement, bids: Sequence[Bid], standings: Standings, seed: int
    ) -> Allocation:
        """Let the clock run for every lot, workers dropping out at their capacity; see the class."""

        def accepted(lot: Lot, bid: Bid) -> int:
            return -1 if bid.cost > lot.reserve else lot.reserve - self._price(lot, bid)

        solution = determine_winners(announcement, bids, accepted, seed, "above-reserve")
        wins = tuple(
            win._replace(pivot=win.lot.reserve - self._price(win.lot, win.bid))
            for win in solution.wins
        )
        return solution._replace(wins=wins).allocation(announcement, self.name, paid_for_the_work)

    def _price(self, lot: Lot, bid: Bid) -> int:
        return min(-(-bid.cost // self.step) * self.step, lot.reserve)
