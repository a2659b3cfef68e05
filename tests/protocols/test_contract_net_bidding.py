"""The Contract Net until the bidding closes, one rule at a time."""

import pytest

from protocols.conversation import ANSWERED, BINDING, LATE, NOT_EXECUTING
from protocols.errors import ProtocolError
from protocols.messages import (
    NotUnderstood,
    Rejection,
    WorkerMessage,
)
from protocols.moves import LotState, ParticipantState
from protocols.units import WorkerId
from tests.protocols.little_market import (
    ANN,
    BOB,
    CYD,
    EVE,
    NAME,
    NOWHERE,
    OLD,
    T0,
    T1,
    TASKS,
    WORKERS,
    allocation,
    announce,
    bid,
    closing_set,
    failure,
    puzzled,
    refusal,
    result,
    states,
)


def test_a_bid_after_the_deadline_is_rejected_as_late() -> None:
    """FIPA SC00029H: a late proposal is rejected with that reason; the auction does not change."""
    net = announce()
    net.receive(bid(T0, ANN))
    net.close_bidding()
    before = (net.bids, net.refusals, net.silent)
    reply = net.receive(bid(T0, BOB))

    assert reply == Rejection(announcement=NAME, task=T0, worker=BOB, reason=LATE)
    assert (net.bids, net.refusals, net.silent) == before
    assert net.rejections == (reply,)
    assert net.participant_state(T0, BOB) is ParticipantState.REJECTED
    with pytest.raises(ProtocolError, match="'bob' cannot be awarded"):
        net.allocate(allocation((T0, [BOB])))


def test_a_late_bid_gets_the_same_answer_each_time() -> None:
    """Late bids, the same or another, in any later phase, are late; they are recorded once."""
    net = announce(tasks=(T0,))
    net.receive(bid(T0, ANN))
    net.close_bidding()
    replies = [net.receive(bid(T0, BOB)), net.receive(bid(T0, BOB, 7))]
    net.allocate(allocation((T0, [ANN])))
    replies.append(net.receive(bid(T0, BOB)))

    assert replies == [Rejection(announcement=NAME, task=T0, worker=BOB, reason=LATE)] * 3
    assert len(net.rejections) == 1


@pytest.mark.parametrize(
    "message",
    [bid(T0, ANN), refusal(T0, ANN), puzzled(T0, ANN)],
    ids=["propose", "refuse", "not-understood"],
)
def test_a_repeated_answer_has_no_second_effect(message: WorkerMessage) -> None:
    """The same answer again, also an equal copy, also after the deadline, changes nothing."""
    net = announce()
    first = net.receive(message)
    once = (states(net), closing_set(net))
    again = net.receive(message.model_copy(deep=True))
    twice = (states(net), closing_set(net))
    net.close_bidding()
    later = net.receive(message)

    assert first is again is later is None
    assert once == twice
    assert closing_set(net) == once[1]


def test_a_second_different_bid_is_refused_and_the_first_stays() -> None:
    """A bid is binding: a better or worse one of the same worker on the same lot does not count."""
    net = announce()
    net.receive(bid(T0, ANN, 5))
    reply = net.receive(bid(T0, ANN, 4))

    assert reply == Rejection(announcement=NAME, task=T0, worker=ANN, reason=BINDING)
    assert net.bids == (bid(T0, ANN, 5),)
    assert net.rejections == (reply,)
    net.close_bidding()
    assert net.receive(bid(T0, ANN, 4)) == reply


def test_an_answer_is_not_taken_back() -> None:
    """Who has bid cannot refuse and who has refused cannot bid or give another reason."""
    net = announce()
    net.receive(bid(T0, ANN))
    net.receive(refusal(T0, BOB, "busy"))
    withdrawn = net.receive(refusal(T0, ANN))
    changed = net.receive(bid(T0, BOB))
    reworded = net.receive(refusal(T0, BOB, "tired"))

    assert isinstance(withdrawn, NotUnderstood)
    assert withdrawn.reason == ANSWERED
    assert isinstance(changed, Rejection)
    assert changed.reason == BINDING
    assert isinstance(reworded, NotUnderstood)
    assert net.bids == (bid(T0, ANN),)
    assert net.refusals == (refusal(T0, BOB, "busy"),)


@pytest.mark.parametrize(
    ("message", "sender", "reason"),
    [
        (bid(NOWHERE, ANN), None, "no such lot in this announcement"),
        (bid(T0, ANN, announcement=OLD), None, "for another announcement"),
        (bid(T0, EVE), None, "not invited to this lot"),
        (bid(T0, CYD), None, "not invited to this lot"),
        (bid(T0, ANN), BOB, "nobody speaks for another worker"),
        (bid(T0, ANN), EVE, "nobody speaks for another worker"),
        (result(T0, ANN), None, NOT_EXECUTING),
        (failure(T0, ANN), None, NOT_EXECUTING),
        (result(NOWHERE, EVE), None, "no such lot in this announcement"),
    ],
)
def test_what_is_out_of_place_is_not_understood(
    message: WorkerMessage, sender: WorkerId | None, reason: str
) -> None:
    """Unknown lot, old round, uninvited, excluded, in another's name, not awarded: no effect."""
    net = announce(excluded=(CYD,))
    before = states(net)
    reply = net.receive(message, sender)

    assert isinstance(reply, NotUnderstood)
    assert reply.reason == reason
    assert reply.worker == (sender or message.worker)
    assert reply.task == (message.task if message.task in TASKS else None)
    assert states(net) == before
    assert net.not_understood == (reply,)
    assert net.bids == ()


def test_something_that_is_no_message_of_a_worker_is_not_understood() -> None:
    """Even a thing of the wrong type raises nothing and changes nothing."""
    net = announce()
    strange: list[object] = [net.announcement, None, "bid", {"task": "t0"}, 3]
    replies = [net.receive(thing, ANN) for thing in strange]  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]

    assert all(isinstance(reply, NotUnderstood) for reply in replies)
    assert len(net.not_understood) == 1


def test_a_puzzled_worker_has_answered_and_gets_no_answer() -> None:
    """Not-understood counts as the answer to a call, for one lot or all, and starts no ping-pong."""
    net = announce()
    replies = [net.receive(puzzled(T0, ANN)), net.receive(puzzled(None, BOB))]
    replies += [net.receive(puzzled(None, EVE)), net.receive(puzzled(NOWHERE, ANN))]

    assert replies == [None] * 4
    assert net.silent == (ANN, CYD)  # ann has not answered t1
    assert net.not_understood == (puzzled(None, BOB), puzzled(T0, ANN))
    assert net.participant_state(T1, BOB) is ParticipantState.REFUSED


def test_silence_blocks_nothing() -> None:
    """The bidding closes without those that say nothing; they are named in the order announced."""
    net = announce()
    net.receive(bid(T0, BOB))
    net.receive(bid(T1, BOB))
    net.receive(bid(T1, CYD))
    net.close_bidding()

    assert net.silent == (ANN, CYD)
    assert net.lot_state(T0) is LotState.EVALUATING


def test_nobody_bids() -> None:
    """Without any bid every lot ends as such and there is nothing to allocate."""
    net = announce()
    net.close_bidding()
    decision = net.allocate(allocation())

    assert {net.lot_state(task) for task in TASKS} == {LotState.NO_BIDS}
    assert net.silent == WORKERS
    assert net.is_over
    assert decision.turned_down == ()


def test_everybody_refuses() -> None:
    """Refusals alone are no bids, and nobody was silent."""
    net = announce()
    for task in TASKS:
        for worker in WORKERS:
            net.receive(refusal(task, worker))
    net.close_bidding()

    assert {net.lot_state(task) for task in TASKS} == {LotState.NO_BIDS}
    assert net.silent == ()
    assert len(net.refusals) == 6
