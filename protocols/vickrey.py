"""The Vickrey auction: every lot alone, the lowest cost wins and the second lowest is paid."""

from collections.abc import Sequence

from protocols.mechanism import Allocation, Properties, Standings
from protocols.messages import Announcement, Bid
from protocols.vcg import paid_for_the_work, savings
from protocols.winner_determination import determine_separately


class Vickrey:
    """Reverse Vickrey auction (`vickrey`), one per lot.

    The lowest cost wins and is paid min(second lowest cost, reserve), whatever the outcome of the
    work.

    Guarantee: the true cost is a dominant strategy, the winner is never paid less than its reported
    cost, and each lot is done at the least cost. Reported probabilities play no part.

    Assumptions: as for ``vcg``, and no worker wins more lots than it can take. Where a capacity
    binds, separate auctions are not truthful, so they refuse; use ``vcg``.

    Source: Vickrey (1961).
    """

    name = "vickrey"
    properties = Properties(
        truthful="dominant",
        elicits=("cost",),
        individually_rational="ex-post",
        budget="each lot costs at most its reserve",
        exact=True,
        assumptions=(
            "private costs",
            "the reserve does not depend on the bids",
            "no capacity binds",
            "no collusion, one name per worker",
        ),
        source="Vickrey 1961",
        room="lots",
    )

    def clear(
        self, announcement: Announcement, bids: Sequence[Bid], standings: Standings, seed: int
    ) -> Allocation:
        """Clear every lot alone; see the class.

        Raises:
            MechanismError: If a capacity binds.
        """
        solution = determine_separately(announcement, bids, savings, seed, "above-reserve")
        return solution.allocation(announcement, self.name, paid_for_the_work)
