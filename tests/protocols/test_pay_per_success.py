"""Pay per success."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.mechanism import Standing
from protocols.pay_per_success import PayPerSuccess
from protocols.properties import Setting, expected_utility, misreports, regret
from protocols.units import WorkerId
from tests.protocols.auctions import Auction, auction, auctions

QUALITIES = st.lists(st.integers(1, 8).map(lambda eighths: eighths / 8), min_size=3, max_size=3)


@settings(max_examples=50)
@given(auctions(lots=1, workers=3, limited=False), QUALITIES)
def test_no_misreport_gains_whatever_the_estimates(drawn: Auction, estimates: list[float]) -> None:
    """Only the ratio of cost to probability counts, and the true one is best up to rounding."""
    announcement, bids = drawn
    standings = {
        (WorkerId(f"w{index}"), "task"): Standing(quality=estimate)
        for index, estimate in enumerate(estimates)
    }
    setting = Setting(PayPerSuccess(), announcement, standings=standings)
    for honest in bids:
        lies = misreports([honest], range(0, 641, 64), [0.25, 0.5, 1.0])
        found = regret(setting, bids, {honest.worker}, lies)

        assert found.gain <= 8
        assert expected_utility(setting, bids, bids, {honest.worker}) >= -8


def test_the_price_is_the_second_price_per_success() -> None:
    """Equal quality 1/2, asks of 40/0.5 and 60/0.5 per success: 80 wins and is paid 120."""
    announcement, bids = auction([200], {"a": [(40, 0.5)], "b": [(60, 0.5)]})
    (award,) = PayPerSuccess().clear(announcement, bids, {}, 0).awards

    assert (award.worker, award.contract.per_success, award.contract.base) == ("a", 120, 0)
    setting = Setting(PayPerSuccess(), announcement)
    assert expected_utility(setting, bids, bids, {"a"}) == Fraction(120, 2) - 40


def test_quality_is_ours_and_not_the_claim() -> None:
    """A worker with a good record beats one that only says so."""
    announcement, bids = auction([200], {"proven": [(60, 0.5)], "boaster": [(80, 1.0)]})
    standings = {
        (WorkerId("proven"), "task"): Standing(quality=0.8),
        (WorkerId("boaster"), "task"): Standing(quality=0.2),
    }
    (award,) = PayPerSuccess().clear(announcement, bids, standings, 0).awards

    assert award.worker == "proven"


@pytest.mark.parametrize("offer", [(0, 0.0), (10, 5e-324)])
def test_a_worker_that_promises_nothing_does_not_win(offer: tuple[int, float]) -> None:
    """A probability of zero, or so small that a float cannot hold the price, asks without bound."""
    announcement, bids = auction([200], {"a": [offer]})
    allocation = PayPerSuccess().clear(announcement, bids, {}, 0)

    assert [lot.reason for lot in allocation.unsold] == ["not-worth-it"]
