"""The first-price auction."""

from protocols.first_price import FirstPrice
from protocols.properties import Setting, misreports, regret
from tests.protocols.auctions import auction


def test_the_lowest_bid_wins_and_is_paid_its_bid() -> None:
    """Pay as bid, whatever the outcome of the work."""
    announcement, bids = auction([100], {"a": [(40, 0.5)], "b": [(55, 0.9)]})
    (award,) = FirstPrice().clear(announcement, bids, {}, 0).awards

    assert (award.worker, award.contract.base, award.contract.per_success) == ("a", 40, 0)


def test_asking_for_more_gains() -> None:
    """Against a rival at 55 a worker with cost 40 gains by asking for 54."""
    announcement, bids = auction([100], {"a": [(40, 0.5)], "b": [(55, 0.9)]})
    lies = misreports([bids[0]], range(101), [0.5])
    found = regret(Setting(FirstPrice(), announcement), bids, {bids[0].worker}, lies)

    assert found.gain == 14
    assert found.bids[0].cost == 54


def test_the_uniform_equilibrium_is_a_best_reply() -> None:
    """With n uniform costs, b(c) = c + (1 - c) / n is a best reply to itself (Krishna 2010)."""
    bidders, cost = 3, 0.25

    def profit(bid: float) -> float:
        # a rival with cost z asks z + (1 - z) / n, so it asks more than the bid with this chance
        threshold = (bidders * bid - 1) / (bidders - 1)
        return (bid - cost) * (1 - max(threshold, 0.0)) ** (bidders - 1)

    best = max((step / 1000 for step in range(250, 1001)), key=profit)

    assert abs(best - (cost + (1 - cost) / bidders)) <= 0.001
