"""Reads announcements as they were decided: what was put up, who bid, who won, what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

from orchestrator.market import Limits
from orchestrator.mechanisms import mechanism_from
from orchestrator.memory.journal import JournalError
from orchestrator.memory.ledger import billed
from orchestrator.memory.standings import StandingBook, standing_book
from protocols.decommitment import Lapsed, Withdrawn
from protocols.events import (
    Allocated,
    Announced,
    BidsClosed,
    Closed,
    Event,
    Finished,
    RunOpened,
    Settled,
    Started,
    Unsettled,
    Verified,
)
from protocols.planning import PlanAnswered, PlanAsked
from protocols.stopping import SetAside
from protocols.units import ZERO, Money

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from orchestrator.memory.record import Record
    from protocols.contract import Settlement
    from protocols.mechanism import Mechanism, Standings
    from protocols.messages import Announcement, Award, Bid, Lot
    from protocols.units import AnnouncementId, TaskId, WorkerId

    Pair = tuple[TaskId, WorkerId]

Stage = Literal["announced", "decided", "closed", "planned"]


@dataclass(slots=True)
class Ended:
    """How one award ended, as far as it did.

    Attributes:
        settlement: What was scored and paid; ``None`` if it never was.
        owed: What the worker got for an award that was withdrawn or whose answer was set aside; negative where it owed for a lapsed one.
        cost: The metered cost of the work; ``None`` if there was none.
        extra: The cash for lost calls and verdicts; all cash where it was never settled.
        lapsed: Whether the worker did not take it up.
        withdrawn: Whether the coordinator took it back.
        set_aside: Whether its answer was not delivered, because a better one was in hand.
    """

    settlement: Settlement | None = None
    owed: Money = ZERO
    cost: Money | None = None
    extra: int = 0
    lapsed: bool = False
    withdrawn: bool = False
    set_aside: bool = False


@dataclass(slots=True)
class Held:
    """One announcement with everything that was decided on it so far.

    Attributes:
        announcement: The lots and who was asked.
        judging: The most that judging an answer may cost, by lot.
        asking: The cash that was held for asking.
        asked: The cash that asking has cost.
        bids: The closing set.
        called_off: The lots that were called off while bids were taken.
        awards: In the order of the lots, by rank.
        unfunded: The lots whose awards the budget could not bear.
        ended: How the awards ended.
    """

    announcement: Announcement
    judging: Mapping[TaskId, int] = field(default_factory=dict["TaskId", int])
    asking: int = 0
    asked: int = 0
    bids: tuple[Bid, ...] = ()
    called_off: tuple[TaskId, ...] = ()
    awards: tuple[Award, ...] = ()
    unfunded: tuple[TaskId, ...] = ()
    ended: dict[Pair, Ended] = field(default_factory=dict["Pair", Ended])

    @property
    def lots(self) -> Mapping[TaskId, Lot]:
        """The lots by task."""
        return {lot.task: lot for lot in self.announcement.lots}

    @property
    def kinds(self) -> Mapping[TaskId, str]:
        """The kind of each lot."""
        return {lot.task: lot.kind for lot in self.announcement.lots}

    def settlement(self, task: TaskId, worker: WorkerId) -> Settlement | None:
        """Return what an award was settled at, if it was."""
        ended = self.ended.get((task, worker))
        return None if ended is None else ended.settlement


class Turn(NamedTuple):
    """One step of a run that depends on what was known then.

    Attributes:
        stage: An announcement was made, decided or closed; or a planner was paid.
        held: The announcement.
        amount: What the planner got.
    """

    stage: Stage
    held: Held | None
    amount: int = 0


def opening(record: Record) -> RunOpened:
    """Return the first event of a journal.

    Raises:
        JournalError: If there is none.
    """
    opened = record.get("run-opened")
    if not isinstance(opened, RunOpened):
        raise JournalError(f"{record.path}: the run was never opened")
    return opened


def own_mechanism(opened: RunOpened) -> Mechanism | None:
    """Return the mechanism of a run.

    Nothing if it was given in code, is unknown by now, or changed on the way because the run is a
    fork.
    """
    if "given" in opened.config["mechanism"] or opened.forked is not None:
        return None
    try:
        return mechanism_from(opened.config["mechanism"])[1]
    except ValueError:
        return None


def limits_of(opened: RunOpened) -> Limits:
    """Return the limits of a run."""
    return Limits.model_validate(opened.config.get("limits", {}))


def turns(record: Record) -> Iterator[Turn]:
    """Yield what happened to announcements, in order.

    An announcement is yielded three times, each time with more of it filled in; one that the
    journal leaves open is not closed.

    Raises:
        JournalError: If the journal cannot be read.
    """
    open_now: dict[AnnouncementId, Held] = {}
    for entry in record.entries():
        match event := entry.event:
            case Announced(announcement=call):
                held = Held(call, event.judging)
                held.asking = sum(move.amount for move in event.transfers)
                open_now[call.announcement] = held
                yield Turn("announced", held)
            case BidsClosed(announcement=name) if name in open_now:
                open_now[name].bids, open_now[name].called_off = event.bids, event.called_off
                open_now[name].asked = billed(event.transfers)
            case Allocated(allocation=allocation) if allocation.announcement in open_now:
                held = open_now[allocation.announcement]
                held.awards, held.unfunded = allocation.awards, event.unfunded
                unseen = {(each.task, each.worker) for each in event.withheld}
                held.bids = tuple([b for b in held.bids if (b.task, b.worker) not in unseen])
                yield Turn("decided", held)
            case Closed(announcement=name) if name in open_now:
                yield Turn("closed", open_now.pop(name))
            case PlanAsked() | PlanAnswered():
                yield Turn("planned", None, billed(event.transfers))
            case _:
                _note(open_now, event)


def decided(record: Record, mechanism: Mechanism) -> Iterator[tuple[Held, Standings]]:
    """Yield the closed announcements with the standings that their clearing saw.

    Args:
        record: The journal.
        mechanism: That of the run.

    Raises:
        JournalError: If the journal cannot be read.
    """
    book = standing_book(mechanism, limits_of(opening(record)).announcements)
    known: dict[AnnouncementId, Standings] = {}
    for stage, held, _ in turns(record):
        if held is None:
            continue
        name = held.announcement.announcement
        if stage == "announced":
            known[name] = book.open(held.announcement)
        elif stage == "closed":
            learn(book, held)
            yield held, known.pop(name)


def learn(book: StandingBook, held: Held) -> None:
    """Take settlements in as the run does: in the order of the lots, and of the ranks of each."""
    lots = held.lots
    for award in held.awards:
        ended = held.ended.get((award.task, award.worker))
        if ended is None:
            continue
        if ended.owed:
            book.charge(award.worker, Money(-ended.owed))
        if ended.settlement is not None:
            book.note(lots[award.task], award, ended.settlement)
    book.close()


def _note(open_now: Mapping[AnnouncementId, Held], event: Event) -> None:
    """Take in what became of an award."""
    match event:
        case Started(announcement=name, task=task, worker=worker):
            if ended := _ended(open_now, name, task, worker):
                ended.extra += billed(event.transfers)
        case Finished(report=report):
            if ended := _ended(open_now, report.announcement, report.task, report.worker):
                ended.cost = report.cost
        case Verified(outcome=outcome):
            if ended := _ended(open_now, outcome.announcement, outcome.task, outcome.worker):
                ended.extra += event.cost
        case Unsettled(announcement=name, task=task, worker=worker):
            if ended := _ended(open_now, name, task, worker):
                ended.extra += _cash(event)
        case SetAside(announcement=name, task=task, worker=worker):
            if ended := _ended(open_now, name, task, worker):
                ended.owed, ended.set_aside = event.payment, True
        case Settled(settlement=done):
            if ended := _ended(open_now, done.announcement, done.task, done.worker):
                ended.settlement = done
        case Lapsed(announcement=name, task=task, worker=worker):
            if ended := _ended(open_now, name, task, worker):
                fined = [move.amount for move in event.transfers if move.purpose == "penalty"]
                ended.owed, ended.lapsed = Money(-sum(fined)), True
        case Withdrawn(announcement=name, task=task, worker=worker):
            if ended := _ended(open_now, name, task, worker):
                ended.owed, ended.withdrawn = event.owed, True
                ended.extra += _cash(event)
                ended.cost = ended.cost if ended.cost is not None else event.cost
        case _:
            pass


def _cash(event: Unsettled | Withdrawn) -> int:
    """Return the cash that an award cost which ended without a settlement."""
    return sum(
        move.amount
        for move in event.transfers
        if move.book == "cash" and move.purpose in {"bill", "compensation"}
    )


def _ended(
    open_now: Mapping[AnnouncementId, Held], name: AnnouncementId, task: TaskId, worker: WorkerId
) -> Ended | None:
    """Return where to note the end of an award; nothing once its announcement has closed."""
    held = open_now.get(name)
    return None if held is None else held.ended.setdefault((task, worker), Ended())
