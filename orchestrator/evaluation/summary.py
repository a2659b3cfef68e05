"""What came of a run: a fold over its events that keeps totals and forgets the rest.

Fed live by ``Chronicle.listen``, or from the entries of a journal. Reports, scores and successes
are added as integers, so the totals do not depend on the order in which parallel work ended: a
live, a resumed and a replayed run have equal summaries.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final, assert_never, get_args

from orchestrator.agenda import State
from orchestrator.evaluation.guarded import GuardTotals
from orchestrator.evaluation.lost_calls import LostCalls
from orchestrator.evaluation.totals import WorkerTotals, amount
from orchestrator.logs.peer_totals import PeerTotals
from orchestrator.market import Limits
from orchestrator.memory.ledger import JUDGING, billed, purse, spent
from protocols.consultation import Compared, Consulted
from protocols.decommitment import Cancelled, Lapsed, Withdrawn
from protocols.events import (
    Allocated,
    Announced,
    BidsClosed,
    Closed,
    Finished,
    PeersScored,
    RoundClosed,
    RunClosed,
    RunOpened,
    RunResumed,
    Settled,
    Started,
    TaskAdded,
    TaskEnded,
    Unsettled,
    Verified,
    transfers_of,
)
from protocols.guarding import Guarded
from protocols.planning import PlanAnswered, PlanAsked
from protocols.quarantine import Quarantined
from protocols.stopping import SetAside

if TYPE_CHECKING:
    from orchestrator.memory.record import Record
    from protocols.contract import Settlement
    from protocols.events import Event
    from protocols.units import AnnouncementId, TaskId, WorkerId

STATES: Final[tuple[State, ...]] = get_args(State)
"""How a task can end."""


class Summary:
    """Totals of a run, by worker and over all; give every event to `note`, the opening one first.

    Memory grows with the workers and with what is announced at the same time, not with the run.

    Attributes:
        opened: The first event: seed, currency, budget, settings.
        closed: Why the run ended; ``None`` while it has not.
        workers: The totals by worker, in the order of the fleet.
        states: How many tasks ended in each state.
        tasks: How many tasks entered.
        value: What the solved tasks are worth: value times verified success, in nano-units.
        announcements: How many announcements were made.
        reannounced: How many lots were announced again after a failure.
        bid_charges: The cash that asking for bids has cost.
        planning: The cash that planning has cost.
        judging: The cash that verdicts have cost.
        events: How many events were noted.
        lost: The calls whose answers were lost in crashes, and their reserve.
        peers: What peers said of the answers to tasks with redundancy.
        unsettled: Why tasks ended unsettled, and how many.
        unfunded: Why tasks ended for want of cash, and how many.
        guards: What was decided about workers that kept failing.
        quarantined: The workers that did not let go of a call, and got no more work.
    """

    def __init__(self) -> None:
        self.opened: RunOpened | None = None
        self.closed: str | None = None
        self.workers: dict[WorkerId, WorkerTotals] = {}
        self.states: dict[State, int] = dict.fromkeys(STATES, 0)
        self.tasks = 0
        self.value = 0
        self.announcements = 0
        self.reannounced = 0
        self.bid_charges = 0
        self.planning = 0
        self.judging = 0
        self.events = 0
        self.lost = LostCalls()
        self.peers = PeerTotals()
        self.unsettled: Counter[str] = Counter()
        self.unfunded: Counter[str] = Counter()
        self.guards = GuardTotals()
        self.quarantined: dict[WorkerId, str] = {}
        self._copied: dict[TaskId, dict[tuple[AnnouncementId, TaskId, WorkerId], float]] = {}
        self._solved_at = Limits().solved_at
        self._accounts: dict[str, WorkerTotals] = {}
        self._values: dict[TaskId, int] = {}
        self._earned: dict[TaskId, int] = {}
        self._reports: dict[AnnouncementId, dict[tuple[TaskId, WorkerId], float]] = {}

    # The fold ---------------------------------------------------------------------------------

    def note(self, event: Event) -> None:
        """Take one event in; the events of one announcement come in their order."""
        self.events += 1
        self._book(event)
        self.lost.note(event)
        self.peers.note(event)
        match event:
            case Started() if event.call == 1:
                worker = self.workers[event.worker]
                worker.awards += 1
                worker.report.add(self._reports[event.announcement][event.task, event.worker])
            case Finished():
                self.workers[event.report.worker].cost += event.report.cost
            case Settled():
                self._settle(event.settlement)
            case SetAside():
                self.workers[event.worker].paid += event.payment
                self.workers[event.worker].settled_cost += event.cost
            case TaskAdded():
                self._add(event)
            case TaskEnded():
                self._end(event)
            case BidsClosed():
                self._count_bids(event)
            case Allocated():
                allocation = event.allocation
                self._reports[allocation.announcement] = {
                    (award.task, award.worker): award.contract.report for award in allocation.awards
                }
            case Announced():
                self._announce(event)
            case Closed():
                self._close(event.announcement)
            case RunOpened():
                self._open(event)
            case RunClosed():
                self.closed = event.reason
            case Lapsed():
                self.workers[event.worker].compensation -= event.penalty
            case Started() | Consulted() | Verified() | Unsettled():
                pass  # what money they move is booked
            case PlanAsked() | PlanAnswered():
                self.planning += billed(event.transfers)
            case Withdrawn():
                self._withdraw(event)
            case Guarded():
                self.guards.note(event)
            case Quarantined():
                self.quarantined[event.worker] = event.reason
            case Cancelled() | RunResumed() | RoundClosed() | PeersScored() | Compared():
                pass  # they move nothing, or it is booked
            case _:
                assert_never(event)

    def _open(self, event: RunOpened) -> None:
        self.opened = event
        self._solved_at = Limits.model_validate(event.config.get("limits", {})).solved_at
        for participant in event.participants:
            name = participant.worker
            totals = WorkerTotals(name, participant.payable)
            self.workers[name] = totals
            self._accounts[spent(name)] = self._accounts[purse(name)] = totals

    def _book(self, event: Event) -> None:
        for transfer in transfers_of(event):
            if transfer.book == "credit":
                continue
            if (gets := self._accounts.get(transfer.target)) is not None:
                gets.cash += transfer.amount
            elif transfer.target == JUDGING:
                self.judging += transfer.amount
            elif (gives := self._accounts.get(transfer.source)) is not None:
                gives.cash -= transfer.amount

    def _add(self, event: TaskAdded) -> None:
        self.tasks += 1
        if event.copies > 1:
            self._values[event.lot.task] = event.lot.value
            self._copied[event.lot.task] = {}

    def _announce(self, event: Announced) -> None:
        self.announcements += 1
        for lot in event.announcement.lots:
            self.reannounced += lot.parent is not None
            if lot.group is None:
                self._values[lot.task] = lot.value

    def _close(self, name: AnnouncementId) -> None:
        """Forget an announcement, but for the copies whose answers may wait for their peers."""
        for (task, worker), report in self._reports.pop(name, {}).items():
            if (origin := self.peers.origin_of(task)) is not None:
                self._copied[origin][name, task, worker] = report

    def _count_bids(self, event: BidsClosed) -> None:
        for bid in event.bids:
            self.workers[bid.worker].bids += 1
        for refusal in event.refusals:
            self.workers[refusal.worker].refusals += 1
        self.bid_charges += sum(
            transfer.amount for transfer in event.transfers if transfer.purpose == "bill"
        )

    def _settle(self, settlement: Settlement) -> None:
        worker, success = self.workers[settlement.worker], settlement.success
        report = self._report(settlement.announcement, settlement.task, settlement.worker)
        worker.success.add(success)
        worker.brier.add((success - report) ** 2)
        worker.score.add(settlement.score)
        worker.paid += settlement.payment
        worker.settled_cost += settlement.cost
        if success >= self._solved_at:
            worker.solved += 1
            if self.peers.origin_of(settlement.task) is None:
                self._earned[settlement.task] = round(self._values[settlement.task] * success)

    def _withdraw(self, event: Withdrawn) -> None:
        worker = self.workers[event.worker]
        worker.withdrawn += 1
        worker.cost += event.cost
        worker.compensation += event.owed

    def _report(self, name: AnnouncementId, task: TaskId, worker: WorkerId) -> float:
        if name in self._reports:
            return self._reports[name][task, worker]
        origin = self.peers.origin_of(task)
        return self._copied[origin or task][name, task, worker]

    def _end(self, event: TaskEnded) -> None:
        self.states[event.state] += 1
        value = self._values.pop(event.task, 0)
        if self._copied.pop(event.task, None) is None:
            self.value += self._earned.pop(event.task, 0)
        elif event.state == "solved":
            self.value += value
        if event.state == "unsettled":
            self.unsettled[event.reason] += 1
        elif event.state == "unfunded":
            self.unfunded[event.reason] += 1

    # What it comes to -------------------------------------------------------------------------

    @property
    def open_tasks(self) -> int:
        """How many tasks have entered and not ended."""
        return self.tasks - sum(self.states.values())

    @property
    def paid(self) -> int:
        """What all contracts paid, in nano-units."""
        return sum(worker.paid for worker in self.workers.values())

    @property
    def cost(self) -> int:
        """The metered cost of all work, in nano-units."""
        return sum(worker.cost for worker in self.workers.values())

    @property
    def cash(self) -> int:
        """The cash that has left the treasury: bills, pay, bids, plans and verdicts."""
        return self.planning + self.judging + sum(worker.cash for worker in self.workers.values())

    @property
    def utility(self) -> int:
        """The value of the solved tasks less the cash spent, in nano-units."""
        return self.value - self.cash

    @property
    def compensation(self) -> int:
        """What workers got for withdrawn awards, less penalties for others, in nano-units."""
        return sum(worker.compensation for worker in self.workers.values())

    @property
    def overpayment(self) -> float | None:
        """What the contracts paid per unit of metered cost of the settled work."""
        cost = sum(worker.settled_cost for worker in self.workers.values())
        return self.paid / cost if cost else None

    @property
    def budget_left(self) -> int | None:
        """The part of the budget that is not spent; ``None`` without a budget."""
        if self.opened is None or self.opened.budget is None:
            return None
        return self.opened.budget - self.cash

    @property
    def currency(self) -> str:
        """What the units are."""
        return self.opened.currency if self.opened is not None else ""

    @property
    def mechanism(self) -> str:
        """The name of the mechanism, as it was recorded."""
        settings = self.opened.config.get("mechanism") if self.opened is not None else None
        return str(settings["name"]) if settings else "unknown"

    def to_data(self) -> dict[str, Any]:
        """Return everything as plain data; money as decimal units and as integer nano-units."""
        opened, left = self.opened, self.budget_left
        return {
            "run": opened.run if opened else None,
            "version": opened.version if opened else None,
            "mechanism": self.mechanism,
            "seed": opened.seed if opened else None,
            "currency": self.currency,
            "closed": self.closed,
            "tasks": {
                "total": self.tasks,
                **self.states,
                "open": self.open_tasks,
            },
            "value": amount(self.value),
            "cash": amount(self.cash),
            "bid_charges": amount(self.bid_charges),
            "planning": amount(self.planning),
            "judging": amount(self.judging),
            "utility": amount(self.utility),
            "paid": amount(self.paid),
            "compensation": amount(self.compensation),
            "cost": amount(self.cost),
            "overpayment": self.overpayment,
            "budget_left": None if left is None else amount(left),
            "announcements": self.announcements,
            "reannounced": self.reannounced,
            "events": self.events,
            "unfunded": dict(self.unfunded),
            "guards": self.guards.to_data(),
            "lost_calls": self.lost.to_data(),
            "peers": self.peers.to_data(),
            "quarantined": dict(self.quarantined),
            "workers": [worker.to_data() for worker in self.workers.values()],
        }


def summarise(record: Record) -> Summary:
    """Fold a journal into a summary.

    Raises:
        JournalError: If it cannot be read.
    """
    summary = Summary()
    for entry in record.entries():
        summary.note(entry.event)
    return summary
