"""The legal moves of the Contract Net: two tables, and the diagrams drawn from them.

Everything that decides whether a move is legal is written here and nowhere else: one table for a
lot as the coordinator sees it, one for the conversation between coordinator and one worker about
one lot. `ContractNet` walks them; a state without a move is final.

Source: FIPA SC00029H (2002), Contract Net Interaction Protocol; Smith (1980) for the roles. Ours
are the fallback from one award to the next, the award that lapses unacknowledged, and the one that
its worker declines (confirmation: Knabe, Schillo and Fischer 2002).
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, TypeVar


class LotState(StrEnum):
    """Where a lot stands in the eyes of the coordinator."""

    CREATED = "created"
    ANNOUNCED = "announced"
    EVALUATING = "evaluating"
    AWARDED = "awarded"
    EXECUTING = "executing"
    SETTLED = "settled"
    NO_BIDS = "no-bids"
    ALL_REJECTED = "all-rejected"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class LotMove(StrEnum):
    """What may happen to a lot; every one of these is a decision of the coordinator."""

    ANNOUNCE = "announce"
    CLOSE = "close"
    CLOSE_EMPTY = "close without bids"
    AWARD = "award"
    REJECT_ALL = "reject all"
    START = "start"
    FALL_BACK = "fall back"
    SETTLE = "settle"
    CANCEL = "cancel"
    EXPIRE = "expire"


LOT_MOVES: Final[Mapping[tuple[LotState, LotMove], LotState]] = {
    (LotState.CREATED, LotMove.ANNOUNCE): LotState.ANNOUNCED,
    (LotState.ANNOUNCED, LotMove.CLOSE): LotState.EVALUATING,
    (LotState.ANNOUNCED, LotMove.CLOSE_EMPTY): LotState.NO_BIDS,
    (LotState.ANNOUNCED, LotMove.CANCEL): LotState.CANCELLED,
    (LotState.EVALUATING, LotMove.AWARD): LotState.AWARDED,
    (LotState.EVALUATING, LotMove.REJECT_ALL): LotState.ALL_REJECTED,
    (LotState.EVALUATING, LotMove.CANCEL): LotState.CANCELLED,
    (LotState.AWARDED, LotMove.START): LotState.EXECUTING,
    (LotState.AWARDED, LotMove.CANCEL): LotState.CANCELLED,
    (LotState.AWARDED, LotMove.EXPIRE): LotState.EXPIRED,
    (LotState.EXECUTING, LotMove.FALL_BACK): LotState.AWARDED,
    (LotState.EXECUTING, LotMove.SETTLE): LotState.SETTLED,
    (LotState.EXECUTING, LotMove.CANCEL): LotState.CANCELLED,
}
"""The legal moves of a lot; it begins as the first row does."""


class ParticipantState(StrEnum):
    """Where one worker stands with one lot; both sides of the conversation use these words."""

    RECEIVED = "received"
    PROPOSED = "proposed"
    REFUSED = "refused"
    AWARDED = "awarded"
    REJECTED = "rejected"
    EXECUTING = "executing"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    AWARD_TIMEOUT = "award-timeout"
    WITHDRAWN = "withdrawn"


class ParticipantMove(StrEnum):
    """What is said or happens between the coordinator and one worker about one lot."""

    PROPOSE = "propose"
    REFUSE = "refuse"
    NOT_UNDERSTAND = "not-understood"
    ACCEPT = "accept-proposal"
    REJECT = "reject-proposal"
    START = "start"
    INFORM = "inform"
    FAIL = "failure"
    CANCEL = "cancel"
    TIME_OUT = "time out"


PARTICIPANT_MOVES: Final[Mapping[tuple[ParticipantState, ParticipantMove], ParticipantState]] = {
    (ParticipantState.RECEIVED, ParticipantMove.PROPOSE): ParticipantState.PROPOSED,
    (ParticipantState.RECEIVED, ParticipantMove.REFUSE): ParticipantState.REFUSED,
    (ParticipantState.RECEIVED, ParticipantMove.NOT_UNDERSTAND): ParticipantState.REFUSED,
    (ParticipantState.RECEIVED, ParticipantMove.CANCEL): ParticipantState.CANCELLED,
    (ParticipantState.PROPOSED, ParticipantMove.ACCEPT): ParticipantState.AWARDED,
    (ParticipantState.PROPOSED, ParticipantMove.REJECT): ParticipantState.REJECTED,
    (ParticipantState.PROPOSED, ParticipantMove.CANCEL): ParticipantState.CANCELLED,
    (ParticipantState.AWARDED, ParticipantMove.START): ParticipantState.EXECUTING,
    (ParticipantState.AWARDED, ParticipantMove.REFUSE): ParticipantState.WITHDRAWN,
    (ParticipantState.AWARDED, ParticipantMove.CANCEL): ParticipantState.CANCELLED,
    (ParticipantState.AWARDED, ParticipantMove.TIME_OUT): ParticipantState.AWARD_TIMEOUT,
    (ParticipantState.EXECUTING, ParticipantMove.INFORM): ParticipantState.DONE,
    (ParticipantState.EXECUTING, ParticipantMove.FAIL): ParticipantState.FAILED,
    (ParticipantState.EXECUTING, ParticipantMove.CANCEL): ParticipantState.CANCELLED,
}
"""The legal moves of a conversation; it begins as the first row does."""

_State = TypeVar("_State", bound=StrEnum)
_Move = TypeVar("_Move", bound=StrEnum)


def finals(table: Mapping[tuple[_State, _Move], _State]) -> frozenset[_State]:
    """Return the states of a table that no move leaves.

    >>> sorted(state.value for state in finals(LOT_MOVES))
    ['all-rejected', 'cancelled', 'expired', 'no-bids', 'settled']
    """
    return frozenset(table.values()) - {state for state, _ in table}


def diagram(table: Mapping[tuple[_State, _Move], _State]) -> str:
    """Draw a table of moves as a mermaid state diagram, ending in a newline.

    >>> print(diagram(LOT_MOVES).splitlines()[2])
        CREATED --> ANNOUNCED : announce
    """
    first = next(iter(table))[0]
    lines = ["stateDiagram-v2", f"    [*] --> {first.name}"]
    lines += [f"    {old.name} --> {new.name} : {move}" for (old, move), new in table.items()]
    lines += [f"    {state.name} --> [*]" for state in sorted(finals(table))]
    return "\n".join(lines) + "\n"
