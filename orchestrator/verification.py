"""Checks a journal without trusting it: the chain, the books, and who was paid how often."""

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from orchestrator.journal import JournalError
from orchestrator.ledger import Ledger
from orchestrator.record import Record
from protocols.contract import Settlement
from protocols.errors import LedgerError
from protocols.events import (
    Allocated,
    Closed,
    Event,
    RunClosed,
    RunOpened,
    Settled,
    TaskEnded,
    Unsettled,
    transfers_of,
)


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

    Raises:
        JournalError: If the file is too damaged to be read at all.
    """
    problems = list(record.broken_links())
    checker = _Checker()
    if not problems:
        try:
            for entry in record.entries():
                problems += [f"entry {entry.seq}: {wrong}" for wrong in checker.read(entry.event)]
            problems += checker.end()
            problems += _ledger_table(record)
        except JournalError as error:
            problems.append(str(error))
    events, head = record.head()
    return Verification(events, head, checker.closed, tuple(problems))


class _Checker:
    """Reads the events of a run in order and says what must not be."""

    def __init__(self) -> None:
        self.closed = False
        self._ledger = Ledger(capped=False)
        self._awarded: set[tuple[str, str, str]] = set()
        self._ended: Counter[tuple[str, str, str]] = Counter()
        self._tasks: set[str] = set()

    def read(self, event: Event) -> Iterator[str]:
        """Take one event in and yield what is wrong with it."""
        if self.closed:
            yield f"{_spelled(event)} comes after the run was closed"
        try:
            self._ledger.apply(transfers_of(event))
        except LedgerError as error:
            yield str(error)
        if any(self._ledger.sums().values()):
            yield f"after {_spelled(event)} the books do not balance"
        match event:
            case RunOpened():
                self._ledger.capped = event.budget is not None
            case Allocated():
                for award in event.allocation.awards:
                    self._awarded.add((award.announcement, award.task, award.worker))
            case Settled():
                yield from self._end_award(_spelled(event), event.settlement)
            case Unsettled():
                yield from self._end_award(_spelled(event), event)
            case TaskEnded():
                if event.task in self._tasks:
                    yield f"task {event.task!r} ends twice"
                self._tasks.add(event.task)
            case RunClosed():
                self.closed = True
            case Closed():
                self._forget(event.announcement)
            case _:
                pass

    def end(self) -> Iterator[str]:
        """Yield what is wrong at the end of the journal."""
        if self.closed and self._ledger.held:
            yield f"the run is closed, but {self._ledger.held} nano-units are still held"

    def _end_award(self, key: str, ended: Settlement | Unsettled) -> Iterator[str]:
        award = (ended.announcement, ended.task, ended.worker)
        if award not in self._awarded:
            yield f"{key} settles what was not awarded"
        self._ended[award] += 1
        if self._ended[award] > 1:
            yield f"{key} settles an award for the second time"

    def _forget(self, announcement: str) -> None:
        """Drop what is settled, so that memory does not grow with the journal."""
        for award in [award for award in self._awarded if award[0] == announcement]:
            self._awarded.discard(award)
            self._ended.pop(award, None)


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
    if next(rows, None) is not None:
        yield "the ledger table has transfers that no event carries"


def _spelled(event: Event) -> str:
    return event.key.replace("\t", " ")
