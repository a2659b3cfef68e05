"""The Vickrey auction."""

import pytest
from hypothesis import given, settings

from protocols.errors import MechanismError
from protocols.properties import Setting, misreports, regret
from protocols.vcg import Vcg
from protocols.vickrey import Vickrey
from tests.protocols.auctions import Auction, auction, auctions


@settings(max_examples=60)
@given(auctions(lots=2, workers=3, limited=False))
def test_no_misreport_gains(drawn: Auction) -> None:
    """Over a grid of costs and probabilities the exact gain is zero."""
    announcement, bids = drawn
    setting = Setting(Vickrey(), announcement)
    for worker in {bid.worker for bid in bids}:
        honest = [bid for bid in bids if bid.worker == worker]
        lies = misreports(honest, range(0, 641, 128), [0.0, 1.0])

        assert regret(setting, bids, {worker}, lies).gain == 0


@given(auctions(lots=4, workers=4, limited=False))
def test_without_capacities_it_is_vcg(drawn: Auction) -> None:
    """Separate lots and no capacities: Vickrey and VCG award and pay the same."""
    announcement, bids = drawn

    assert (
        Vickrey().clear(announcement, bids, {}, 5).awards
        == Vcg().clear(announcement, bids, {}, 5).awards
    )


def test_a_binding_capacity_is_refused() -> None:
    """Where a worker could win more lots than it can take, the error points to vcg."""
    announcement, bids = auction([10, 10], {"a": [(1, 1.0)] * 2}, limits={"a": 1})

    with pytest.raises(MechanismError, match="mechanism vcg"):
        Vickrey().clear(announcement, bids, {}, 0)


def test_a_capacity_that_cannot_bind_is_accepted() -> None:
    """A capacity of as many lots as the worker could ever hold is no obstacle."""
    announcement, bids = auction(
        [10, 10], {"a": [(1, 1.0), (5, 1.0)], "b": [(3, 1.0), (2, 1.0)]}, limits={"a": 2, "b": 2}
    )
    awards = Vickrey().clear(announcement, bids, {}, 0).awards

    assert [(award.worker, award.contract.base) for award in awards] == [("a", 3), ("b", 5)]
