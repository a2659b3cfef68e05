"""The share mode."""

from hypothesis import given, settings

from protocols.properties import Setting, expected_utility, misreports, regret
from protocols.share import Share
from protocols.units import Money
from tests.protocols.auctions import Auction, auction, auctions


@settings(max_examples=40)
@given(auctions(lots=2, workers=3))
def test_no_misreport_gains_with_a_metered_cost(drawn: Auction) -> None:
    """With a share of one half, costs and probabilities are best reported as they are."""
    announcement, bids = drawn
    setting = Setting(Share(share=0.5), announcement)
    for worker in {bid.worker for bid in bids}:
        honest = [bid for bid in bids if bid.worker == worker]
        lies = misreports(honest, [0, 128, 320], [0.0, 0.5, 1.0])

        # halves of a pivot are rounded once for each of the two lots
        assert regret(setting, bids, {worker}, lies).gain <= 2
        assert expected_utility(setting, bids, bids, {worker}) >= -1


@given(auctions(lots=3, workers=3))
def test_a_derived_share_never_makes_a_payment_negative(drawn: Auction) -> None:
    """Where the metered cost is at least the least cost, even a failure is paid something."""
    announcement, bids = drawn
    least = Money(64)
    for award in Share(least_cost=least).clear(announcement, bids, {}, 0).awards:
        for success in (0.0, 1.0):
            assert award.contract.pay(success, least, 0.0) >= -1


def test_the_winner_earns_its_share_of_what_it_adds() -> None:
    """It adds 100 - 30 - 40 = 30 over its rival, and half of that is its utility."""
    announcement, bids = auction([100], {"a": [(30, 1.0)], "b": [(60, 1.0)]})
    setting = Setting(Share(share=0.5), announcement)

    assert expected_utility(setting, bids, bids, {"a"}) == 15
