"""The core-selecting auction on cost alone: prices that no group could undercut."""

from collections.abc import Sequence

from protocols.bundle_auction import BundleAuction
from protocols.bundles import BundleBid, Package, Packages
from protocols.core_selecting import select_core
from protocols.errors import MechanismError
from protocols.mechanism import Allocation, Properties, Standings
from protocols.messages import Announcement, Bid
from protocols.vcg import paid_for_the_work, paid_up_front, reserve, savings
from protocols.winner_determination import determine_winners


class CoreSelecting:
    """The auction whose payments are in the core and nearest to VCG (`core-selecting`).

    The cheapest feasible set of offers wins, a lot that stays unsold costing its reserve. With
    bundles the payments are those of ``core_selecting.select_core``: no group of workers could
    offer the coordinator a better deal; among such payments the sum of what winners gain is the
    largest, and the gains are as near as possible to those of VCG. Where every bid names one lot,
    workers are substitutes for each other, VCG is in the core and the payments are those of VCG.

    Guarantee: nobody is paid less than it asked, the cost is the least possible by the bids, and no
    group blocks. With one lot per bid the true cost is a dominant strategy. With bundles it is not:
    where VCG lies outside the core, winners gain by asking for more.

    Assumptions: as for ``vcg``; of its bundles a worker wins at most one.

    Source: Day and Raghavan (2007); Day and Cramton (2012); that VCG is in the core where workers
    are substitutes: Bikhchandani and Ostroy (2002).

    >>> CoreSelecting().properties.individually_rational
    'ex-post'
    """

    name = "core-selecting"
    properties = Properties(
        truthful="no",
        elicits=(),
        individually_rational="ex-post",
        budget="no group of workers could do it for less; each lot costs at most its reserve",
        exact=True,
        assumptions=(
            "private costs",
            "the reserve does not depend on the bids",
            "of its bundles a worker wins at most one",
            "no collusion, one name per worker",
        ),
        source="Day and Raghavan 2007; Day and Cramton 2012",
    )

    def clear(
        self, announcement: Announcement, bids: Sequence[Bid], standings: Standings, seed: int
    ) -> Allocation:
        """Clear single lots, for which VCG is in the core; see the class."""
        solution = determine_winners(announcement, bids, savings, seed, "above-reserve")
        return solution.allocation(announcement, self.name, paid_for_the_work)

    def clear_bundles(
        self, announcement: Announcement, bids: Sequence[BundleBid], seed: int, *, exclusive: bool
    ) -> Allocation:
        """Clear bundles at payments in the core; see the class.

        Raises:
            MechanismError: If a worker may win several of its bundles.
            InexactError: If the optimum or the payments cannot be computed.
        """
        if not exclusive:
            raise MechanismError(
                "core-selecting takes bundles of which each worker wins at most one; for any number"
                " of them use vcg or contingent-vcg"
            )
        auction = BundleAuction(
            self.name, reserve, reserve, paid_up_front, "above-reserve", solve=_core_packages
        )
        return auction.clear(announcement, bids, seed)


def _core_packages(packages: Sequence[Package]) -> Packages:
    """Return the best packages, with as pivots what the core takes from each winner's score."""
    core = select_core(packages)
    scores = {packages[place].worker: packages[place].score for place in core.chosen}
    pivots = {worker: score - core.utilities[worker] for worker, score in scores.items()}
    return Packages(core.chosen, core.welfare, pivots)
