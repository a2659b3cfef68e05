"""The Vickrey-Clarke-Groves procurement auction on cost alone."""

from collections.abc import Mapping, Sequence

from protocols.bundle_auction import BundleAuction
from protocols.bundles import BundleBid
from protocols.contract import Contract
from protocols.mechanism import Allocation, Properties, Standings
from protocols.messages import Announcement, Bid, Lot
from protocols.sized_auction import determine_sized
from protocols.units import Money, Probability, TaskId, WorkerId
from protocols.winner_determination import Win, determine_winners


def savings(lot: Lot, bid: Bid) -> int:
    """Return what a bid saves against the reserve: the score of every auction on cost alone."""
    return lot.reserve - bid.cost


def paid_for_the_work(win: Win) -> Contract:
    """Pay the reserve less the pivot, whatever the outcome of the work."""
    return paid_up_front(win.lot, win.bid.probability, Money(win.pivot))


def paid_up_front(lot: Lot, report: Probability, pivot: Money) -> Contract:
    """Pay a lot's reserve less a pivot, whatever the outcome of the work."""
    return Contract(base=Money(lot.reserve - pivot), report=report)


def reserve(lot: Lot, chance: Probability = 1.0) -> int:
    """Return what doing a lot saves before its cost, whatever the chance of success."""
    return lot.reserve


class Vcg:
    """Reverse VCG (`vcg`): the cheapest feasible assignment, each winner paid its externality.

    Chooses the assignment with the least total cost, a lot that stays unsold costing its reserve,
    and pays each winner ``c_i + C(-i) - C``: what the others would have cost instead. The payment
    does not depend on the outcome of the work. For one lot it is min(second lowest cost, reserve).

    Guarantee: the true cost is a dominant strategy, nobody is paid less than its reported cost, and
    the total cost is the least possible. The total paid may exceed the total cost; no budget is
    kept. Reported probabilities play no part.

    Assumptions: workers know their own cost, which depends on nobody else's; the reserve does not
    depend on the bids; no collusion, one name per worker.

    Source: Vickrey (1961), Clarke (1971), Groves (1973); Nisan and Ronen (2001).

    >>> Vcg().properties.truthful
    'dominant'
    """

    name = "vcg"
    properties = Properties(
        truthful="dominant",
        elicits=("cost",),
        individually_rational="ex-post",
        budget="each lot costs at most its reserve",
        exact=True,
        assumptions=(
            "private costs",
            "the reserve does not depend on the bids",
            "no collusion, one name per worker",
        ),
        source="Vickrey 1961; Clarke 1971; Groves 1973",
    )

    def clear(
        self, announcement: Announcement, bids: Sequence[Bid], standings: Standings, seed: int
    ) -> Allocation:
        """Clear all lots together; see the class."""
        solution = determine_winners(announcement, bids, savings, seed, "above-reserve")
        return solution.allocation(announcement, self.name, paid_for_the_work)

    def clear_bundles(
        self, announcement: Announcement, bids: Sequence[BundleBid], seed: int, *, exclusive: bool
    ) -> Allocation:
        """Clear bundles by the same rule: a bundle saves the reserves of its tasks less its cost."""
        auction = BundleAuction(
            self.name, reserve, reserve, paid_up_front, "above-reserve", exclusive
        )
        return auction.clear(announcement, bids, seed)

    def clear_sized(
        self,
        announcement: Announcement,
        bids: Sequence[Bid],
        standings: Standings,
        seed: int,
        sizes: Mapping[tuple[TaskId, WorkerId], int],
    ) -> Allocation:
        """Clear lots that take up different parts of a capacity by the same rule."""
        solution = determine_sized(announcement, bids, savings, seed, sizes, "above-reserve")
        return solution.allocation(announcement, self.name, paid_for_the_work)
