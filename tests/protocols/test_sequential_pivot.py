"""The sequential pivot."""

from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import given, settings

from protocols.errors import MechanismError
from protocols.messages import Bid
from protocols.properties import Setting, expected_surplus, expected_utility, misreports, regret
from protocols.sequential_pivot import SequentialPivot
from tests.protocols.auctions import Auction, auction, auctions


def welfare(value: int, order: tuple[Bid, ...]) -> Fraction:
    """Return the expected value less cost of calling bids in an order until one succeeds."""
    total, reach = Fraction(0), Fraction(1)
    for bid in order:
        chance = Fraction(bid.probability)
        total += reach * (chance * value - bid.cost)
        reach *= 1 - chance
    return total


@settings(max_examples=60)
@given(auctions(lots=1, workers=4, limited=False))
def test_the_order_is_the_best_of_all(drawn: Auction) -> None:
    """No other order of any subset of the workers has a larger expected welfare."""
    announcement, bids = drawn
    allocation = SequentialPivot().clear(announcement, bids, {}, 0)
    best = max(
        welfare(announcement.lots[0].value, order)
        for size in range(len(bids) + 1)
        for order in permutations(bids, size)
    )

    assert abs(allocation.welfare - best) <= 1


@settings(max_examples=30)
@given(auctions(lots=1, workers=3, limited=False))
def test_no_misreport_gains_against_honest_rivals(drawn: Auction) -> None:
    """When the others report the truth, the truth is a best reply up to rounding."""
    announcement, bids = drawn
    setting = Setting(SequentialPivot(), announcement)
    for honest in bids:
        lies = misreports([honest], range(0, 513, 64), [eighth / 8 for eighth in range(9)])

        assert regret(setting, bids, {honest.worker}, lies).gain <= 1


@settings(max_examples=50)
@given(auctions(lots=2, workers=4, limited=False))
def test_no_payment_is_negative_and_nobody_loses(drawn: Auction) -> None:
    """A failure owes nothing, an honest worker does not lose, the coordinator neither."""
    announcement, bids = drawn
    setting = Setting(SequentialPivot(), announcement)
    for award in setting.clear(bids).awards:
        assert award.contract.per_success >= 0
        assert award.contract.base == 0
    for bid in bids:
        assert expected_utility(setting, bids, bids, {bid.worker}) >= -1
    assert expected_surplus(setting, bids, bids) >= -2


def test_a_lying_rival_can_make_honesty_a_mistake() -> None:
    """Truth is no dominant strategy here: a rival that overstates its chance lowers the price."""
    announcement, bids = auction([640], {"a": [(32, 0.5)], "b": [(128, 0.5)]})
    boast = [bids[0], bids[1].model_copy(update={"probability": 1.0})]
    setting = Setting(SequentialPivot(), announcement)
    lies = misreports(bids[:1], range(0, 641, 64), [0.125, 0.5, 1.0])

    assert regret(setting, bids, {"a"}, lies, others=boast).gain > 0


def test_a_worker_in_too_many_sequences_is_named() -> None:
    """A fallback takes up capacity like any award."""
    announcement, bids = auction([100, 100], {"a": [(1, 0.5)] * 2}, limits={"a": 1})

    with pytest.raises(MechanismError, match="worker 'a' would stand for 2 lots"):
        SequentialPivot().clear(announcement, bids, {}, 0)
