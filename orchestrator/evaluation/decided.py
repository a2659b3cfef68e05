"""Reads announcements as they were decided: what was put up, who bid, who won, what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

from orchestrator.market import Limits
from orchestrator.mechanisms import mechanism_from
from orchestrator.memory.journal import JournalError
from orchestrator.memory.ledger import billed
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
from protocols.messages import Failure
from protocols.planning import PlanAnswered, PlanAsked
from protocols.stopping import SetAside
from protocols.units import ZERO, Money

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from orchestrator.memory.record import Record
    from protocols.contract import Settlement
    from protocols.mechanism import Mechanism
    from protocols.messages import Announcement, Award, Bid, Lot, Result
    from protocols.units import AnnouncementId, TaskId, WorkerId

    Pair = tuple[TaskId, WorkerId]

Stage = Literal["announced", "decided", "closed", "late", "planned"]


@dataclass(slots=True)
class Ended:
    """How one award ended, as far as it did.

    Attributes:
        settlement: What was scored and paid; ``None`` if it never was.
        report: What the worker has reported, if it did.
        owed: What the worker got for a withdrawn award; negative where it owed for a lapsed one.
        bought: What it got for an answer that was set aside.
        cost: The metered cost of the work; ``None`` if there was none.
        extra: The cash for lost calls and verdicts; all cash where it was never settled.
        lapsed: Whether the worker did not take it up.
        withdrawn: Whether the coordinator took it back.
        set_aside: Whether its answer was not delivered, because a better one was in hand.
        over: Whether any of this has been said; else an answer waits for its peers.
    """

    settlement: Settlement | None = None
    report: Result | Failure | None = None
    owed: Money = ZERO
    bought: Money = ZERO
    cost: Money | None = None
    extra: int = 0
    lapsed: bool = False
    withdrawn: bool = False
    set_aside: bool = False
    over: bool = False

    @property
    def known(self) -> bool:
        """Whether it is said what it has earned; it is not where no outcome was found."""
        left = self.lapsed or self.withdrawn or self.set_aside
        return left or self.settlement is not None


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

    @property
    def waits(self) -> bool:
        """Whether an answer waits for its peers, once the announcement has closed."""
        return any(not ended.over for ended in self.ended.values())

    def award(self, task: TaskId, worker: WorkerId) -> Award | None:
        """Return the award of a lot to a worker, if there is one."""
        mine = (each for each in self.awards if (each.task, each.worker) == (task, worker))
        return next(mine, None)

    def settlement(self, task: TaskId, worker: WorkerId) -> Settlement | None:
        """Return what an award was settled at, if it was."""
        ended = self.ended.get((task, worker))
        return None if ended is None else ended.settlement


class Turn(NamedTuple):
    """One step of a run that depends on what was known then.

    Attributes:
        stage: An announcement was made, decided or closed; an award of it ended later, when the
            peers had answered too; or a planner was paid.
        held: The announcement.
        amount: What the planner got.
        late: The award that ended later.
    """

    stage: Stage
    held: Held | None
    amount: int = 0
    late: Award | None = None


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
    return None if opened.forked is not None else first_mechanism(opened)


def first_mechanism(opened: RunOpened) -> Mechanism | None:
    """Return the mechanism that a run was opened with, also if it is a fork."""
    if "given" in opened.config["mechanism"]:
        return None
    try:
        return mechanism_from(opened.config["mechanism"])[1]
    except ValueError:
        return None


def limits_of(opened: RunOpened) -> Limits:
    """Return the limits of a run."""
    return Limits.model_validate(opened.config.get("limits", {}))


class Announcements:
    """Follows announcements through the events of a journal, which are given in order.

    Memory grows with what is open at the same time.
    """

    def __init__(self) -> None:
        self._open: dict[AnnouncementId, Held] = {}
        self._waiting: dict[AnnouncementId, Held] = {}

    def take(self, event: Event) -> Turn | None:
        """Return what an event did to its announcement, if others depend on that."""
        match event:
            case Announced(announcement=call):
                held = self._open[call.announcement] = Held(call, event.judging)
                held.asking = sum(move.amount for move in event.transfers)
                return Turn("announced", held)
            case BidsClosed(announcement=name) if name in self._open:
                held = self._open[name]
                held.bids, held.called_off = event.bids, event.called_off
                held.asked = billed(event.transfers)
            case Allocated(allocation=allocation) if allocation.announcement in self._open:
                held = self._open[allocation.announcement]
                held.awards, held.unfunded = allocation.awards, event.unfunded
                unseen = {(each.task, each.worker) for each in event.withheld}
                held.bids = tuple([b for b in held.bids if (b.task, b.worker) not in unseen])
                return Turn("decided", held)
            case Closed(announcement=name) if name in self._open:
                held = self._open.pop(name)
                if held.waits:
                    self._waiting[name] = held
                return Turn("closed", held)
            case PlanAsked() | PlanAnswered():
                return Turn("planned", None, billed(event.transfers))
            case _:
                return self._ended(event)
        return None

    def _ended(self, event: Event) -> Turn | None:
        """Take in what became of an award; return a turn if its announcement had closed before."""
        key = _award_of(event)
        if key is None:
            return None
        name, task, worker = key
        held = self._open.get(name) or self._waiting.get(name)
        if held is None:
            return None
        ended = held.ended.setdefault((task, worker), Ended())
        _note(ended, event)
        if name in self._open or not ended.over:
            return None
        if not held.waits:
            del self._waiting[name]
        return Turn("late", held, late=held.award(task, worker))


def turns(record: Record) -> Iterator[Turn]:
    """Yield what happened to announcements, in order.

    An announcement is yielded three times, each time with more of it filled in; one that the
    journal leaves open is not closed. Answers that wait for their peers end later.

    Raises:
        JournalError: If the journal cannot be read.
    """
    announcements = Announcements()
    for entry in record.entries():
        if (turn := announcements.take(entry.event)) is not None:
            yield turn


def _award_of(event: Event) -> tuple[AnnouncementId, TaskId, WorkerId] | None:
    """Return the award that an event says something of."""
    match event:
        case Finished(report=about) | Verified(outcome=about) | Settled(settlement=about):
            return about.announcement, about.task, about.worker
        case Started() | Unsettled() | SetAside() | Lapsed() | Withdrawn():
            return event.announcement, event.task, event.worker
        case _:
            return None


def _note(ended: Ended, event: Event) -> None:
    """Take in what became of an award."""
    match event:
        case Started():
            ended.extra += billed(event.transfers)
        case Finished(report=report):
            ended.report, ended.cost = report, report.cost
        case Verified():
            ended.extra += event.cost
        case _:
            ended.over = True
    match event:
        case Unsettled(reason=reason, lost=lost):
            ended.extra += _cash(event)
            if lost:  # its calls were given up, which counts as an answer that failed
                ended.report = Failure(
                    announcement=event.announcement,
                    task=event.task,
                    worker=event.worker,
                    reason=reason,
                )
        case SetAside(payment=payment):
            ended.bought, ended.set_aside = payment, True
        case Settled(settlement=done):
            ended.settlement = done
        case Lapsed(penalty=penalty):
            ended.owed, ended.lapsed = Money(-penalty), True
        case Withdrawn(owed=owed):
            ended.owed, ended.withdrawn = owed, True
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
