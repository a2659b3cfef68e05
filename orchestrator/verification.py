"""Checks a journal without trusting it: the chain, the books, and who was paid how often."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from orchestrator.memory.branch import parent_hash
from orchestrator.memory.journal import JournalError
from orchestrator.memory.ledger import Ledger
from orchestrator.memory.record import Record
from protocols.contract import Settlement
from protocols.decommitment import Withdrawn
from protocols.errors import LedgerError
from protocols.events import (
    Allocated,
    Announced,
    Closed,
    Event,
    RunClosed,
    RunOpened,
    Settled,
    Started,
    TaskEnded,
    Unsettled,
    transfers_of,
)
from protocols.stopping import SetAside


class Verification(NamedTuple):
    """What a check found.

    Attributes:
        events: How many events were read.
        head: The hash of the last one; keep it elsewhere to show that nothing was cut off.
        finished: Whether the run was closed.
        problems: What is wrong, in plain words; empty if nothing is.
    """

    events: int
    head: str
    finished: bool
    problems: tuple[str, ...]


def verify(record: Record) -> Verification:
    """Check the hash chain, the ledger and the one-award-one-settlement rule of a journal.

    What the file says is checked only if the file is sound: the first break makes the rest void.
    """
    checker = _Checker()
    problems: list[str] = []
    try:
        problems += record.problems()
        if not problems:
            for entry in record.entries():
                problems += [f"entry {entry.seq}: {wrong}" for wrong in checker.read(entry.event)]
            problems += checker.end()
            problems += _parentage(record)
            problems += _ledger_table(record)
    except JournalError as error:
        problems.append(str(error))
    events, head = record.head()
    return Verification(events, head, checker.closed, tuple(problems))


@dataclass(slots=True)
class _Award:
    started: bool = False
    settled: bool = False


class _Checker:
    """Reads the events of a run in order and says what must not be."""

    def __init__(self) -> None:
        self.closed = False
        self._opened = False
        self._capped = False
        self._inherited = 0
        self._ledger = Ledger(capped=False)
        self._awards: dict[str, dict[tuple[str, str], _Award]] = {}
        self._copies: dict[str, set[str]] = {}
        self._waiting: dict[tuple[str, str, str], _Award] = {}
        self._ended: set[str] = set()

    def read(self, event: Event) -> Iterator[str]:
        """Take one event in and yield what is wrong with it."""
        if self.closed:
            yield f"{_spelled(event)} comes after the run was closed"
        if not self._opened and not isinstance(event, RunOpened):
            yield f"{_spelled(event)} comes before the run was opened"
        try:
            self._book(event)
        except LedgerError as error:
            yield f"{_spelled(event)} breaks the books: {error}"
        match event:
            case RunOpened():
                self._opened = True
                self._capped = event.budget is not None
                self._inherited = 0 if event.forked is None else event.forked.seq - 1
            case Announced(announcement=opened):
                copies: set[str] = {lot.task for lot in opened.lots if lot.group is not None}
                self._copies[opened.announcement] = copies
            case Allocated():
                yield from self._award(event)
            case Started():
                yield from self._start(event)
            case Settled():
                yield from self._settle(_spelled(event), event.settlement)
            case Unsettled() | SetAside():
                yield from self._settle(_spelled(event), event)
            case Withdrawn():
                yield from self._withdraw(event)
            case TaskEnded():
                self._ended.add(event.task)
            case Closed():
                yield from self._close(event)
            case RunClosed():
                self.closed = True
            case _:
                pass

    def _book(self, event: Event) -> None:
        """Book what an event moves; what a fork has taken over was within its parent's budget."""
        self._ledger.capped = self._capped and not self._inherited
        self._inherited -= bool(self._inherited)
        self._ledger.apply(transfers_of(event))

    def end(self) -> Iterator[str]:
        """Yield what is wrong at the end of the journal."""
        if any(self._ledger.sums().values()):
            yield "the books do not balance"
        if self.closed:
            for _, task, worker in self._waiting:
                yield f"the run is closed, but the work of {worker!r} on {task!r} is not settled"
        if self.closed and self._ledger.held:
            yield f"the run is closed, but {self._ledger.held} nano-units are still held"

    def _award(self, event: Allocated) -> Iterator[str]:
        name = event.allocation.announcement
        awards = self._awards[name] = {}
        ranks: set[tuple[str, int]] = set()
        for award in event.allocation.awards:
            if award.announcement != name or award.task in self._ended:
                yield f"{_spelled(event)} awards {award.task!r}, which is not up for auction"
            if (award.task, award.rank) in ranks or (award.task, award.worker) in awards:
                yield f"{_spelled(event)} awards {award.task!r} twice"
            ranks.add((award.task, award.rank))
            awards[award.task, award.worker] = _Award()

    def _start(self, event: Started) -> Iterator[str]:
        award = self._awards.get(event.announcement, {}).get((event.task, event.worker))
        if award is None:
            yield f"{_spelled(event)} was not awarded"
        elif award.settled:
            yield f"{_spelled(event)} comes after its settlement"
        else:
            award.started = True

    def _settle(
        self, key: str, ended: Settlement | SetAside | Unsettled | Withdrawn
    ) -> Iterator[str]:
        award = self._awards.get(ended.announcement, {}).get((ended.task, ended.worker))
        late = self._waiting.pop((ended.announcement, ended.task, ended.worker), None)
        award = award or late
        if award is None:
            yield f"{key} settles what was not awarded"
        elif award.settled:
            yield f"{key} settles an award for the second time"
        elif not award.started:
            yield f"{key} settles work that was never started"
        else:
            award.settled = True

    def _withdraw(self, event: Withdrawn) -> Iterator[str]:
        """End an award that may not have been started; it ends once like any other."""
        award = self._awards.get(event.announcement, {}).get((event.task, event.worker))
        if award is not None:
            award.started = True
        yield from self._settle(_spelled(event), event)

    def _close(self, event: Closed) -> Iterator[str]:
        """End an announcement and forget it, so that memory does not grow with the journal.

        The work on a copy of a task may wait for its peers.
        """
        copies = self._copies.pop(event.announcement, set())
        for (task, worker), award in self._awards.pop(event.announcement, {}).items():
            if award.started and not award.settled and task in copies:
                self._waiting[event.announcement, task, worker] = award
            elif award.started and not award.settled:
                yield f"{_spelled(event)} leaves the work of {worker!r} on {task!r} unsettled"


def _parentage(record: Record) -> Iterator[str]:
    """Compare the entries that a fork has taken over with the hash that its parent had then."""
    opened = record.get("run-opened")
    forked = opened.forked if isinstance(opened, RunOpened) else None
    if forked is None:
        return
    if forked.seq > len(record):
        yield f"the run was forked after {forked.seq} entries, but has only {len(record)}"
    elif parent_hash(forked, record.rows()) != forked.hash:
        yield f"the first {forked.seq} entries are not those of the parent run {forked.run!r}"


def _ledger_table(record: Record) -> Iterator[str]:
    """Compare the ledger table, which exists for people's queries, with the events."""
    rows = record.transfers()
    for entry in record.entries():
        for transfer in transfers_of(entry.event):
            expected = (
                entry.seq,
                transfer.book,
                transfer.source,
                transfer.target,
                transfer.amount,
                transfer.purpose,
            )
            if next(rows, None) != expected:
                yield f"the ledger table differs from entry {entry.seq}"
                return
    if next(rows, None) is not None or record.stray_transfers():
        yield "the ledger table has transfers that no event carries"


def _spelled(event: Event) -> str:
    return event.key.replace("\t", " ")
