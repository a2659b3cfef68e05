"""Clock auctions: the price moves in steps and the workers say at which price they are in.

Each clock comes in two forms with the same end. ``english_rounds`` and ``dutch_rounds`` are
conversations without I/O: they say whom to ask at which price, are told who accepts, and return the
sale. ``English`` and ``Dutch`` clear sealed bids, whose cost stands for the lowest price at which
the worker would do the lot (Milgrom and Segal 2020).
"""

from collections.abc import Collection, Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

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


class Round(NamedTuple):
    """A question of the clock: which of these workers would do the lot at this price."""

    price: Money
    workers: tuple[str, ...]


class Sale(NamedTuple):
    """The end of a clock: who does the lot, and for how much."""

    worker: str
    price: Money


def english_rounds(
    reserve: int, step: int, workers: Sequence[str]
) -> Generator[Round, Collection[str], Sale | None]:
    """Run a descending clock: yields questions, is sent those who accept, returns the sale.

    Args:
        reserve: The first price.
        step: How far it falls at a time.
        workers: In the order that decides between those who drop out together.

    >>> rounds = english_rounds(10, 4, ["a", "b"])
    >>> next(rounds)
    Round(price=10, workers=('a', 'b'))
    >>> rounds.send({"a", "b"})
    Round(price=6, workers=('a', 'b'))
    """
    standing = tuple(workers)
    agreed: Money | None = None
    for price in falling_prices(reserve, step):
        accepted = yield Round(price, standing)
        left = tuple(worker for worker in standing if worker in accepted)
        if len(left) == 1:
            return Sale(left[0], price)
        if not left:
            break
        standing, agreed = left, price
    return None if agreed is None else Sale(standing[0], agreed)


def dutch_rounds(
    reserve: int, step: int, workers: Sequence[str]
) -> Generator[Round, Collection[str], Sale | None]:
    """Run an ascending clock: yields questions, is sent those who accept, returns the sale.

    Args:
        reserve: The last price.
        step: How far it rises at a time.
        workers: In the order that decides between those who accept together.
    """
    for price in rising_prices(reserve, step):
        accepted = yield Round(price, tuple(workers))
        for worker in workers:
            if worker in accepted:
                return Sale(worker, price)
    return None


@dataclass(frozen=True, slots=True)
class English:
    """The descending clock (`english`), one per lot.

    The price falls from the reserve by one step at a time; a worker stays in while the price covers
    its cost and never returns. When one worker is left it does the lot at the price at which the
    last rival dropped out; where the last ones drop out together, the seed picks one of them at the
    price they had all accepted, which is one step more than to outlast them would have brought. The
    price is paid whatever the outcome of the work.

    Guarantee: staying in exactly while the price covers the cost is within one step of a best
    reply, whatever the others do, on the clock and as a sealed bid: what may pay more is to leave
    together with the last rivals. On a clock that moves without steps it is obviously dominant (Li
    2017). Nobody is paid less than its cost, and the winner's cost is within one step of the lowest.

    Assumptions: private costs; no capacity binds; no collusion, one name per worker.

    Args:
        step: How far the price falls at a time, at least one nano-unit.
        rounds: Whether a run asks the workers price by price instead of taking sealed bids.

    Source: Milgrom and Segal (2020); Li (2017).
    """

    step: Money
    rounds: bool = False

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
        room="lots",
    )

    def rounds_for(
        self, reserve: int, workers: Sequence[str]
    ) -> Generator[Round, Collection[str], Sale | None]:
        """Return the conversation about a lot; see `english_rounds`."""
        return english_rounds(reserve, self.step, workers)

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
        rounds: Whether a run asks the workers price by price instead of taking sealed bids.

    Source: Vickrey (1961); Krishna (2010).
    """

    step: Money
    rounds: bool = False

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

    def rounds_for(
        self, reserve: int, workers: Sequence[str]
    ) -> Generator[Round, Collection[str], Sale | None]:
        """Return the conversation about a lot; see `dutch_rounds`."""
        return dutch_rounds(reserve, self.step, workers)

    def clear(
        self, announcement: Announcement, bids: Sequence[Bid], standings: Standings, seed: int
    ) -> Allocation:
        """Let the clock run for every lot; see the class.

        Where a capacity binds, the assignment with the lowest sum of prices counts.
        """

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
