"""What workers can be charged while several announcements are open."""

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.mechanisms import mechanism_from
from orchestrator.memory.deposits import Deposits
from orchestrator.memory.standings import StandingBook, standing_book
from protocols.messages import Announcement, Lot, Participant
from protocols.units import AnnouncementId, Money, TaskId, WorkerId

ANN = Participant(worker=WorkerId("ann"))
BOB = Participant(worker=WorkerId("bob"), payable=True)


@given(
    st.integers(0, 1_000),
    st.integers(1, 4),
    st.lists(st.tuples(st.booleans(), st.floats(-1, 2)), max_size=30),
)
def test_nobody_ends_below_zero(start: int, at_once: int, steps: list[tuple[bool, float]]) -> None:
    """However announcements overlap: charged up to its part by each, a worker can always pay."""
    deposits = Deposits(Money(start), at_once)
    parts: list[int] = []
    for opens, factor in steps:
        if opens and len(parts) < at_once:
            parts.append(deposits.pledge([ANN])[ANN.worker])
        elif parts:
            part = parts.pop(0)
            deposits.note(ANN.worker, Money(int(max(factor, -1.0) * part)))
            deposits.close()
        assert deposits.balance(ANN.worker) >= sum(parts) >= 0


def test_one_announcement_at_a_time_may_use_the_whole_balance() -> None:
    """Where nothing overlaps, nothing is kept back, and earnings count."""
    deposits = Deposits(Money(10), at_once=1)
    deposits.pledge([ANN])
    deposits.note(ANN.worker, Money(7))
    deposits.close()

    assert deposits.pledge([ANN]) == {ANN.worker: 17}


def test_what_an_outsider_was_paid_covers_nothing() -> None:
    """Cash that has left cannot be charged; debts reduce the deposit all the same."""
    deposits = Deposits(Money(10), at_once=1)
    deposits.pledge([BOB])
    deposits.note(BOB.worker, Money(7))
    deposits.note(BOB.worker, Money(-3))

    assert deposits.balance(BOB.worker) == 7


def test_a_penalty_is_taken_from_the_deposit() -> None:
    """An award that was not taken up costs what the run says; without deposits nothing is kept."""
    deposits = Deposits(Money(10), at_once=1)
    StandingBook(deposits=deposits).charge(ANN.worker, Money(4))
    StandingBook().charge(ANN.worker, Money(4))

    assert deposits.balance(ANN.worker) == 6


def test_a_mechanism_that_asks_for_deposits_is_told_of_every_participant() -> None:
    """Even a newcomer has a balance, by kind; other mechanisms hear of nobody and of no limit."""
    announcement = Announcement(
        announcement=AnnouncementId("a1"),
        number=1,
        lots=(Lot(task=TaskId("t"), value=Money(9), reserve=Money(9)),),
        participants=(ANN, BOB),
    )
    secured = mechanism_from({"name": "deposit-vcg", "deposit": "0.00000001"})[1]
    told = standing_book(secured, 2).open(announcement)

    assert {who: standing.balance for who, standing in told.items()} == {
        (ANN.worker, "task"): 5,
        (BOB.worker, "task"): 5,
    }
    assert standing_book(mechanism_from("deposit-vcg")[1], 2).open(announcement) == {}
