"""The table of standings: what the rule could know of each worker when it cleared."""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from orchestrator.evaluation.decided import limits_of, opening, own_mechanism
from orchestrator.exports.table import ANNOUNCEMENT, WORKER, Column, Row, Table, Take, nano
from orchestrator.memory.record import Entry, Record
from orchestrator.memory.standings import StandingBook, standing_book
from protocols.contract import Settlement
from protocols.decommitment import Lapsed, Withdrawn
from protocols.events import Allocated, Announced, Closed, Finished, Settled
from protocols.messages import Award, Failure, Lot, Result
from protocols.stopping import SetAside
from protocols.units import AnnouncementId, Money, TaskId, WorkerId


class _Open:
    """An announcement that has not closed."""

    def __init__(self, event: Announced) -> None:
        self.lots = {lot.task: lot for lot in event.announcement.lots}
        self.awards: tuple[Award, ...] = ()
        self.settled: dict[tuple[TaskId, WorkerId], Settlement] = {}
        self.reports: dict[tuple[TaskId, WorkerId], Result | Failure] = {}
        self.owed: dict[tuple[TaskId, WorkerId], Money] = {}


class _Waiting(NamedTuple):
    """An award of a copy whose answer waits for its peers after its announcement has closed."""

    lot: Lot
    award: Award
    report: Result | Failure | None


class Standings:
    """Follows the standings through a journal, as the run did.

    Memory grows with the workers, their kinds of task and what is announced at the same time.

    Args:
        record: The journal. If its mechanism was given in code, or changed on the way because the
            run is a fork, recalibration maps and deposits are left as they are at the start.
    """

    def __init__(self, record: Record) -> None:
        self._book = _book(record)
        self._open: dict[AnnouncementId, _Open] = {}
        self._waiting: dict[tuple[AnnouncementId, TaskId, WorkerId], _Waiting] = {}

    def take(self, entry: Entry) -> Iterator[Row]:
        """Yield what is known of each participant at each kind of task when lots are put up."""
        match entry.event:
            case Announced() as event:
                yield from self._announced(event)
            case Finished(report=report) if report.announcement in self._open:
                self._open[report.announcement].reports[report.task, report.worker] = report
            case SetAside(announcement=name, task=task, worker=worker, payment=paid):
                self._open[name].owed[task, worker] = Money(-paid)
            case Allocated(allocation=allocation):
                self._open[allocation.announcement].awards = allocation.awards
            case Settled(settlement=done):
                self._settle(done)
            case Lapsed(announcement=name, task=task, worker=worker, transfers=moved):
                owed = sum(each.amount for each in moved if each.purpose == "penalty")
                self._open[name].owed[task, worker] = Money(owed)
            case Withdrawn(announcement=name, task=task, worker=worker, owed=owed):
                self._open[name].owed[task, worker] = Money(-owed)
            case Closed(announcement=name):
                self._close(name)
            case _:
                pass

    def _announced(self, event: Announced) -> Iterator[Row]:
        call = event.announcement
        self._open[call.announcement] = _Open(event)
        known = self._book.open(call)
        for (worker, kind), standing in known.items():
            yield (
                call.announcement,
                worker,
                kind,
                standing.quality,
                standing.slope,
                standing.intercept,
                standing.balance,
                standing.least_cost,
            )

    def _settle(self, done: Settlement) -> None:
        waiting = self._waiting.pop((done.announcement, done.task, done.worker), None)
        if waiting is not None:
            self._book.note(waiting.lot, waiting.award, done, waiting.report)
        else:
            self._open[done.announcement].settled[done.task, done.worker] = done

    def _close(self, name: AnnouncementId) -> None:
        """Learn in the order of the lots, as the run does, whatever ended first."""
        ended = self._open.pop(name)
        for award in _by_lot(ended.awards, ended.lots):
            key, lot = (award.task, award.worker), ended.lots[award.task]
            if (report := ended.reports.get(key)) is not None:
                self._book.hear(lot, award, report)
            if owed := ended.owed.get(key):
                self._book.charge(award.worker, owed)
            if (done := ended.settled.get(key)) is not None:
                self._book.note(lot, award, done, report)
            elif lot.group is not None:
                self._waiting[name, award.task, award.worker] = _Waiting(lot, award, report)
        self._book.close()


def _by_lot(awards: Iterable[Award], lots: dict[TaskId, Lot]) -> list[Award]:
    places = {task: place for place, task in enumerate(lots)}
    return sorted(awards, key=lambda award: (places[award.task], award.rank))


def _book(record: Record) -> StandingBook:
    opened = opening(record)
    mechanism = own_mechanism(opened)
    if mechanism is None:
        return StandingBook()
    return standing_book(mechanism, limits_of(opened).announcements)


def _reading(record: Record) -> Take:
    return Standings(record).take


STANDINGS: Final = Table(
    "standings",
    "One row for each participant and kind of task of each announcement: what was known when it was"
    " made. Who had no settled work yet has no row, unless reports are recalibrated or deposits"
    " asked for.",
    (
        ANNOUNCEMENT,
        WORKER,
        Column("kind", "text", "The sort of work."),
        Column("quality", "number", "The estimated chance of success.", "probability"),
        Column("slope", "number", "Of the recalibration map on the log-odds of a report."),
        Column("intercept", "number", "Of that map; (1, 0) leaves a report as it is."),
        nano("balance", "What the worker could be charged; empty where nothing limits it."),
        nano("least_cost", "The least that its work was metered at."),
    ),
    _reading,
)
