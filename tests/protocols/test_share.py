"""The share mode."""

from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.mechanism import Standing
from protocols.properties import Setting, expected_utility, misreports, regret
from protocols.share import Share
from protocols.units import Money, WorkerId
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


@settings(max_examples=40)
@given(auctions(lots=2, workers=3))
def test_no_misreport_gains_with_a_derived_share(drawn: Auction) -> None:
    """The derived part depends on the others' reports and on the past, so lies gain nothing."""
    announcement, bids = drawn
    setting = Setting(Share(least_cost=Money(64)), announcement)
    for worker in {bid.worker for bid in bids}:
        honest = [bid for bid in bids if bid.worker == worker]
        lies = misreports(honest, [0, 128, 320], [0.0, 0.5, 1.0])

        assert regret(setting, bids, {worker}, lies).gain <= 3
        assert expected_utility(setting, bids, bids, {worker}) >= -2


@given(auctions(lots=3, workers=3), st.integers(0, 320), st.integers(0, 1_000))
def test_a_derived_share_never_makes_a_payment_negative(
    drawn: Auction, least: int, more: int
) -> None:
    """Whatever the reports: work metered at the least cost or more is never charged, lot by lot."""
    announcement, bids = drawn
    for award in Share(least_cost=Money(least)).clear(announcement, bids, {}, 0).awards:
        for success in (0.0, 1.0):
            assert award.contract.pay(success, Money(least + more), 0.0) >= 0


@given(auctions(lots=3, workers=3), st.integers(1, 320))
def test_the_part_of_a_worker_is_deaf_to_its_own_report(drawn: Auction, least: int) -> None:
    """While a worker wins, no cost and no probability that it reports moves its part."""
    announcement, bids = drawn
    mechanism = Share(least_cost=Money(least))
    parts: dict[str, set[float]] = {}
    for worker in {bid.worker for bid in bids}:
        for cost in (0, 64, 256):
            for chance in (0.5, 1.0):
                told = {"cost": Money(cost), "probability": chance}
                lied = [
                    bid.model_copy(update=told) if bid.worker == worker else bid for bid in bids
                ]
                awards = mechanism.clear(announcement, lied, {}, 0).awards
                shares = {award.contract.cost_share for award in awards if award.worker == worker}
                parts.setdefault(worker, set()).update(shares)

    assert all(len(shares) <= 1 for shares in parts.values())


def test_a_failure_of_the_cheapest_work_is_paid_nothing_where_the_rival_is_all_there_is() -> None:
    """The part is as large as it can be: metered at its least cost, a failure earns exactly zero.

    W(-a) = K = 40, m = 10: L = 1/5, so a failure metered at 10 is paid 10 - (10 + 40) / 5 = 0, and a
    success metered at 30 is paid 30 + (100 - 30 - 40) / 5 = 36.
    """
    announcement, bids = auction([100], {"a": [(30, 1.0)], "b": [(60, 1.0)]})
    standings = {(WorkerId("a"), "task"): Standing(least_cost=Money(10))}
    (award,) = Share().clear(announcement, bids, standings, 0).awards

    assert award.contract.pay(0.0, Money(10), 0.0) == 0
    assert award.contract.pay(1.0, Money(30), 0.0) == 36


def test_without_rivals_the_winner_gets_the_whole_surplus() -> None:
    """W(-i) = 0 leaves nothing that could be owed, so the part is 1 even at a least cost of 0."""
    announcement, bids = auction([100], {"a": [(30, 0.5)]})
    (award,) = Share(least_cost=Money(0)).clear(announcement, bids, {}, 0).awards

    assert (award.contract.base, award.contract.per_success) == (0, 100)
    assert award.contract.cost_share == 0.0


def test_the_winner_earns_its_share_of_what_it_adds() -> None:
    """It adds 100 - 30 - 40 = 30 over its rival, and half of that is its utility."""
    announcement, bids = auction([100], {"a": [(30, 1.0)], "b": [(60, 1.0)]})
    setting = Setting(Share(share=0.5), announcement)

    assert expected_utility(setting, bids, bids, {"a"}) == 15
