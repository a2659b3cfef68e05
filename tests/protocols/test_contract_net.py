"""The Contract Net from the awards to the end, one rule at a time."""

from collections.abc import Callable

import pytest

from protocols.contract_net import GIVEN_UP, LAPSED, NOT_NEEDED, OUTBID, ContractNet
from protocols.conversation import CALLED_OFF, REPORTED
from protocols.errors import ProtocolError
from protocols.messages import (
    Bid,
    Cancellation,
    NotUnderstood,
    Refusal,
    Rejection,
)
from protocols.moves import LotState, ParticipantState
from protocols.units import AnnouncementId, WorkerId
from tests.protocols.little_market import (
    ANN,
    BOB,
    CYD,
    EVE,
    NAME,
    T0,
    T1,
    WORKERS,
    allocation,
    announce,
    awarded,
    bid,
    failure,
    refusal,
    result,
    states,
)


def test_a_lot_goes_the_whole_way() -> None:
    """Announced, evaluated, awarded, executed and settled: the plain run needs no reply at all."""
    net = announce(tasks=(T0,))
    seen = [net.lot_state(T0)]
    assert [net.receive(bid(T0, worker)) for worker in (BOB, ANN)] == [None, None]
    assert net.receive(refusal(T0, CYD)) is None
    net.close_bidding()
    seen.append(net.lot_state(T0))
    decision = net.allocate(allocation((T0, [ANN])))
    seen.append(net.lot_state(T0))
    net.start(T0, ANN)
    seen.append(net.lot_state(T0))
    assert net.receive(result(T0, ANN)) is None
    assert not net.is_over
    assert net.settle(T0, ANN, solved=True) == ()
    seen.append(net.lot_state(T0))

    assert seen == [
        LotState.ANNOUNCED,
        LotState.EVALUATING,
        LotState.AWARDED,
        LotState.EXECUTING,
        LotState.SETTLED,
    ]
    assert [award.worker for award in decision.awards] == [ANN]
    assert decision.turned_down == ((T0, BOB, OUTBID),)
    assert net.participant_state(T0, ANN) is ParticipantState.DONE
    assert net.participant_state(T0, BOB) is ParticipantState.REJECTED
    assert net.participant_state(T0, CYD) is ParticipantState.REFUSED
    assert net.is_over


def test_a_lot_that_is_not_sold_turns_all_bids_down() -> None:
    """Accepting none is legal (FIPA SC00029H); each loser is told why the lot was not sold."""
    net = announce()
    net.receive(bid(T0, ANN))
    net.receive(bid(T1, BOB))
    net.close_bidding()
    decision = net.allocate(allocation((T1, [BOB])))

    assert net.lot_state(T0) is LotState.ALL_REJECTED
    assert decision.rejections() == (
        Rejection(announcement=NAME, task=T0, worker=ANN, reason="not-worth-it"),
    )


@pytest.mark.parametrize("worker", [BOB, EVE])
def test_a_result_of_somebody_else_is_not_understood(worker: WorkerId) -> None:
    """Only the worker that was awarded and has started may report."""
    net = awarded(ANN)
    net.start(T0, ANN)
    before = states(net)
    reply = net.receive(result(T0, worker))

    assert isinstance(reply, NotUnderstood)
    assert states(net) == before
    with pytest.raises(ProtocolError, match="'ann' has not reported"):
        net.settle(T0, ANN, solved=True)


def test_a_result_before_the_start_is_not_understood_and_may_come_again() -> None:
    """An award alone allows no report; once the work has started the same report is taken."""
    net = awarded(ANN)
    early = net.receive(result(T0, ANN))
    net.start(T0, ANN)

    assert isinstance(early, NotUnderstood)
    assert net.receive(result(T0, ANN)) is None
    assert net.participant_state(T0, ANN) is ParticipantState.DONE


def test_the_first_report_is_final() -> None:
    """The same report again is redelivery; a different one is not understood."""
    net = awarded(ANN)
    net.start(T0, ANN)
    net.receive(result(T0, ANN))
    replies = [
        net.receive(result(T0, ANN)),
        net.receive(result(T0, ANN, "43")),
        net.receive(failure(T0, ANN)),
    ]

    assert replies[0] is None
    assert [isinstance(reply, NotUnderstood) for reply in replies] == [False, True, True]
    assert {reply.reason for reply in replies if reply} == {REPORTED}


def test_a_fallback_has_its_turn_after_a_failure_only() -> None:
    """The next rank may start only when the one before has been settled without success."""
    net = awarded(BOB, ANN, CYD)
    with pytest.raises(ProtocolError, match="not the turn of worker 'ann'"):
        net.start(T0, ANN)
    net.start(T0, BOB)
    with pytest.raises(ProtocolError, match="not the turn of worker 'ann'"):
        net.start(T0, ANN)
    net.receive(failure(T0, BOB))
    assert net.settle(T0, BOB, solved=False) == ()
    assert net.lot_state(T0) is LotState.AWARDED
    net.start(T0, ANN)
    net.receive(result(T0, ANN))

    assert net.settle(T0, ANN, solved=True) == (
        Cancellation(announcement=NAME, task=T0, worker=CYD, reason=NOT_NEEDED),
    )
    assert net.lot_state(T0) is LotState.SETTLED
    assert net.participant_state(T0, CYD) is ParticipantState.CANCELLED


def test_a_sequence_that_solves_nothing_ends_settled() -> None:
    """When the last award has failed, too, the lot has ended: a further try is a new announcement."""
    net = awarded(BOB, ANN)
    for worker in (BOB, ANN):
        net.start(T0, worker)
        net.receive(failure(T0, worker))
        net.settle(T0, worker, solved=False)

    assert net.lot_state(T0) is LotState.SETTLED
    assert net.is_over


def _to_announced() -> ContractNet:
    net = announce(tasks=(T0,))
    net.receive(bid(T0, ANN))
    net.receive(refusal(T0, BOB))
    return net


def _to_evaluating() -> ContractNet:
    net = _to_announced()
    net.close_bidding()
    return net


def _to_executing() -> ContractNet:
    net = awarded(ANN, BOB)
    net.start(T0, ANN)
    return net


def _to_reported() -> ContractNet:
    net = _to_executing()
    net.receive(result(T0, ANN))
    return net


@pytest.mark.parametrize(
    ("reach", "told"),
    [
        (_to_announced, [ANN, CYD]),
        (_to_evaluating, [ANN, CYD]),
        (lambda: awarded(ANN, BOB), [ANN, BOB]),
        (_to_executing, [ANN, BOB]),
        (_to_reported, [BOB]),
    ],
    ids=["announced", "evaluating", "awarded", "executing", "reported"],
)
def test_a_lot_is_cancelled_in_each_phase(
    reach: Callable[[], ContractNet], told: list[WorkerId]
) -> None:
    """Whoever has something to wait for or to do is told, and nothing said later has an effect."""
    net = reach()
    notices = net.cancel(T0, "shutdown")
    ended = states(net)
    late = [net.receive(bid(T0, worker)) for worker in WORKERS]
    late += [net.receive(result(T0, ANN, "x")), net.receive(failure(T0, BOB))]

    assert [(notice.worker, notice.reason) for notice in notices] == [
        (worker, "shutdown") for worker in told
    ]
    assert net.lot_state(T0) is LotState.CANCELLED
    assert net.is_over
    assert states(net) == ended
    assert all(isinstance(reply, NotUnderstood) for reply in late[3:])
    with pytest.raises(ProtocolError, match="lot 't0' is cancelled: no move 'cancel'"):
        net.cancel(T0, "again")


def test_the_bids_of_a_lot_called_off_do_not_count() -> None:
    """A mechanism never sees the bids of a lot that was called off before it was awarded."""
    net = announce()
    net.receive(bid(T0, ANN))
    net.receive(bid(T1, ANN))
    net.cancel(T0, "not needed")
    crossed = net.receive(bid(T0, BOB))
    net.close_bidding()

    assert net.bids == (bid(T1, ANN),)
    assert isinstance(crossed, Rejection)
    assert crossed.reason == CALLED_OFF


def test_what_was_answered_stays_known_when_a_lot_is_called_off() -> None:
    """The answers to a lot called off do not count, but asking for them may have cost."""
    net = announce()
    said: list[Bid | Refusal] = [bid(T0, ANN), refusal(T0, BOB), bid(T1, CYD)]
    for answer in said:
        net.receive(answer)
    net.cancel(T0, "not wanted")

    assert net.bids == (said[2],)
    assert net.refusals == ()
    assert net.answers == tuple(said)


def test_an_award_that_nobody_takes_up_expires_for_all() -> None:
    """The lot ends, the defaulter is told, and no fallback inherits the contract."""
    net = awarded(BOB, ANN)
    notices = net.expire(T0)

    assert [(notice.worker, notice.reason) for notice in notices] == [
        (BOB, LAPSED),
        (ANN, GIVEN_UP),
    ]
    assert net.lot_state(T0) is LotState.EXPIRED
    assert net.participant_state(T0, BOB) is ParticipantState.AWARD_TIMEOUT
    assert net.is_over
    with pytest.raises(ProtocolError):
        net.start(T0, ANN)


def test_who_declines_its_award_ends_it_for_all() -> None:
    """A refusal in place of the start: it may come twice, and the fallback inherits nothing."""
    net = awarded(BOB, ANN)

    assert net.receive(refusal(T0, BOB, "no room")) is None
    assert net.receive(refusal(T0, BOB, "no room at all")) is None
    assert net.participant_state(T0, BOB) is ParticipantState.WITHDRAWN
    with pytest.raises(ProtocolError, match="has declined the award"):
        net.start(T0, BOB)
    assert [(notice.worker, notice.reason) for notice in net.expire(T0)] == [(ANN, GIVEN_UP)]
    assert net.lot_state(T0) is LotState.EXPIRED


def test_only_the_award_whose_turn_it_is_can_be_declined() -> None:
    """A fallback that refuses beforehand, or work under way, is bound by its bid."""
    net = awarded(BOB, ANN)
    early = net.receive(refusal(T0, ANN))
    net.start(T0, BOB)
    late = net.receive(refusal(T0, BOB))

    assert isinstance(early, NotUnderstood)
    assert isinstance(late, NotUnderstood)
    assert net.participant_state(T0, ANN) is ParticipantState.AWARDED
    assert net.participant_state(T0, BOB) is ParticipantState.EXECUTING


def test_a_further_round_runs_without_the_defaulter() -> None:
    """After a default the task is announced anew; the defaulter and the old round are shut out."""
    net = awarded(BOB)
    net.expire(T0)
    lot = net.announcement.lots[0]
    again = lot.model_copy(update={"parent": NAME, "attempt": 2, "excluded": (BOB,)})
    second = AnnouncementId("a2")
    rerun = ContractNet(
        net.announcement.model_copy(update={"announcement": second, "number": 3, "lots": (again,)})
    )
    replies = [
        rerun.receive(bid(T0, ANN)),
        rerun.receive(bid(T0, BOB, announcement=second)),
        rerun.receive(bid(T0, ANN, announcement=second)),
    ]

    assert [isinstance(reply, NotUnderstood) for reply in replies] == [True, True, False]
    assert rerun.bids == (bid(T0, ANN, announcement=second),)
    assert rerun.silent == (CYD,)
