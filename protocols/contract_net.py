"""The coordinator's side of the FIPA Contract Net, without I/O.

`ContractNet` walks the tables of `protocols.moves` for one announcement. It awaits nothing, reads
no clock and calls nobody: who owns the clock tells it that the bidding closes, who owns the
mechanism tells it who won. Three rules hold throughout:

1. A worker's message never raises. It moves its own conversation along the table or changes
   nothing; what cannot count is answered, a bid by a rejection, the rest by not-understood.
2. A move of the coordinator that is not in the table raises `ProtocolError` and changes nothing.
3. A message that was taken may come again: it changes nothing and needs no answer.

Source: FIPA SC00029H (2002), Contract Net Interaction Protocol. A further round (FIPA SC00030H,
Iterated Contract Net) is an announcement of its own, whose lots name this one as their parent.
"""

from collections.abc import Iterable
from typing import Final

from protocols.conversation import TAKE, Conversation, LotProgress
from protocols.errors import ProtocolError
from protocols.mechanism import Allocation
from protocols.messages import (
    Announcement,
    Award,
    Bid,
    Cancellation,
    Failure,
    NotUnderstood,
    Refusal,
    Rejection,
    WorkerMessage,
)
from protocols.moves import (
    LOT_MOVES,
    PARTICIPANT_MOVES,
    LotMove,
    LotState,
    ParticipantMove,
    ParticipantState,
)
from protocols.replies import Decision, Replies
from protocols.units import TaskId, WorkerId

OUTBID: Final = "another bid won"
LAPSED: Final = "the award was not taken up in time"
GIVEN_UP: Final = "an earlier award was not taken up in time"
NOT_NEEDED: Final = "an earlier award succeeded"

# To read a member off its class costs as much as the move itself.
_START: Final = ParticipantMove.START
_START_LOT: Final = LotMove.START
_ANNOUNCED: Final = LotState.ANNOUNCED
_EVALUATING: Final = LotState.EVALUATING
_CALLED_OFF: Final = LotState.CANCELLED
_PROPOSED: Final = ParticipantState.PROPOSED
_ACCEPTED: Final = PARTICIPANT_MOVES[_PROPOSED, ParticipantMove.ACCEPT]
_REJECTED: Final = PARTICIPANT_MOVES[_PROPOSED, ParticipantMove.REJECT]


class ContractNet:
    """One announcement from the call for proposals to the end of every lot.

    To construct it is to announce. Then, in this order: `receive` takes answers until
    `close_bidding`; `allocate` awards; for each award in turn `start`, `receive` of its report and
    `settle`. `cancel` and `expire` end a lot early.

    Guarantees, whatever workers send: no exception; of each worker's answers to a lot only the
    first counts; the closing set (`bids`, `refusals`, `rejections`, `not_understood`, `silent`)
    depends on the order of one worker's own messages and never on which worker was faster; at most
    one worker at a time works on a lot, and it was awarded the lot.

    Args:
        announcement: Lots and participants, each named once. Every participant is invited to every
            lot that does not exclude it.

    Raises:
        ProtocolError: If a lot or a participant is named twice.

    >>> from protocols.messages import Lot, Participant
    >>> from protocols.units import AnnouncementId, Money
    >>> lot = Lot(task=TaskId("sum"), value=Money(9), reserve=Money(9))
    >>> ann = Participant(worker=WorkerId("ann"))
    >>> net = ContractNet(
    ...     Announcement(
    ...         announcement=AnnouncementId("a1"), number=1, lots=(lot,), participants=(ann,)
    ...     )
    ... )
    >>> net.close_bidding()
    >>> net.lot_state(TaskId("sum")).value, net.silent, net.is_over
    ('no-bids', ('ann',), True)
    """

    __slots__ = ("_allocated", "_closed", "_lots", "_name", "_replies", "announcement")

    def __init__(self, announcement: Announcement) -> None:
        self.announcement: Final = announcement
        self._name: Final = announcement.announcement
        self._closed = False
        self._allocated = False
        self._replies = Replies(self._name)
        self._lots: dict[TaskId | None, LotProgress] = {}
        workers = [participant.worker for participant in announcement.participants]
        announced = LOT_MOVES[LotState.CREATED, LotMove.ANNOUNCE]
        received = ParticipantState.RECEIVED
        for offered in announcement.lots:
            excluded = offered.excluded
            invited = {
                worker: Conversation(received) for worker in workers if worker not in excluded
            }
            lot = LotProgress(offered.task, announced, invited, len(invited))
            self._lots[offered.task] = lot
        if len(set(workers)) < len(workers) or len(self._lots) < len(announcement.lots):
            raise ProtocolError(f"announcement {self._name!r} names a lot or a participant twice")

    # ------------------------------------------------------------------ what workers say

    def receive(
        self, message: WorkerMessage, sender: WorkerId | None = None
    ) -> Rejection | NotUnderstood | None:
        """Take a worker's message and return the reply that it needs, if any.

        Args:
            message: What the worker says.
            sender: Who delivered it, where the transport knows; nobody speaks for another.

        Returns:
            ``None`` if the message was taken, now or before; a rejection of a bid that cannot
            count; not-understood for anything else that is out of place.
        """
        take = TAKE.get(type(message))
        if take is None:
            return self._replies.misread(None, sender or WorkerId("?"), "no worker may say this")
        task, worker = message.task, message.worker
        lot = self._lots.get(task)
        conversation = None if lot is None else lot.conversations.get(worker)
        if (
            lot is None
            or conversation is None
            or message.announcement != self._name
            or (sender is not None and sender != worker)
        ):
            return self._misaddressed(message, sender or worker)
        reason = take(lot, conversation, message)
        if reason is None:
            return None
        if type(message) is Bid:
            return self._replies.reject(message.task, worker, reason)
        return self._replies.misread(task, worker, reason)

    def _misaddressed(self, message: WorkerMessage, sender: WorkerId) -> NotUnderstood | None:
        known = message.task in self._lots
        task = message.task if known else None
        if sender != message.worker:
            return self._replies.misread(task, sender, "nobody speaks for another worker")
        if type(message) is NotUnderstood:
            if message.task is None and message.announcement == self._name:
                for lot in self._lots.values():
                    if conversation := lot.conversations.get(sender):
                        TAKE[NotUnderstood](lot, conversation, message)
            return None
        if message.announcement != self._name:
            return self._replies.misread(task, sender, "for another announcement")
        reason = "not invited to this lot" if known else "no such lot in this announcement"
        return self._replies.misread(task, sender, reason)

    # ------------------------------------------------------------------ what the coordinator does

    def close_bidding(self) -> None:
        """End the bidding on every lot; what comes later is late.

        Raises:
            ProtocolError: If it was closed before.
        """
        if self._closed:
            raise ProtocolError(f"the bidding of announcement {self._name!r} is closed already")
        self._closed = True
        for lot in self._lots.values():
            if lot.state is _ANNOUNCED:
                lot.advance(LotMove.CLOSE if lot.bids else LotMove.CLOSE_EMPTY)

    def allocate(self, allocation: Allocation) -> Decision:
        """Accept the bids that the allocation awards and turn the others down.

        Raises:
            ProtocolError: If the bidding is open, if lots were allocated before, if an award is not
                for a bid of the closing set, or if the ranks of a lot's awards are not 0, 1, 2, ...
        """
        lines = self._lines(allocation)
        self._allocated = True
        unsold = {lot.task: lot.reason for lot in allocation.unsold}
        turned_down: list[tuple[TaskId, WorkerId, str]] = []
        for lot in self._lots.values():
            if lot.state is not _EVALUATING:
                continue
            lot.awards = tuple(lines.get(lot.task, ()))
            lot.advance(LotMove.AWARD if lot.awards else LotMove.REJECT_ALL)
            for award in lot.awards:
                lot.conversations[award.worker].state = _ACCEPTED
            reason = OUTBID if lot.awards else unsold.get(lot.task, "unsold")
            for worker, conversation in lot.conversations.items():
                if conversation.state is _PROPOSED:
                    conversation.state = _REJECTED
                    turned_down.append((lot.task, worker, reason))
        return Decision(self._name, allocation.awards, tuple(turned_down))

    def start(self, task: TaskId, worker: WorkerId) -> None:
        """Note that a worker takes its award up and begins.

        Raises:
            ProtocolError: Unless the worker's award is the one whose turn it is, and not declined.
        """
        lot = self._lot(task)
        conversation = lot.at_work(worker)
        if conversation.state is ParticipantState.WITHDRAWN:
            raise ProtocolError(f"worker {worker!r} has declined the award of lot {task!r}")
        lot.advance(_START_LOT)
        conversation.move(_START)

    def settle(self, task: TaskId, worker: WorkerId, *, solved: bool) -> tuple[Cancellation, ...]:
        """End the award that was executed; if it solved nothing, the next one has its turn.

        Args:
            task: The lot.
            worker: Who reported.
            solved: Whether the coordinator has what it wanted; never true of a failure.

        Returns:
            The cancellations of the fallbacks that are no longer needed.

        Raises:
            ProtocolError: If the worker has not reported, or a failure is said to have solved.
        """
        lot = self._lot(task)
        report = lot.at_work(worker).report
        if report is None or (solved and type(report) is Failure):
            said = "has not reported" if report is None else "reported a failure"
            raise ProtocolError(f"worker {worker!r} {said}: lot {task!r} cannot be settled so")
        fallbacks = lot.awards[lot.turn + 1 :]
        if fallbacks and not solved:
            lot.advance(LotMove.FALL_BACK)
            lot.turn += 1
            return ()
        lot.advance(LotMove.SETTLE)
        if not fallbacks:
            return ()
        idle = lot.call_off([award.worker for award in fallbacks])
        return self._cancellations(lot, idle, NOT_NEEDED)

    def cancel(self, task: TaskId, reason: str) -> tuple[Cancellation, ...]:
        """Call a lot off, in any phase; also if work was reported but its outcome stays unknown.

        Returns:
            One cancellation for each worker that still has something to wait for or to do.

        Raises:
            ProtocolError: If the lot has ended.
        """
        lot = self._lot(task)
        lot.advance(LotMove.CANCEL)
        return self._cancellations(lot, lot.call_off(lot.conversations), reason)

    def expire(self, task: TaskId) -> tuple[Cancellation, ...]:
        """End a lot whose award was not taken up in time, or declined.

        Nobody inherits it: a contract was priced with the defaulter in the market, so to pass it on
        would let others gain by a default. Announce the task again without the defaulter.

        Returns:
            The cancellations of the lapsed award, unless its worker declined it, and of its
            fallbacks.

        Raises:
            ProtocolError: Unless the lot waits for an award to be taken up.
        """
        lot = self._lot(task)
        lot.advance(LotMove.EXPIRE)
        lapsed, *fallbacks = [award.worker for award in lot.awards[lot.turn :]]
        notice: tuple[Cancellation, ...] = ()
        if lot.conversations[lapsed].state is ParticipantState.AWARDED:
            lot.conversations[lapsed].move(ParticipantMove.TIME_OUT)
            notice = self._cancellations(lot, [lapsed], LAPSED)
        return notice + self._cancellations(lot, lot.call_off(fallbacks), GIVEN_UP)

    def _lines(self, allocation: Allocation) -> dict[TaskId, list[Award]]:
        """Return the awards of each lot; raises before anything has changed."""
        if allocation.announcement != self._name or not self._closed or self._allocated:
            raise ProtocolError(
                f"announcement {self._name!r} cannot be allocated: its bidding is open, it was"
                f" allocated before, or the allocation is for {allocation.announcement!r}"
            )
        lines: dict[TaskId, list[Award]] = {}
        for award in allocation.awards:
            lot = self._lots.get(award.task)
            conversation = None if lot is None else lot.conversations.get(award.worker)
            line = lines.setdefault(award.task, [])
            if (
                conversation is None
                or conversation.state is not _PROPOSED
                or award.rank != len(line)
                or (line and any(award.worker == earlier.worker for earlier in line))
            ):
                raise ProtocolError(
                    f"worker {award.worker!r} cannot be awarded lot {award.task!r} at rank"
                    f" {award.rank}: awards go to bidders, each once, in the order of their ranks"
                )
            line.append(award)
        return lines

    def _lot(self, task: TaskId) -> LotProgress:
        try:
            return self._lots[task]
        except KeyError:
            raise ProtocolError(f"announcement {self._name!r} has no lot {task!r}") from None

    def _cancellations(
        self, lot: LotProgress, workers: Iterable[WorkerId], reason: str
    ) -> tuple[Cancellation, ...]:
        return tuple(
            Cancellation(announcement=self._name, task=lot.task, worker=worker, reason=reason)
            for worker in workers
        )

    # ------------------------------------------------------------------ where things stand

    @property
    def bids(self) -> tuple[Bid, ...]:
        """The bids that count, by lot and participant as announced; none of a lot called off."""
        lots = [lot for lot in self._counted() if lot.bids]
        answers = [one.answer for lot in lots for one in lot.conversations.values()]
        return tuple([answer for answer in answers if type(answer) is Bid])

    @property
    def refusals(self) -> tuple[Refusal, ...]:
        """The refusals that came in time, in the order of `bids`."""
        lots = [lot for lot in self._counted() if lot.declined]
        answers = [one.answer for lot in lots for one in lot.conversations.values()]
        return tuple([answer for answer in answers if type(answer) is Refusal])

    @property
    def answers(self) -> tuple[Bid | Refusal, ...]:
        """The bids and refusals that came in time, also those on lots that were called off since."""
        said = [one.answer for lot in self._lots.values() for one in lot.conversations.values()]
        return tuple([answer for answer in said if isinstance(answer, Bid | Refusal)])

    @property
    def silent(self) -> tuple[WorkerId, ...]:
        """The workers that left at least one lot without an answer, in the order announced."""
        lots = [lot for lot in self._counted() if lot.unanswered]
        silent = {w for lot in lots for w, one in lot.conversations.items() if one.answer is None}
        participants = self.announcement.participants
        return tuple([one.worker for one in participants if one.worker in silent])

    @property
    def rejections(self) -> tuple[Rejection, ...]:
        """The bids turned away on arrival so far: late, called off, or not the worker's first.

        One for each task, worker and reason, in that order.
        """
        return self._replies.rejections

    @property
    def not_understood(self) -> tuple[NotUnderstood, ...]:
        """What made no sense so far, to us or to a worker that was called; ordered by content.

        Ours appear once for each task, worker and reason.
        """
        lots = [lot for lot in self._lots.values() if lot.declined]
        answers = [one.answer for lot in lots for one in lot.conversations.values()]
        theirs = [answer for answer in answers if type(answer) is NotUnderstood]
        said = [*self._replies.not_understood, *theirs]
        distinct = {(one.task or "", one.worker, one.reason): one for one in said}
        return tuple([distinct[key] for key in sorted(distinct)])

    @property
    def is_over(self) -> bool:
        """Whether every lot has ended."""
        return all(lot.is_over for lot in self._lots.values())

    def lot_state(self, task: TaskId) -> LotState:
        """Return where a lot stands; `ProtocolError` if it is none of this announcement."""
        return self._lot(task).state

    def participant_state(self, task: TaskId, worker: WorkerId) -> ParticipantState:
        """Return where a worker stands with a lot; `ProtocolError` if it was not invited."""
        conversation = self._lot(task).conversations.get(worker)
        if conversation is None:
            raise ProtocolError(f"worker {worker!r} was not invited to lot {task!r}")
        return conversation.state

    def _counted(self) -> list[LotProgress]:
        """Return all lots but those that were called off before they were awarded."""
        lots = self._lots.values()
        return [lot for lot in lots if lot.awards or lot.state is not _CALLED_OFF]
