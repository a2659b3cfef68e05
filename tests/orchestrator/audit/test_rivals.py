"""Rules in use elsewhere: what they award, what they pay, and that lying pays under each of them."""

import pytest

from orchestrator.audit.misreports import MISREPORTS
from orchestrator.audit.replication import replicate
from orchestrator.audit.rivals import RIVALS
from orchestrator.audit.study import Played
from orchestrator.audit.verdict import judge
from protocols.messages import Announcement, Bid, Lot, Participant
from protocols.units import AnnouncementId, Money, TaskId, WorkerId
from tests.orchestrator.audit.crowds import crowd

BIDS = {"loud": (20, 0.95), "cheap": (1, 0.05), "good": (10, 0.90)}


def awarded(name: str, bids: dict[str, tuple[int, float]] = BIDS) -> tuple[str, int, int]:
    """Return who wins a lot worth 40, and what a success and a failure are paid."""
    announcement = Announcement(
        announcement=AnnouncementId("a1"),
        number=1,
        lots=(Lot(task=TaskId("t"), value=Money(40), reserve=Money(40)),),
        participants=tuple(Participant(worker=WorkerId(each)) for each in bids),
    )
    given = [
        Bid(
            announcement=AnnouncementId("a1"),
            task=TaskId("t"),
            worker=WorkerId(worker),
            cost=Money(cost),
            probability=chance,
        )
        for worker, (cost, chance) in bids.items()
    ]
    (award,) = RIVALS[name].clear(announcement, given, {}, 0).awards
    success, failure = (award.contract.pay(x, Money(0), 0.0) for x in (1.0, 0.0))
    return award.worker, success, failure


def test_the_highest_confidence_wins() -> None:
    """At whatever cost, which it is paid."""
    assert awarded("highest-confidence") == ("loud", 20, 20)


def test_a_cheap_worker_that_can_do_nothing_wins_by_confidence_per_cost() -> None:
    """0.05 for 1 beats 0.90 for 10, whose work would be worth 35 times as much."""
    assert awarded("confidence-per-cost", {k: BIDS[k] for k in ("cheap", "loud")}) == (
        "cheap",
        1,
        1,
    )


def test_a_linear_penalty_is_taken_off_a_failure() -> None:
    """Above one half, in proportion to the stated confidence and the value."""
    assert awarded("stated-value-penalty") == ("good", 10, 10 - 16)


def test_the_second_by_risk_sets_the_price() -> None:
    """The winner is paid what it could have asked for, at its own stated confidence."""
    bids = {"first": (10, 0.9), "second": (16, 0.8)}
    assert awarded("risk-adjusted-second", bids) == ("first", 18, 18)
    louder = {**bids, "first": (10, 1.0)}
    assert awarded("risk-adjusted-second", louder) == ("first", 20, 20)


@pytest.mark.parametrize("name", RIVALS)
def test_a_lie_pays_under_each_of_them(name: str) -> None:
    """The audit finds one on a small population, and finds none under the strict rule."""
    people = crowd(lots=1)
    rounds = tuple(
        replicate(RIVALS[name], people.scenes(r, 12), people.workers, list(MISREPORTS), r)
        for r in range(24)
    )
    found = judge(Played(name, rounds, (1.0,) * 24, None))
    assert found.best_lie is not None
    assert found.regret.mean > 0
