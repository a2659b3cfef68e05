"""Events, runs and journal files for the tests of what stores them."""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from orchestrator.memory.journal import JournalError
from orchestrator.memory.ledger import fund, hold, owe, spend, spent
from orchestrator.memory.record import Record
from orchestrator.memory.sqlite_journal import SqliteJournal
from protocols.contract import Contract, Settlement, Transfer
from protocols.events import (
    Allocated,
    Announced,
    BidsClosed,
    Closed,
    Event,
    Finished,
    RunClosed,
    RunOpened,
    Settled,
    Started,
    TaskAdded,
    TaskEnded,
    Unsettled,
    Verified,
)
from protocols.mechanism import Allocation
from protocols.messages import Announcement, Award, Bid, Lot, Outcome, Participant, Result
from protocols.units import AnnouncementId, Money, TaskId, WorkerId

FIRST = AnnouncementId("a1")
ANN, BOB = WorkerId("ann"), WorkerId("bob")


def clock() -> float:
    """Return the same time always."""
    return 1_700_000_000.25


def lot(task: str = "t1", kind: str = "task", value: int = 100) -> Lot:
    """Return a lot."""
    return Lot(task=TaskId(task), kind=kind, value=Money(value), reserve=Money(value))


def added(number: int) -> TaskAdded:
    """Return one of many events that differ."""
    return TaskAdded(lot=lot(f"t{number}"))


def moved(number: int, transfers: tuple[Transfer, ...]) -> Event:
    """Return one of many events that move money."""
    return Unsettled(
        announcement=FIRST, task=TaskId(f"t{number}"), worker=ANN, reason="", transfers=transfers
    )


def hold_and_release(amount: int) -> tuple[Transfer, ...]:
    """Return transfers that leave the books as they were."""
    held = Money(amount)
    return (*hold(held), *spend(held, Money(0), spent(ANN), "bill"))


def opened(budget: int | None = 1000) -> RunOpened:
    """Return the first event of a run."""
    return RunOpened(
        run="test",
        version="1",
        seed=0,
        currency="USD",
        budget=None if budget is None else Money(budget),
        participants=(Participant(worker=ANN), Participant(worker=BOB)),
        config={"mechanism": {"name": "vcg"}},
        config_digest="0" * 64,
        transfers=fund(Money(budget)) if budget else (),
    )


def award(worker: WorkerId = ANN, task: str = "t1", rank: int = 0) -> Award:
    """Return an award of the first announcement."""
    return Award(
        announcement=FIRST,
        task=TaskId(task),
        worker=worker,
        contract=Contract(base=Money(7), report=0.9),
        rank=rank,
        score=Money(90),
        pivot=Money(0),
    )


def allocated(*awards: Award, held: int = 10) -> Allocated:
    """Return the decision on the first announcement."""
    return Allocated(
        allocation=Allocation(
            announcement=FIRST, mechanism="vcg", awards=awards, welfare=Money(90)
        ),
        transfers=hold(Money(held)),
    )


def started(worker: WorkerId = ANN, task: str = "t1") -> Started:
    """Return the start of the work."""
    return Started(announcement=FIRST, task=TaskId(task), worker=worker)


def settled(worker: WorkerId = ANN, task: str = "t1", cost: int = 4) -> Settled:
    """Return the end of an award that was held ten for."""
    return Settled(
        settlement=Settlement(
            announcement=FIRST,
            task=TaskId(task),
            worker=worker,
            success=1.0,
            score=-0.01,
            payment=Money(7),
            cost=Money(cost),
        ),
        transfers=(*spend(Money(10), Money(cost), spent(worker), "bill"), *owe(worker, Money(7))),
    )


def run() -> list[Event]:
    """Return the events of a whole run of one task."""
    task = TaskId("t1")
    announcement = Announcement(
        announcement=FIRST, number=1, lots=(lot(),), participants=opened().participants
    )
    bid = Bid(announcement=FIRST, task=task, worker=ANN, cost=Money(10), probability=0.9)
    result = Result(announcement=FIRST, task=task, worker=ANN, answer="391", cost=Money(4))
    outcome = Outcome(announcement=FIRST, task=task, worker=ANN, success=1.0, verifier="exact")
    return [
        opened(),
        TaskAdded(lot=lot()),
        Announced(announcement=announcement),
        BidsClosed(announcement=FIRST, bids=(bid,), silent=(BOB,)),
        allocated(award()),
        started(),
        Finished(report=result),
        Verified(outcome=outcome),
        settled(),
        Closed(announcement=FIRST, number=1),
        TaskEnded(task=task, state="solved"),
        RunClosed(reason="done"),
    ]


def write(path: Path, events: Iterable[Event]) -> Path:
    """Write a journal."""
    journal = SqliteJournal(path, clock)
    try:
        for event in events:
            journal.append(event)
    finally:
        journal.close()
    return path


def by_hand(path: Path, script: str) -> None:
    """Change a journal with SQLite alone, after taking its guards away."""
    with closing(sqlite3.connect(path)) as connection:
        guards = connection.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
        taken = guards.fetchall()
        connection.executescript("".join(f"DROP TRIGGER {name};" for name, _ in taken))
        connection.executescript(script)
        connection.executescript("".join(f"{sql};" for _, sql in taken))


def sound(path: Path) -> int:
    """Check a journal of single events and return how many it has."""
    with Record(path) as record:
        assert list(record.problems()) == []
        return len(record)


def on_disk(path: Path) -> int:
    """Return how many events another connection sees."""
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        number: int = connection.execute("SELECT count(*) FROM events").fetchone()[0]
    return number


class Kept:
    """A journal in memory, which stops working after so many events."""

    def __init__(self, room: int = 1_000_000) -> None:
        self.events: list[Event] = []
        self.waited: list[int] = []
        self._room = room

    def append(self, event: Event) -> int:
        """Keep the event."""
        if len(self.events) >= self._room:
            raise JournalError("full")
        self.events.append(event)
        return len(self.events)

    def keep_call(self, lane: str, body: str) -> None:
        """Forget the call."""

    async def durable(self, seq: int) -> None:
        """Note who waits, and return at once."""
        self.waited.append(seq)

    def close(self) -> None:
        """Do nothing."""
