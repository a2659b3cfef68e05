"""The tables of legal moves, and the page that draws them."""

from enum import StrEnum
from pathlib import Path

import pytest

from protocols.messages import (
    Announcement,
    Award,
    Bid,
    Cancellation,
    Failure,
    NotUnderstood,
    Refusal,
    Rejection,
    Result,
)
from protocols.moves import (
    LOT_MOVES,
    PARTICIPANT_MOVES,
    LotMove,
    LotState,
    ParticipantMove,
    ParticipantState,
    diagram,
    finals,
)

PAGE = Path(__file__).resolve().parents[2] / "docs" / "contract-net.md"


def test_every_lot_state_is_reachable() -> None:
    """No state of a lot is a dead word: each is entered by some sequence of moves."""
    reached = {LotState.CREATED}
    for _ in LotState:
        reached |= {new for (old, _), new in LOT_MOVES.items() if old in reached}

    assert reached == set(LotState)


def test_every_participant_state_is_reachable() -> None:
    """No state of a conversation is a dead word: each is entered by some sequence of moves."""
    reached = {ParticipantState.RECEIVED}
    for _ in ParticipantState:
        reached |= {new for (old, _), new in PARTICIPANT_MOVES.items() if old in reached}

    assert reached == set(ParticipantState)


def test_every_move_is_used() -> None:
    """No move is a dead word: each is legal in some state."""
    assert {move for _, move in LOT_MOVES} == set(LotMove)
    assert {move for _, move in PARTICIPANT_MOVES} == set(ParticipantMove)


def test_final_states_are_those_of_the_standard() -> None:
    """A lot ends settled, without bids, rejected, cancelled or expired, and never anywhere else."""
    assert finals(LOT_MOVES) == {
        LotState.SETTLED,
        LotState.NO_BIDS,
        LotState.ALL_REJECTED,
        LotState.CANCELLED,
        LotState.EXPIRED,
    }
    assert finals(PARTICIPANT_MOVES) == {
        ParticipantState.REFUSED,
        ParticipantState.REJECTED,
        ParticipantState.DONE,
        ParticipantState.FAILED,
        ParticipantState.CANCELLED,
        ParticipantState.AWARD_TIMEOUT,
        ParticipantState.WITHDRAWN,
    }


def test_whatever_was_announced_and_has_not_ended_can_be_cancelled() -> None:
    """A cancellation is legal in every phase of a lot and of a conversation."""
    open_lots = set(LotState) - finals(LOT_MOVES) - {LotState.CREATED}
    open_talks = set(ParticipantState) - finals(PARTICIPANT_MOVES)

    assert {old for old, move in LOT_MOVES if move is LotMove.CANCEL} == open_lots
    assert {old for old, move in PARTICIPANT_MOVES if move is ParticipantMove.CANCEL} == open_talks


def test_moves_are_named_as_the_messages_that_make_them() -> None:
    """A move that is a message bears the performative of FIPA that the message carries."""
    messages = (Bid, Refusal, NotUnderstood, Award, Rejection, Result, Failure, Cancellation)
    spoken = {kind.model_fields["performative"].default for kind in messages}
    silent = {ParticipantMove.START.value, ParticipantMove.TIME_OUT.value}

    assert {move.value for move in ParticipantMove} == spoken | silent
    assert Announcement.model_fields["performative"].default == "cfp"


class Light(StrEnum):
    """A table of two states, small enough to draw by hand."""

    RED = "red"
    GREEN = "green"


class Press(StrEnum):
    """The one move between them."""

    BUTTON = "button"


def test_a_diagram_is_drawn_from_its_table() -> None:
    """The drawing names the first state, every move and the final states, one a line."""
    drawn = diagram({(Light.RED, Press.BUTTON): Light.GREEN})

    assert drawn == (
        "stateDiagram-v2\n    [*] --> RED\n    RED --> GREEN : button\n    GREEN --> [*]\n"
    )


@pytest.mark.parametrize("drawn", [diagram(LOT_MOVES), diagram(PARTICIPANT_MOVES)])
def test_the_page_shows_the_tables(drawn: str) -> None:
    """docs/contract-net.md contains exactly the diagrams that the tables generate."""
    page = PAGE.read_text(encoding="utf-8")

    assert f"```mermaid\n{drawn}```\n" in page
    assert page.count("```mermaid\n") == 2
