"""Starts a run from a point of another one: what was done by then is taken over, not done again."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from orchestrator.entrance import described
from orchestrator.errors import InputError, Problem
from orchestrator.inheritance import descended
from orchestrator.memory.branch import branch
from orchestrator.memory.journal import JournalError, Row, checked_chain
from orchestrator.memory.ledger import Ledger
from orchestrator.memory.record import Record
from orchestrator.memory.upcasting import decoded
from orchestrator.task import Task
from protocols.events import (
    EVENT,
    Event,
    Finished,
    RunClosed,
    RunOpened,
    Started,
    TaskAdded,
    transfers_of,
)
from protocols.forking import Forked
from protocols.units import Money
from workers.verifiers.person import VerdictFile


class Point(NamedTuple):
    """Where a run was forked.

    Attributes:
        seq: The last entry that was taken over.
        spent: The cash that the parent had spent by then.
        under_way: The calls to workers that were under way; the fork makes them again.
        quiet: The last entry, up to that one, at which none was under way.
    """

    seq: int
    spent: Money
    under_way: int
    quiet: int


def fork(
    parent: Path, target: Path, opening: RunOpened, tasks: Iterable[Task] | None, at: int | None
) -> Point:
    """Write the journal of a new run that begins as another one did; `Coordinator` resumes it.

    The fork takes over the entries up to a point, announcements under way included: those are
    finished on the terms of the parent, as after an interruption. What was spent is spent, and
    counts against the budget of the fork.

    Args:
        parent: The journal of the other run; it stays as it is.
        target: The journal of the new one; it must not exist.
        opening: The first event of a run with the new settings: `Coordinator.opening`.
        tasks: The tasks of the new run, to find those that were changed; ``None`` to find out later.
        at: The last entry to take over; the last of the parent before it was closed if left out.

    Raises:
        InputError: If there is no such entry, or the settings do not go with what was done by then.
        JournalError: If the parent cannot be read, is damaged, or the target cannot be written.
    """
    with Record(parent) as record:
        rows = list(_checked(record))
    if not rows:
        raise JournalError(f"{parent}: the run was never opened")
    events = [decoded(row.body, EVENT) for row in rows]
    last = len(rows) - isinstance(events[-1], RunClosed)
    at = last if at is None else at
    if not 1 <= at <= last:
        reason = f"expected an entry from 1 to {last}"
        closed = "; nothing can come after the last one" if at == len(rows) else ""
        raise InputError([Problem(f"--at {at}", reason + closed)])
    rows, events = rows[:at], events[:at]
    problems = list(_unfit(parent, opening, events, tasks))
    if problems:
        raise InputError(problems)
    VerdictFile.beside(target).clear()
    branch(target, descended(opening, _origin(rows, events)), rows)
    return _point(events)


def _checked(record: Record) -> Iterator[Row]:
    for row, problem in checked_chain(record.rows()):
        if problem is not None:
            raise JournalError(f"{record.path}: damaged: {problem}")
        yield row


def _origin(rows: list[Row], events: list[Event]) -> Forked:
    first, last, opened = rows[0], rows[-1], events[0]
    assert isinstance(opened, RunOpened)  # noqa: S101 - the first entry of every journal
    return Forked(
        run=opened.run,
        seq=last.seq,
        hash=last.hash.hex(),
        announced=sum(event.event == "announced" for event in events),
        at=first.at,
        opened=first.body,
    )


def _point(events: list[Event]) -> Point:
    ledger = Ledger(capped=False)
    open_calls: set[tuple[str, str, str]] = set()
    quiet = 1
    for seq, event in enumerate(events, start=1):
        ledger.apply(transfers_of(event))
        if isinstance(event, Started):
            open_calls.add((event.announcement, event.task, event.worker))
        elif isinstance(event, Finished):
            report = event.report
            open_calls.discard((report.announcement, report.task, report.worker))
        if not open_calls:
            quiet = seq
    return Point(len(events), ledger.spending(), len(open_calls), quiet)


def _unfit(
    parent: Path, opening: RunOpened, events: list[Event], tasks: Iterable[Task] | None
) -> Iterator[Problem]:
    """Yield what cannot be changed any more."""
    opened = events[0]
    if not isinstance(opened, RunOpened):
        yield Problem(str(parent), "the run was never opened")
        return
    if "given" in opened.config["mechanism"]:
        yield Problem(
            str(parent), "its mechanism was given in code; only the catalog can be forked"
        )
    if opened.config.get("peer") != opening.config.get("peer"):
        yield Problem("peer", "was changed: answers that wait for peers are scored as was agreed")
    if opened.currency != opening.currency:
        yield Problem("currency", f"is {opened.currency} in what was done, not {opening.currency}")
    now = {each.worker: each for each in opening.participants}
    for each in opened.participants:
        if now.get(each.worker) != each:
            change = "is gone" if each.worker not in now else "has another contract with you"
            yield Problem(f"worker {each.worker!r}", f"{change}; what was done has it as it was")
    if tasks is not None:
        yield from _changed(events, tasks)


def _changed(events: list[Event], tasks: Iterable[Task]) -> Iterator[Problem]:
    """Yield the tasks that had entered and are not what they were."""
    now = {
        lot.task: (lot, task)
        for number, task in enumerate(tasks, start=1)
        for lot in [task.lot(f"t{number}")]
    }
    for event in events:
        if not isinstance(event, TaskAdded):
            continue
        name = event.lot.task
        if name not in now:
            yield Problem(f"task {name!r}", "is gone, but had entered by then")
            continue
        lot, task = now[name]
        verify = described(task.verify)
        same = (lot, tuple(task.needs), task.redundancy, None if verify is None else dict(verify))
        was = None if event.verify is None else dict(event.verify)
        if same != (event.lot, event.needs, event.copies, was):
            yield Problem(f"task {name!r}", "was changed, but had entered by then as it was")
