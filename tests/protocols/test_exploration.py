"""The exploration-separated bandit."""

from protocols.exploration import Explore
from protocols.mechanism import Standing
from protocols.pay_per_success import PayPerSuccess
from protocols.sortition import Sortition
from protocols.units import Money, WorkerId
from tests.protocols.auctions import auction

PAIR = {"a": [(10, 0.5)], "b": [(20, 0.5)]}
KNOWN = {
    (WorkerId("a"), "task"): Standing(quality=0.2),
    (WorkerId("b"), "task"): Standing(quality=0.9),
}


def test_the_first_announcements_are_drawn_by_lot() -> None:
    """While exploring, bids and standings decide nothing but who is willing."""
    announcement, bids = auction([100], PAIR)
    explored = Explore(1, Money(50)).clear(announcement, bids, KNOWN, 3)

    assert explored.awards == Sortition(Money(50)).clear(announcement, bids, {}, 3).awards
    assert explored.mechanism == "explore"


def test_afterwards_the_best_record_wins() -> None:
    """Once explored, the learned quality and the ask per success decide."""
    announcement, bids = auction([100], PAIR)
    later = announcement.model_copy(update={"number": 2})
    exploited = Explore(1).clear(later, bids, KNOWN, 3)

    assert [award.worker for award in exploited.awards] == ["b"]
    assert exploited.awards == PayPerSuccess().clear(later, bids, KNOWN, 3).awards


def test_only_what_is_explored_is_drawn() -> None:
    """While exploring the chance is one half for each of two workers; the best record is certain."""
    announcement, bids = auction([100], PAIR)
    later = announcement.model_copy(update={"number": 2})
    explored = [Explore(1).clear(announcement, bids, KNOWN, seed).awards[0] for seed in range(1000)]
    exploited = [Explore(1).clear(later, bids, KNOWN, seed).awards[0] for seed in range(20)]

    assert {award.propensity for award in explored} == {0.5}
    assert abs(sum(award.worker == "a" for award in explored) - 500) < 4 * 500**0.5 / 2**0.5
    assert {(award.worker, award.propensity) for award in exploited} == {("b", 1.0)}
