"""The posted price."""

from hypothesis import given, settings

from protocols.mechanism import tie_ranks
from protocols.posted_price import PostedPrice
from protocols.properties import Setting, misreports, regret
from protocols.units import Money
from tests.protocols.auctions import Auction, auction, auctions


@settings(max_examples=40)
@given(auctions(lots=2, workers=3))
def test_no_misreport_gains_with_several_lots_and_capacities(drawn: Auction) -> None:
    """Each worker takes its best lots when asked, so no claim about them can help."""
    announcement, bids = drawn
    setting = Setting(PostedPrice(Money(256)), announcement)
    for worker in {bid.worker for bid in bids}:
        honest = [bid for bid in bids if bid.worker == worker]
        lies = misreports(honest, range(0, 641, 128), [1.0])

        assert regret(setting, bids, {worker}, lies).gain == 0


def test_a_worker_above_the_price_is_passed_over() -> None:
    """Only who can do it at the price takes it, and everybody gets the same price."""
    announcement, bids = auction([100, 100], {"a": [(60, 1.0), (20, 1.0)], "b": [(30, 1.0), None]})
    allocation = PostedPrice(Money(50)).clear(announcement, bids, {}, 0)

    assert [(award.worker, award.contract.base) for award in allocation.awards] == [
        ("b", 50),
        ("a", 50),
    ]


def test_the_runner_up_is_who_would_be_asked_next() -> None:
    """Of willing workers the first in the seeded order wins, the second is named; one alone has none."""
    names = ["a", "b", "c"]
    announcement, bids = auction([100], {name: [(60, 1.0)] for name in names})
    ranks = tie_ranks(7, announcement, names)
    _, second, third = sorted(names, key=ranks.__getitem__)
    for asked, following in ((names, second), ([second, third], third), ([third], None)):
        willing = [bid for bid in bids if bid.worker in asked]
        (award,) = PostedPrice().clear(announcement, willing, {}, 7).awards

        assert award.worker == min(asked, key=ranks.__getitem__)
        assert (award.runner_up, award.tied) == (following, following is not None)


def test_the_reserve_is_the_price_where_none_is_given() -> None:
    """Without a price the reserve is posted."""
    announcement, bids = auction([100], {"a": [(60, 1.0)]}, reserves=[80])
    (award,) = PostedPrice().clear(announcement, bids, {}, 0).awards

    assert award.contract.base == 80


def test_capacity_is_spent_on_the_best_lots() -> None:
    """With room for one of two lots the worker takes the one that earns more."""
    announcement, bids = auction([100, 100], {"a": [(60, 1.0), (20, 1.0)]}, limits={"a": 1})
    allocation = PostedPrice().clear(announcement, bids, {}, 0)

    assert [award.task for award in allocation.awards] == ["t1"]
    assert [lot.reason for lot in allocation.unsold] == ["capacity"]
