"""The core-selecting auction."""

from itertools import combinations

import pytest
from hypothesis import given, settings

from protocols.core_auction import CoreSelecting
from protocols.errors import MechanismError
from protocols.vcg import Vcg
from tests.protocols.auctions import Auction, auction, auctions
from tests.protocols.bundle_bids import bundle


@settings(max_examples=60)
@given(auctions(lots=3, workers=3))
def test_no_group_undercuts_single_lots(drawn: Auction) -> None:
    """With one lot per bid no group of workers, whatever its capacities, could do it for less.

    A group with the coordinator could make W of the group; outside it, winners would have kept
    what they gain. Tried for every group.
    """
    announcement, bids = drawn
    allocation = CoreSelecting().clear(announcement, bids, {}, 0)
    reserves = {lot.task: lot.reserve for lot in announcement.lots}
    costs = {(bid.worker, bid.task): bid.cost for bid in bids}
    gains = {
        award: award.contract.base - costs[award.worker, award.task] for award in allocation.awards
    }
    kept = sum(reserves[award.task] - award.contract.base for award in allocation.awards)
    names = sorted({bid.worker for bid in bids})

    def best(group: tuple[str, ...]) -> int:
        own = [bid for bid in bids if bid.worker in group]
        return Vcg().clear(announcement, own, {}, 0).welfare

    for size in range(len(names) + 1):
        for group in combinations(names, size):
            inside = sum(gain for award, gain in gains.items() if award.worker in group)
            assert best(group) <= kept + inside


def test_single_lots_are_paid_as_by_vcg() -> None:
    """Workers with one lot per bid are substitutes: VCG is in the core already."""
    announcement, bids = auction(
        [20, 20],
        {"a": [(1, 1.0), (1, 1.0)], "b": [(5, 1.0), (5, 1.0)], "c": [(9, 1.0), (9, 1.0)]},
        limits={"a": 2, "b": 1, "c": 1},
    )
    found = CoreSelecting().clear(announcement, bids, {}, 0)
    expected = Vcg().clear(announcement, bids, {}, 0)

    assert [award.contract for award in found.awards] == [
        award.contract for award in expected.awards
    ]


def test_bundles_are_paid_nearest_to_vcg_in_the_core() -> None:
    """Two singles of cost 2 and 3 beat a pair of cost 6: paid 2.5 and 3.5, where VCG pays 3 and 4."""
    announcement, _ = auction([100, 100], {"a": [None, None]})
    bids = [bundle("b", "0", 20), bundle("e", "1", 30), bundle("a", "01", 60)]
    core = CoreSelecting().clear_bundles(announcement, bids, 0, exclusive=True)
    vcg = Vcg().clear_bundles(announcement, bids, 0, exclusive=True)

    assert [award.contract.base for award in core.awards] == [25, 35]
    assert [award.contract.base for award in vcg.awards] == [30, 40]


def test_several_bundles_of_one_worker_are_refused() -> None:
    """The core is computed for bundles of which a worker wins one."""
    announcement, _ = auction([100], {"a": [None]})

    with pytest.raises(MechanismError, match="at most one"):
        CoreSelecting().clear_bundles(announcement, [], 0, exclusive=False)
