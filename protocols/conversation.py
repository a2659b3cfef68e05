"""What one worker and the coordinator say about one lot, and how each message of the worker is taken.

A message moves its conversation along `PARTICIPANT_MOVES`, or it changes nothing and there is a
reason to tell the worker. The first answer to a call is binding, and so is the first report; the
same one again is redelivery and does no harm.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from protocols.errors import ProtocolError
from protocols.messages import Award, Bid, Failure, NotUnderstood, Refusal, Result
from protocols.moves import (
    LOT_MOVES,
    PARTICIPANT_MOVES,
    LotMove,
    LotState,
    ParticipantMove,
    ParticipantState,
    finals,
)
from protocols.units import TaskId, WorkerId

LATE: Final = "late"
"""The reason that FIPA SC00029H prescribes for a proposal after the deadline."""

CALLED_OFF: Final = "the lot was called off"
BINDING: Final = "a bid is binding; a second, different one is refused"
ANSWERED: Final = "the lot was answered before, and an answer is binding"
NOT_EXECUTING: Final = "this worker is not executing this lot"
REPORTED: Final = "a report is final; a second, different one is refused"

# To read a member off its class costs as much as the move itself.
_PROPOSE: Final = ParticipantMove.PROPOSE
_INFORM: Final = ParticipantMove.INFORM
_FAIL: Final = ParticipantMove.FAIL
_ANNOUNCED: Final = LotState.ANNOUNCED
_ENDED: Final = finals(LOT_MOVES)
_CANCELLABLE: Final = {state for state, move in PARTICIPANT_MOVES if move is ParticipantMove.CANCEL}


@dataclass(slots=True, eq=False)
class LotProgress:
    """One lot on its way: its conversations, and its awards in the order of their turns.

    Attributes:
        unanswered: How many invited workers have not answered in time.
        bids: How many answers are bids.
        turn: Which of the awards may start or is being executed.
    """

    task: TaskId
    state: LotState
    conversations: dict[WorkerId, "Conversation"]
    unanswered: int
    bids: int = 0
    awards: tuple[Award, ...] = ()
    turn: int = 0

    def advance(self, move: LotMove) -> None:
        """Move along the table; raise `ProtocolError` and change nothing if it is not there."""
        state = LOT_MOVES.get((self.state, move))
        if state is None:
            raise ProtocolError(f"lot {self.task!r} is {self.state}: no move {move.value!r}")
        self.state = state

    @property
    def is_over(self) -> bool:
        """Whether the lot has ended."""
        return self.state in _ENDED

    @property
    def declined(self) -> bool:
        """Whether some answer is not a bid."""
        return self.bids + self.unanswered < len(self.conversations)

    def at_work(self, worker: WorkerId) -> "Conversation":
        """Return the conversation with the worker whose turn it is, or raise `ProtocolError`."""
        if not self.awards or self.awards[self.turn].worker != worker:
            raise ProtocolError(f"it is not the turn of worker {worker!r} at lot {self.task!r}")
        return self.conversations[worker]

    def call_off(self, workers: Iterable[WorkerId]) -> list[WorkerId]:
        """Cancel these conversations and return those that had not ended anyway."""
        live = [worker for worker in workers if self.conversations[worker].state in _CANCELLABLE]
        for worker in live:
            self.conversations[worker].move(ParticipantMove.CANCEL)
        return live


@dataclass(slots=True, eq=False)
class Conversation:
    """One worker about one lot.

    Attributes:
        answer: The first answer to the call, if it came in time.
        report: The first report on the work.
    """

    state: ParticipantState
    answer: Bid | Refusal | NotUnderstood | None = None
    report: Result | Failure | None = None

    def move(self, move: ParticipantMove) -> None:
        """Move along the table; who calls this knows that the move is there."""
        self.state = PARTICIPANT_MOVES[self.state, move]


def _take_bid(lot: LotProgress, conversation: Conversation, bid: Bid) -> str | None:
    answer = conversation.answer
    if answer is not None:
        return None if answer is bid or answer == bid else BINDING
    if lot.state is _ANNOUNCED:
        conversation.state = PARTICIPANT_MOVES[conversation.state, _PROPOSE]
        conversation.answer = bid
        lot.unanswered -= 1
        lot.bids += 1
        return None
    if conversation.state is ParticipantState.RECEIVED:
        conversation.move(ParticipantMove.PROPOSE)
        conversation.move(ParticipantMove.REJECT)
    return CALLED_OFF if conversation.state is ParticipantState.CANCELLED else LATE


def _take_refusal(lot: LotProgress, conversation: Conversation, refusal: Refusal) -> str | None:
    if conversation.answer is not None:
        return _withdraw(lot, conversation, refusal)
    _decline(lot, conversation, refusal, ParticipantMove.REFUSE)
    return None


def _withdraw(lot: LotProgress, conversation: Conversation, refusal: Refusal) -> str | None:
    """Take a refusal after an answer: it declines the award whose turn it is, or comes too late."""
    if conversation.answer == refusal or conversation.state is ParticipantState.WITHDRAWN:
        return None
    if lot.state is LotState.AWARDED and lot.awards[lot.turn].worker == refusal.worker:
        conversation.move(ParticipantMove.REFUSE)
        return None
    return ANSWERED


def _take_not_understood(
    lot: LotProgress, conversation: Conversation, message: NotUnderstood
) -> None:
    """Count it as the answer to a call; a later one is left to the deadline of the award.

    It is never answered in kind, or two puzzled parties would talk for ever.
    """
    if conversation.answer is None:
        _decline(lot, conversation, message, ParticipantMove.NOT_UNDERSTAND)


def _decline(
    lot: LotProgress,
    conversation: Conversation,
    answer: Refusal | NotUnderstood,
    move: ParticipantMove,
) -> None:
    if lot.state is _ANNOUNCED:
        conversation.answer = answer
        lot.unanswered -= 1
    if conversation.state is ParticipantState.RECEIVED:
        conversation.move(move)


def _take_report(
    lot: LotProgress, conversation: Conversation, report: Result | Failure
) -> str | None:
    del lot
    move = _INFORM if type(report) is Result else _FAIL
    state = PARTICIPANT_MOVES.get((conversation.state, move))
    if state is not None:
        conversation.state = state
        conversation.report = report
        return None
    if conversation.report is None:
        return NOT_EXECUTING
    return None if conversation.report == report else REPORTED


TAKE: Final[Mapping[type, Callable[[LotProgress, Conversation, Any], str | None]]] = {
    Bid: _take_bid,
    Refusal: _take_refusal,
    NotUnderstood: _take_not_understood,
    Result: _take_report,
    Failure: _take_report,
}
"""How each kind of message is taken; returns why it was not, for the worker to read."""
