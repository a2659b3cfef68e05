"""Runs in which a task is called off, checked as a whole, for the tests of that."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
import pytest

from orchestrator.market import Limits
from orchestrator.memory.journal import Journal
from orchestrator.memory.record import Record
from orchestrator.task import Task, TaskResult
from protocols.events import Event, RunClosed, Started, TaskEnded
from protocols.messages import Announcement, Award, Lot, Result
from tests.orchestrator.markets import Kin, Paced, Queue, events_of, virtually
from tests.workers.virtual_time import BACKENDS
from workers.ports import Bidder, Verdict, Worker
from workers.verifiers import exact

RIGHT = exact("right")
OWED = 250
"""A quarter of a value of a thousand nano-units."""

ON_BOTH = pytest.mark.parametrize("backend", BACKENDS)


class Slow:
    """A verifier that takes its time."""

    type = "slow"

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    async def verify(self, lot: Lot, result: Result) -> Verdict:
        """Accept after a while."""
        await anyio.sleep(self._seconds)
        return Verdict(1.0, "")


class Deliberate(Paced):
    """A worker that thinks about every price of a clock anew."""

    def at_clock(self, announcement: Announcement) -> Bidder:
        """Answer for itself."""
        del announcement
        return self


class Hesitant(Paced):
    """A worker that says after some time whether it takes an award up."""

    confirms = True

    def __init__(self, name: str, hesitates: float, **more: Any) -> None:
        super().__init__(name, **more)
        self._hesitates = hesitates

    async def confirm(self, lot: Lot, award: Award) -> bool:
        """Say yes in the end."""
        await anyio.sleep(self._hesitates)
        return True


def task(number: int, *needs: str, verify: Any = RIGHT) -> Task:
    """Return a task worth a thousand nano-units."""
    return Task("do it", "0.000001", verify, id=f"t{number}", needs=needs)


@dataclass
class Run:
    """What came of a run in which one task was cancelled.

    Attributes:
        results: How the tasks ended.
        seconds: How long it took.
        in_time: What the cancellation said.
    """

    market: Kin
    results: list[TaskResult]
    seconds: float
    in_time: bool

    def of(self, kind: type[Any]) -> list[Any]:
        """Return the events of a kind."""
        return self.market.of(kind)

    @property
    def states(self) -> list[str]:
        """How the tasks ended, in their order."""
        return [result.state for result in self.results]


def run(
    backend: str,
    folder: Path,
    fleet: Iterable[Worker],
    tasks: Iterable[Task],
    *,
    cancel: str = "t0",
    at: float = 5.0,
    mechanism: Any = None,
    **more: Any,
) -> Run:
    """Run tasks, cancel one of them, and check books, journal and replay."""
    more.setdefault("limits", Limits(attempts=1, withdrawal=0.25))
    workers, tasks = list(fleet), list(tasks)

    async def main() -> Run:
        market = Kin(workers, mechanism=mechanism or Queue(), **more)
        results: list[TaskResult] = []
        start, in_time = anyio.current_time(), False
        async with market, anyio.create_task_group() as group:

            async def work() -> None:
                results.extend(await market.run_all(tasks))

            group.start_soon(work)
            await anyio.sleep(at)
            in_time = await market.cancel(cancel, "not wanted")
        return Run(market, results, anyio.current_time() - start, in_time)

    done = virtually(main, backend)
    assert done.market.ledger.held == 0
    assert isinstance(done.market.events[-1], RunClosed)
    if mechanism is not None:
        check_replay(done.market, folder)
    return done


def check_replay(market: Kin, folder: Path) -> None:
    """Check that a journal is sound and that a replay derives every event of it."""
    found = market.replayed(folder)
    assert found.differences == ()
    assert found.compared == found.events
    events_of(folder / "replayed.db")


def about(events: Iterable[Event], kind: type[Started | TaskEnded]) -> list[str]:
    """Return the tasks of events of a kind."""
    return [event.task for event in events if isinstance(event, kind)]


class Later(Kin):
    """A coordinator that goes on with the run of a journal file, and keeps what it adds in a list."""

    def __init__(self, path: Path, workers: Iterable[Worker], **more: Any) -> None:
        super().__init__(workers, **more)
        self.journal_path = path
        with Record(path) as record:
            self.kept.events.extend(entry.event for entry in record.entries())

    def _open_journal(self) -> tuple[Journal, Record | None]:
        assert self.journal_path is not None
        return self.kept, Record(self.journal_path)
