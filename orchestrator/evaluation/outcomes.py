"""What every bidder of a run would have brought on every task that it bid on.

The bids are those of the first announcement of each task. Outcomes come from calling the workers
again, which only those allow that are `repeatable`: recordings, simulations, functions that compute.
What the market itself got is read from the journal.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from math import nan
from typing import TYPE_CHECKING, Final, NamedTuple

import anyio
from anyio.lowlevel import checkpoint

from protocols.contract import Contract
from protocols.events import Announced, BidsClosed, Event, RunOpened, Settled, TaskEnded
from protocols.messages import Award, Bid, Lot, Result
from protocols.stopping import SetAside
from protocols.units import ZERO, AnnouncementId, TaskId, WorkerId

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from orchestrator.memory.record import Record
    from workers.ports import Verifier, Worker

AT_ONCE: Final = 64
"""So many workers that take time are called at once."""

_READ: Final = (RunOpened, Announced, BidsClosed, Settled, SetAside, TaskEnded)

_DECIDED: Final = frozenset({"solved", "failed", "unsold", "unfunded"})


@dataclass(slots=True)
class Outcomes:
    """Numbers by task, in the order of their first announcements, and by worker.

    The flat arrays hold one row of ``len(workers)`` numbers for each task.

    Attributes:
        workers: Who can be called again, in the order of the fleet.
        absent: Workers of the run that cannot, or were not given.
        tasks: The place of each task.
        values: By task, what a success is worth, in nano-units.
        bid_costs: The cost of the bid, in nano-units; -1 where there is none.
        reports: The reported probability of success.
        successes: The verified success; not a number where nobody can say.
        costs: The metered cost, in nano-units.
        first: By task, (success, cost) of the first award that the market carried out and settled,
            with the cost of the answers that were set aside before it.
        run: By task, (success of the last award, cost of all of them).
        decided: By task, whether the market came to an end with it that can be compared.
    """

    workers: list[WorkerId]
    absent: list[WorkerId]
    tasks: dict[TaskId, int] = field(default_factory=dict[TaskId, int])
    values: array[int] = field(default_factory=lambda: array("q"))
    bid_costs: array[int] = field(default_factory=lambda: array("q"))
    reports: array[float] = field(default_factory=lambda: array("d"))
    successes: array[float] = field(default_factory=lambda: array("d"))
    costs: array[int] = field(default_factory=lambda: array("q"))
    first: array[float] = field(default_factory=lambda: array("d"))
    run: array[float] = field(default_factory=lambda: array("d"))
    decided: bytearray = field(default_factory=bytearray)

    def add_task(self, lot: Lot) -> None:
        """Make room for a task on which nobody has bid yet."""
        width = len(self.workers)
        self.tasks[lot.task] = len(self.tasks)
        self.values.append(lot.value)
        self.bid_costs.extend([-1] * width)
        self.reports.extend([nan] * width)
        self.successes.extend([nan] * width)
        self.costs.extend([0] * width)
        self.first.extend((nan, 0.0))
        self.run.extend((0.0, 0.0))
        self.decided.append(0)

    def note(self, event: Event) -> None:
        """Note what the market got."""
        if isinstance(event, Settled):
            settlement = event.settlement
            place = 2 * self.tasks[settlement.task]
            if self.first[place] != self.first[place]:
                self.first[place] = settlement.success
                self.first[place + 1] += settlement.cost
            self.run[place] = settlement.success
            self.run[place + 1] += settlement.cost
        elif isinstance(event, SetAside):
            place = 2 * self.tasks[event.task]
            if self.first[place] != self.first[place]:
                self.first[place + 1] += event.cost
            self.run[place + 1] += event.cost
        elif isinstance(event, TaskEnded) and event.state in _DECIDED:
            place = self.tasks.get(event.task, -1)
            if place >= 0:
                self.decided[place] = 1


class _Trial(NamedTuple):
    worker: Worker
    verifier: Verifier
    lot: Lot
    bid: Bid
    place: int


async def gather(
    record: Record, workers: Iterable[Worker], verifiers: Mapping[TaskId, Verifier]
) -> Outcomes:
    """Read the first bids of all tasks from a journal and find out what each would have brought.

    Args:
        record: The journal.
        workers: The workers of the run, as they were at its start.
        verifiers: Who judges, by task; a task without one is left out.

    Raises:
        JournalError: If the journal cannot be read.
    """
    fleet = {worker.name: worker for worker in workers if worker.repeatable}
    outcomes: Outcomes | None = None
    open_lots: dict[AnnouncementId, tuple[Lot, ...]] = {}
    for entry in record.entries(*_READ):
        event = entry.event
        if isinstance(event, RunOpened):
            names = [participant.worker for participant in event.participants]
            outcomes = Outcomes(
                [name for name in names if name in fleet],
                [name for name in names if name not in fleet],
            )
        if outcomes is None:
            continue
        if isinstance(event, Announced):
            fresh = [lot for lot in event.announcement.lots if lot.task not in outcomes.tasks]
            for lot in fresh:
                outcomes.add_task(lot)
            if fresh:
                open_lots[event.announcement.announcement] = tuple(fresh)
        elif isinstance(event, BidsClosed):
            lots = open_lots.pop(event.announcement, ())
            await _try_all(outcomes, list(_trials(outcomes, fleet, verifiers, lots, event.bids)))
        else:
            outcomes.note(event)
    return outcomes or Outcomes([], [])


def _trials(
    outcomes: Outcomes,
    fleet: Mapping[WorkerId, Worker],
    verifiers: Mapping[TaskId, Verifier],
    lots: Sequence[Lot],
    bids: Sequence[Bid],
) -> Iterable[_Trial]:
    by_task = {lot.task: lot for lot in lots}
    columns = {name: column for column, name in enumerate(outcomes.workers)}
    for bid in bids:
        lot, verifier = by_task.get(bid.task), verifiers.get(bid.task)
        if lot is None or verifier is None or bid.worker not in columns:
            continue
        place = outcomes.tasks[bid.task] * len(columns) + columns[bid.worker]
        yield _Trial(fleet[bid.worker], verifier, lot, bid, place)


async def _try_all(outcomes: Outcomes, trials: Sequence[_Trial]) -> None:
    await checkpoint()
    slow = [trial for trial in trials if not trial.worker.instant]
    for trial in trials:
        if trial.worker.instant:
            await _try(outcomes, trial)
    if slow:
        limiter = anyio.Semaphore(AT_ONCE)

        async def one(trial: _Trial) -> None:
            async with limiter:
                await _try(outcomes, trial)

        async with anyio.create_task_group() as group:
            for trial in slow:
                group.start_soon(one, trial)


async def _try(outcomes: Outcomes, trial: _Trial) -> None:
    """Have the work done and judged, as in a run: what breaks the worker is its failure."""
    bid, place = trial.bid, trial.place
    award = Award(
        announcement=bid.announcement,
        task=bid.task,
        worker=bid.worker,
        contract=Contract(report=bid.probability),
        score=ZERO,
        pivot=ZERO,
    )
    success, cost = 0.0, bid.cost if bid.ceiling is None else bid.ceiling
    try:
        report = await trial.worker.execute(trial.lot, award)
        cost = report.cost
    except Exception:  # noqa: BLE001 - foreign code may raise anything
        report = None
    if isinstance(report, Result):
        try:
            success = (await trial.verifier.verify(trial.lot, report)).success
        except Exception:  # noqa: BLE001 - there is then no outcome
            success = nan
    outcomes.bid_costs[place] = bid.cost
    outcomes.reports[place] = bid.probability
    outcomes.successes[place] = success
    outcomes.costs[place] = cost
