"""How a lot advances, and whose turn it is."""

from dataclasses import astuple

import pytest

from protocols.contract import Contract
from protocols.conversation import TAKE, Conversation, LotProgress
from protocols.errors import ProtocolError
from protocols.messages import Award, Bid, Failure, NotUnderstood, Refusal, Result
from protocols.moves import LOT_MOVES, LotMove, LotState, ParticipantState
from protocols.units import AnnouncementId, Money, TaskId, WorkerId

ANN = WorkerId("ann")
BOB = WorkerId("bob")


def lot(state: LotState) -> LotProgress:
    """Return a lot to which ann and bob are invited."""
    talks = {name: Conversation(ParticipantState.RECEIVED) for name in (ANN, BOB)}
    return LotProgress(TaskId("t0"), state, talks, 2)


@pytest.mark.parametrize("state", LotState)
@pytest.mark.parametrize("move", LotMove)
def test_a_lot_advances_by_the_table_alone(state: LotState, move: LotMove) -> None:
    """Each move leads where the table says, or raises, naming lot, state and move."""
    one = lot(state)
    if (state, move) in LOT_MOVES:
        one.advance(move)

        assert one.state is LOT_MOVES[state, move]
    else:
        with pytest.raises(ProtocolError, match=f"lot 't0' is {state}: no move '{move}'"):
            one.advance(move)

        assert one.state is state


def test_only_the_worker_on_turn_is_at_work() -> None:
    """The turn decides who may begin; a lot without awards waits for nobody."""
    one = lot(LotState.AWARDED)
    with pytest.raises(ProtocolError, match="not the turn of worker 'ann' at lot 't0'"):
        one.at_work(ANN)
    one.awards = tuple(
        Award(
            announcement=AnnouncementId("a1"),
            task=TaskId("t0"),
            worker=worker,
            contract=Contract(report=0.5),
            rank=rank,
            score=Money(0),
            pivot=Money(0),
        )
        for rank, worker in enumerate((BOB, ANN))
    )

    assert one.at_work(BOB) is one.conversations[BOB]
    with pytest.raises(ProtocolError):
        one.at_work(ANN)


def test_only_what_lives_is_called_off() -> None:
    """To call off spares the conversations that have ended, and says which had not."""
    one = lot(LotState.CANCELLED)
    one.conversations[ANN].state = ParticipantState.REFUSED

    assert one.call_off([ANN, BOB]) == [BOB]
    assert one.conversations[ANN].state is ParticipantState.REFUSED
    assert one.conversations[BOB].state is ParticipantState.CANCELLED


def test_every_message_of_a_worker_is_taken_somehow() -> None:
    """The table of takers covers what a worker may say and nothing else."""
    assert set(TAKE) == {Bid, Refusal, NotUnderstood, Result, Failure}


def test_a_worker_that_did_not_answer_leaves_no_trace() -> None:
    """A new conversation has neither answer nor report, and its lot counts it as unanswered."""
    one = lot(LotState.ANNOUNCED)

    assert astuple(one.conversations[ANN]) == (ParticipantState.RECEIVED, None, None)
    assert (one.bids, one.unanswered, one.declined) == (0, 2, False)
