"""McAfee's double auction: buyers and sellers of one good, without a subsidy."""

from collections.abc import Sequence
from typing import NamedTuple

from protocols.mechanism import Allocation, Properties, Standings, Unsold, UnsoldReason
from protocols.messages import Announcement, Bid
from protocols.offers import refuse_overload
from protocols.uniform_price import suppliers, units
from protocols.units import Money
from protocols.vcg import paid_for_the_work
from protocols.winner_determination import Win, in_order


class Trade(NamedTuple):
    """The outcome of a double auction.

    Attributes:
        volume: How many of the best buyers and sellers trade.
        pays: What each of these buyers pays.
        earns: What each of these sellers earns, at most what a buyer pays.
    """

    volume: int
    pays: int
    earns: int


def trade(buyers: Sequence[int], sellers: Sequence[int]) -> Trade:
    """Match buyers' values with sellers' costs.

    With k efficient trades, the price q halfway between the next buyer and the next seller serves
    all k if it suits the k-th of both; otherwise the k-th trade is given up and sets the prices.

    Args:
        buyers: What one unit is worth to each buyer, the highest first.
        sellers: What one unit costs each seller, the lowest first.

    >>> trade([9, 8, 7, 4], [2, 3, 4, 5])
    Trade(volume=3, pays=4, earns=4)
    >>> trade([9, 8, 7, 1], [2, 3, 6, 8])
    Trade(volume=2, pays=7, earns=6)
    """
    pairs = zip(buyers, sellers, strict=False)
    efficient = sum(value >= cost for value, cost in pairs)
    if not efficient:
        return Trade(0, 0, 0)
    value, cost = buyers[efficient - 1], sellers[efficient - 1]
    if efficient < len(sellers):
        following = buyers[efficient] if efficient < len(buyers) else 0
        halfway = (following + sellers[efficient]) // 2
        if cost <= halfway <= value:
            return Trade(efficient, halfway, halfway)
    return Trade(efficient - 1, value, cost)


class McAfee:
    """The trade-reduction double auction (`mcafee`): the lots are buyers, the workers sellers.

    Lots of one kind are units of one good, each with its reserve as its buyer's value; a worker
    that bids on all of them supplies one unit at the most that it asks for any. ``trade`` says how
    many of the most valuable lots are bought and what their workers earn.

    Guarantee: the true cost is a dominant strategy for suppliers of one unit, and so is the true
    value for the owners of lots; nobody trades at a loss; the owners pay at least what the workers
    earn; at most the least valuable efficient trade of each kind is given up.

    Assumptions: one unit per worker, at the same cost for every lot of a kind; private costs; no
    collusion, one name per worker. Meant for lots of several owners: an announcement with a single
    lot of a kind rarely trades, because there is no other lot to set the price.

    Source: McAfee (1992).
    """

    name = "mcafee"
    properties = Properties(
        truthful="dominant",
        elicits=("cost",),
        individually_rational="ex-post",
        budget="the owners of the lots pay at least what the workers earn",
        exact=False,
        assumptions=(
            "private costs",
            "one unit per worker, at the same cost for every lot of a kind",
            "no collusion, one name per worker",
        ),
        source="McAfee 1992",
        room="kinds",
    )

    def clear(
        self, announcement: Announcement, bids: Sequence[Bid], standings: Standings, seed: int
    ) -> Allocation:
        """Clear every kind of lot; see the class.

        Raises:
            MechanismError: If a worker would win lots of more kinds than its capacity.
        """
        wins: list[Win] = []
        unsold: list[Unsold] = []
        for kind in dict.fromkeys(lot.kind for lot in announcement.lots):
            lots = [lot for lot in announcement.lots if lot.kind == kind]
            lots.sort(key=lambda lot: -lot.reserve)
            ranked = suppliers(announcement, lots, bids, seed)
            done = trade([lot.reserve for lot in lots], [supplier.ask for supplier in ranked])
            best = [
                win._replace(pivot=win.lot.reserve - done.earns)
                for win in units(lots[: done.volume], ranked, Money(done.earns))
            ]
            wins += best
            reason: UnsoldReason = "not-worth-it" if ranked else "no-bids"
            unsold += [Unsold(task=lot.task, reason=reason) for lot in lots[done.volume :]]
        refuse_overload(announcement, (win.bid.worker for win in wins))
        solution = in_order(announcement, wins, unsold)
        return solution.allocation(announcement, self.name, paid_for_the_work)
