"""Two books side by side: each announcement is read in the one that it belongs to."""

import pytest

from orchestrator.evaluation.decided import Ended
from orchestrator.memory.deposits import Deposits
from orchestrator.memory.standings import StandingBook
from orchestrator.memory.succession import Succession
from protocols.messages import Announcement, Participant
from protocols.units import AnnouncementId, Money
from tests.orchestrator.small_runs import FOR_A, T1, A, lot, settled

DONE = Ended(settled(A, T1, {"success": 1.0, "score": 0.0, "payment": 6, "cost": 2}))
KEY = (A, "task")


def call(number: int) -> Announcement:
    """Return an announcement of one lot to one worker."""
    return Announcement(
        announcement=AnnouncementId(f"a{number}"),
        number=number,
        lots=(lot(T1),),
        participants=(Participant(worker=A),),
    )


def books() -> Succession:
    """Return a book without deposits that is followed by one with deposits of 10 from number 3 on."""
    return Succession(StandingBook(), StandingBook(deposits=Deposits(Money(10), 1)), 2)


def test_each_announcement_is_read_in_its_book() -> None:
    """The first two know nothing of deposits; the third does, less what was settled before."""
    both = books()
    assert KEY not in both.open(call(1))
    both.learn(lot(T1), FOR_A, DONE)
    both.close()
    assert both.open(call(2))[KEY].balance is None
    both.learn(lot(T1), FOR_A, Ended(owed=Money(-4)))
    both.close()
    assert both.open(call(3))[KEY].balance == 10 + 6 - 4


def test_both_learn_the_same() -> None:
    """A success counts in both books, and once."""
    both = books()
    both.open(call(1))
    both.learn(lot(T1), FOR_A, DONE)
    both.close()
    early, late = both.open(call(2))[KEY], both.open(call(3))[KEY]
    assert early.quality == late.quality == pytest.approx(2 / 3)


def test_a_fork_of_a_fork() -> None:
    """Books may follow one another: numbers 1, 2 and 3 are read in three of them."""
    inner = Succession(
        StandingBook(deposits=Deposits(Money(1), 1)),
        StandingBook(deposits=Deposits(Money(2), 1)),
        1,
    )
    all_three = Succession(inner, StandingBook(deposits=Deposits(Money(3), 1)), 2)
    balances: list[object] = []
    for number in (1, 2, 3):
        balances.append(all_three.open(call(number))[KEY].balance)
        all_three.close()
    assert balances == [1, 2, 3]
