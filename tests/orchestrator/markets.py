"""Markets for tests: kept in memory, checked after every event, with workers of all tempers."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import anyio

from orchestrator.coordinator import Coordinator
from orchestrator.memory.journal import Journal
from orchestrator.memory.record import Record
from orchestrator.replay import Replay, replay
from orchestrator.verification import verify
from protocols.contract import Contract
from protocols.events import (
    Allocated,
    Event,
    RunClosed,
    Settled,
    TaskEnded,
)
from protocols.mechanism import Allocation, Properties, Standings, Unsold
from protocols.messages import Announcement, Award, Bid, Failure, Lot, Participant, Result
from protocols.units import Money, WorkerId
from tests.orchestrator.journals import Kept, write
from tests.workers.virtual_time import BACKENDS
from workers.ports import Submit, Worker

T = TypeVar("T")
E = TypeVar("E")

HOUR = 3600.0


def virtually(main: Callable[[], Awaitable[T]], backend: str = "asyncio") -> T:
    """Run a coroutine in virtual time: an hour passes in a moment, a hang is an error."""
    name, options = BACKENDS[backend]()

    async def within_a_day() -> T:
        with anyio.fail_after(24 * HOUR):
            return await main()

    return anyio.run(within_a_day, backend=name, backend_options=options)


class Kin(Coordinator):
    """A coordinator whose journal is a list, and whose books are checked after every event."""

    def __init__(self, workers: Iterable[Worker], *, room: int = 1_000_000, **more: Any) -> None:
        super().__init__(workers, **more)
        self.kept = Kept(room)
        self.listen(self._balanced)

    @property
    def events(self) -> list[Event]:
        """Everything that happened."""
        return self.kept.events

    def of(self, kind: type[E]) -> list[E]:
        """Return the events of a kind, in their order."""
        return [event for event in self.events if isinstance(event, kind)]

    def state(self) -> dict[str, str]:
        """Return how each task ended."""
        return {event.task: event.state for event in self.of(TaskEnded)}

    def replayed(self, folder: Path) -> Replay:
        """Write the events to a file and replay it; outside of any event loop."""
        path = folder / "replayed.db"
        path.unlink(missing_ok=True)
        return replay(write(path, self.events))

    def _open_journal(self) -> tuple[Journal, Record | None]:
        return self.kept, None

    def _balanced(self, event: Event) -> None:
        assert self.ledger.sums() == {"cash": 0, "credit": 0}, event.key
        assert self.ledger.held >= 0
        if self.ledger.capped:
            assert self.ledger.available >= 0, event.key


class Paced(Worker):
    """Bids one price after some time, and answers after some more.

    Args:
        name: Its name.
        cost: What it bids, and what the work costs, in nano-units.
        answer: What it answers; an exception is raised, ``None`` is a failure.
        chance: What it reports.
        bids_after: Seconds until it bids on an announcement.
        works: Seconds that the work takes, for all lots or by task.
        ceiling: What asking it for a bid on one lot may cost.
        charge: What it then costs.
        ledger: Who counts how many are at work.

    Attributes:
        busy: How many of its executions are under way, and the most that ever were.
        called: The tasks that it was called for, in their order.
    """

    def __init__(
        self,
        name: str,
        cost: int = 100,
        answer: str | Exception | None = "right",
        *,
        chance: float = 0.9,
        bids_after: float | Callable[[Announcement], float] = 0.0,
        works: float | Mapping[str, float] | Callable[[Lot], float] = 1.0,
        seats: int = 8,
        payable: bool = False,
        capacity: int | None = None,
        ceiling: int = 0,
        charge: int = 0,
        metered: int | None = None,
    ) -> None:
        self.participant = Participant(worker=WorkerId(name), payable=payable, capacity=capacity)
        self.seats = seats
        self.cost, self.answer, self.chance = Money(cost), answer, chance
        self.metered = self.cost if metered is None else Money(metered)
        self.called: list[str] = []
        self.busy = self.most = 0
        self.crowd: Crowd | None = None
        self.closed = 0
        self._bids_after, self._works = bids_after, works
        self._ceiling, self._charge = Money(ceiling), Money(charge)

    def bid_ceiling(self, lot: Lot) -> Money:
        """Return what asking may cost."""
        del lot
        return self._ceiling

    async def bid(self, announcement: Announcement, submit: Submit) -> None:
        """Bid on every lot that does not exclude it."""
        after = self._bids_after
        await anyio.sleep(after(announcement) if callable(after) else after)
        for lot in announcement.lots:
            if self.name not in lot.excluded:
                submit(offer(announcement, lot, self.name, self.cost, self.chance, self._charge))

    async def execute(self, lot: Lot, award: Award) -> Result | Failure:
        """Take the time and answer."""
        self.called.append(lot.task)
        self.busy += 1
        self.most = max(self.most, self.busy)
        if self.crowd is not None:
            self.crowd.enter()
        try:
            await anyio.sleep(self._seconds(lot))
        finally:
            self.busy -= 1
            if self.crowd is not None:
                self.crowd.busy -= 1
        if isinstance(self.answer, Exception):
            raise self.answer
        return report(award, self.answer, self.metered)

    async def aclose(self) -> None:
        """Count how often it was closed."""
        self.closed += 1

    def _seconds(self, lot: Lot) -> float:
        works = self._works
        if callable(works):
            return works(lot)
        return works.get(lot.task, 1.0) if isinstance(works, Mapping) else works


class Crowd:
    """Counts how many of several workers are busy at the same time."""

    def __init__(self, workers: Iterable[Paced]) -> None:
        self.busy = self.most = 0
        for worker in workers:
            worker.crowd = self

    def enter(self) -> None:
        """Count one more."""
        self.busy += 1
        self.most = max(self.most, self.busy)


def offer(
    announcement: Announcement,
    lot: Lot,
    worker: WorkerId,
    cost: int,
    chance: float,
    charge: int = 0,
) -> Bid:
    """Return a bid."""
    return Bid(
        announcement=announcement.announcement,
        task=lot.task,
        worker=worker,
        cost=Money(cost),
        probability=chance,
        charge=Money(charge),
    )


def report(award: Award, answer: str | None, cost: int) -> Result | Failure:
    """Return the report on an award: its answer, or a failure without one."""
    about: dict[str, Any] = {
        "announcement": award.announcement,
        "task": award.task,
        "worker": award.worker,
        "cost": Money(cost),
    }
    return Failure(**about, reason="no idea") if answer is None else Result(**about, answer=answer)


class Queue:
    """A mechanism for tests: the cheapest bid wins and is paid its cost, the next are fallbacks.

    Args:
        ranks: The most awards of one lot.
    """

    name = "queue"
    properties = Properties(
        truthful="no",
        elicits=(),
        individually_rational="ex-post",
        budget="none",
        exact=True,
        assumptions=(),
        source="a test",
    )

    def __init__(self, ranks: int = 1) -> None:
        self._ranks = ranks

    def clear(
        self, announcement: Announcement, bids: Sequence[Bid], standings: Standings, seed: int
    ) -> Allocation:
        """Sort the bids of each lot by cost and name."""
        del standings, seed
        lines = [self._line(lot, bids) for lot in announcement.lots]
        return Allocation(
            announcement=announcement.announcement,
            mechanism=self.name,
            awards=tuple(award for line in lines for award in line),
            unsold=tuple(
                Unsold(task=lot.task, reason="no-bids")
                for lot, line in zip(announcement.lots, lines, strict=True)
                if not line
            ),
            welfare=Money(0),
        )

    def _line(self, lot: Lot, bids: Sequence[Bid]) -> list[Award]:
        mine = sorted((bid.cost, bid.worker, bid) for bid in bids if bid.task == lot.task)
        return [
            Award(
                announcement=bid.announcement,
                task=bid.task,
                worker=bid.worker,
                contract=Contract(base=bid.cost, report=bid.probability),
                rank=rank,
                score=bid.cost,
                pivot=Money(0),
            )
            for rank, (_, _, bid) in enumerate(mine[: self._ranks])
        ]


class Broken(Queue):
    """A mechanism that raises."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self._error = error

    def clear(
        self, announcement: Announcement, bids: Sequence[Bid], standings: Standings, seed: int
    ) -> Allocation:
        """Raise."""
        raise self._error


def awards(events: Iterable[Event]) -> list[tuple[str, str, str, int]]:
    """Return every award as (announcement, task, worker, rank)."""
    return [
        (award.announcement, award.task, award.worker, award.rank)
        for event in events
        if isinstance(event, Allocated)
        for award in event.allocation.awards
    ]


def payments(events: Iterable[Event]) -> dict[tuple[str, str, str], int]:
    """Return what each settled award is paid."""
    return {
        (done.announcement, done.task, done.worker): done.payment
        for event in events
        if isinstance(event, Settled)
        for done in [event.settlement]
    }


def events_of(path: Path) -> list[Event]:
    """Return the events of a sound journal."""
    with Record(path) as record:
        assert verify(record).problems == ()
        return [entry.event for entry in record.entries()]


def finished(events: Sequence[Event]) -> dict[str, object]:
    """Return what a run came to: what must be the same however often it was interrupted."""
    return {
        "awards": sorted(awards(events)),
        "payments": payments(events),
        "ends": {event.task: event.state for event in events if isinstance(event, TaskEnded)},
        "closed": [event for event in events if isinstance(event, RunClosed)],
    }
