"""The first-price auction: the lowest cost wins and is paid what it asked."""

from collections.abc import Sequence

from protocols.contract import Contract
from protocols.mechanism import Allocation, Properties, Standings
from protocols.messages import Announcement, Bid
from protocols.vcg import savings
from protocols.winner_determination import Win, determine_winners


class FirstPrice:
    """Sealed first-price procurement (`first-price`): pay as bid, as a baseline.

    Chooses the assignment with the least total reported cost and pays each winner its bid,
    whatever the outcome of the work.

    Guarantee: the coordinator never pays more than the reserve. Not truthful: asking for more than
    the cost is the only way to earn. With n bidders whose costs are independent and uniform on
    [0, 1] and a reserve of 1, the equilibrium bid is ``c + (1 - c) / n`` (Krishna 2010, section
    2.3, turned to procurement).
    """

    name = "first-price"
    properties = Properties(
        truthful="no",
        elicits=(),
        individually_rational="ex-post",
        budget="each lot costs at most its reserve",
        exact=True,
        assumptions=(),
        source="Vickrey 1961; Krishna 2010",
    )

    def clear(
        self, announcement: Announcement, bids: Sequence[Bid], standings: Standings, seed: int
    ) -> Allocation:
        """Clear all lots together; see the class."""
        solution = determine_winners(announcement, bids, savings, seed, "above-reserve")
        return solution.allocation(announcement, self.name, _as_bid)


def _as_bid(win: Win) -> Contract:
    return Contract(base=win.bid.cost, report=win.bid.probability)
