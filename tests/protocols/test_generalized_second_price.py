"""The generalised second-price auction."""

from protocols.generalized_second_price import GeneralizedSecondPrice
from protocols.properties import Setting, misreports, regret
from tests.protocols.auctions import auction


def test_each_lot_is_priced_by_the_next_score() -> None:
    """Asks per success of 10, 20, 60 on values 100 and 80: paid up to the next rival's ask."""
    announcement, bids = auction(
        [80, 100], {"a": [(10, 1.0)] * 2, "b": [(20, 1.0)] * 2, "c": [(60, 1.0)] * 2}
    )
    awards = GeneralizedSecondPrice().clear(announcement, bids, {}, 0).awards

    assert [(award.task, award.worker, award.contract.per_success) for award in awards] == [
        ("t0", "b", 60),
        ("t1", "a", 20),
    ]


def test_losing_the_first_lot_may_gain() -> None:
    """The winner of the contested lot earns more by losing it and taking the next: not truthful."""
    announcement, bids = auction(
        [100, 96], {"a": [(10, 1.0)] * 2, "b": [(12, 1.0)] * 2, "c": [(60, 1.0)] * 2}
    )
    setting = Setting(GeneralizedSecondPrice(), announcement)
    lies = misreports([bid for bid in bids if bid.worker == "a"], range(0, 64, 3), [1.0])

    assert regret(setting, bids, {"a"}, lies).gain >= 40
