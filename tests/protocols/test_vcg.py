"""VCG on cost alone."""

from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.properties import Setting, expected_utility, misreports, regret
from protocols.units import Money
from protocols.vcg import Vcg
from tests.protocols.auctions import Auction, auction, auctions


@settings(max_examples=60)
@given(auctions(lots=2, workers=3))
def test_no_misreport_gains(drawn: Auction) -> None:
    """Over a grid of costs and probabilities, with capacities, the exact gain is zero."""
    announcement, bids = drawn
    setting = Setting(Vcg(), announcement)
    for worker in {bid.worker for bid in bids}:
        honest = [bid for bid in bids if bid.worker == worker]
        lies = misreports(honest, range(0, 641, 128), [0.0, 1.0])

        assert regret(setting, bids, {worker}, lies).gain == 0


@settings(max_examples=50)
@given(auctions(lots=4, workers=4))
def test_nobody_is_paid_less_than_it_asked(drawn: Auction) -> None:
    """A worker's payments cover its costs whatever the outcomes, lot by lot, up to the reserve."""
    announcement, bids = drawn
    costs = {(bid.worker, bid.task): bid.cost for bid in bids}
    reserves = {lot.task: lot.reserve for lot in announcement.lots}
    for award in Vcg().clear(announcement, bids, {}, 0).awards:
        for success in (0.0, 1.0):
            paid = award.contract.pay(success, Money(0), 0.0)

            assert costs[award.worker, award.task] <= paid <= reserves[award.task]


@settings(max_examples=50)
@given(auctions(lots=4, workers=4), st.integers(0, 3))
def test_the_allocation_is_the_cheapest(drawn: Auction, seed: int) -> None:
    """The total reported cost plus the reserves of unsold lots is what welfare says it is."""
    announcement, bids = drawn
    costs = {(bid.worker, bid.task): bid.cost for bid in bids}
    allocation = Vcg().clear(announcement, bids, {}, seed)
    spent = sum(costs[award.worker, award.task] for award in allocation.awards)
    sold = {award.task for award in allocation.awards}

    assert (
        allocation.welfare
        == sum(lot.reserve for lot in announcement.lots if lot.task in sold) - spent
    )


def test_one_lot_is_a_second_price_auction() -> None:
    """The lowest cost wins and is paid the second lowest, or the reserve when alone."""
    announcement, bids = auction([100], {"a": [(40, 0.5)], "b": [(55, 0.9)]})
    alone, single = auction([100], {"a": [(40, 0.5)]})
    (award,) = Vcg().clear(announcement, bids, {}, 0).awards
    (only,) = Vcg().clear(alone, single, {}, 0).awards

    assert (award.worker, award.contract.base) == ("a", 55)
    assert only.contract.base == 100


def test_the_second_lot_of_a_worker_is_priced_jointly() -> None:
    """Costs [[1,5,9],[1,5,9]] with capacities (2,1,1): the first worker is paid 5 + 9."""
    announcement, bids = auction(
        [99, 99],
        {"a": [(1, 1.0)] * 2, "b": [(5, 1.0)] * 2, "c": [(9, 1.0)] * 2},
        limits={"a": 2, "b": 1, "c": 1},
    )
    awards = Vcg().clear(announcement, bids, {}, 0).awards

    assert [award.worker for award in awards] == ["a", "a"]
    assert sum(award.contract.base for award in awards) == 14


def test_total_pay_may_exceed_total_cost() -> None:
    """VCG overpays by design; the sum is known from the contracts beforehand."""
    announcement, bids = auction([100], {"a": [(10, 1.0)], "b": [(90, 1.0)]})
    setting = Setting(Vcg(), announcement)

    assert expected_utility(setting, bids, bids, {"a"}) == 80
