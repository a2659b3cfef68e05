"""One run from one seed: unreliable workers, a slow and failing disk, deaths, and a new process each time.

All of it happens in virtual time in one thread, so a seed gives the same run again, to the last byte.
Every fourth seed runs on trio, whose order of tasks is drawn by the seed as well.
"""

from collections.abc import Generator, Iterable
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

import anyio
import pytest
from trio._core._run import _r as trio_order  # pyright: ignore[reportPrivateUsage] - no other way

from orchestrator.coordinator import Coordinator
from orchestrator.memory.journal import Journal, JournalError, encoded
from orchestrator.memory.record import Record
from protocols.events import Event, RunClosed
from tests.orchestrator.journals import write
from tests.orchestrator.markets import virtually
from tests.soak.checker import broken_promises
from tests.soak.scenario import Scenario
from tests.soak.store import Disk, FaultyStore, KilledError
from workers.ports import Worker


@dataclass
class Told:
    """What came of a seed.

    Attributes:
        events: How many events the finished journal has.
        processes: How many processes it took.
        digest: The hash of all events; the same whenever the seed is run.
        problems: The promises that were broken.
        kinds: Which events happened.
    """

    seed: int
    events: int = 0
    processes: int = 0
    digest: str = ""
    problems: list[str] = field(default_factory=list[str])
    kinds: frozenset[str] = frozenset()


class Mortal(Coordinator):
    """A coordinator on a disk that may fail; its books are checked after every event."""

    def __init__(
        self, store: FaultyStore, past: Path | None, workers: Iterable[Worker], **more: Any
    ) -> None:
        super().__init__(workers, **more)
        self.store, self.journal_path = store, past
        self.listen(self._balanced)

    def _open_journal(self) -> tuple[Journal, Record | None]:
        return self.store, None if self.journal_path is None else Record(self.journal_path)

    def _balanced(self, event: Event) -> None:
        if self.ledger.sums() != {"cash": 0, "credit": 0} or self.ledger.held < 0:
            raise AssertionError(f"{event.key}: the books do not balance")


def soak(seed: int, folder: Path) -> Told:
    """Run a seed to its end and check the journal that it leaves.

    Args:
        seed: Decides everything.
        folder: Where journals may be written meanwhile.
    """
    scenario, disk, told = Scenario(seed), Disk(), Told(seed)
    while not (disk.events and isinstance(disk.events[-1], RunClosed)):
        before, acknowledged = list(disk.events), disk.acknowledged
        _process(scenario, told.processes, disk, folder)
        told.processes += 1
        if disk.events[: len(before)] != before:
            told.problems.append(f"process {told.processes} changed the past")
        if len(disk.events) < max(disk.acknowledged, acknowledged):
            told.problems.append(f"process {told.processes} lost acknowledged events")
    bodies = "\n".join(map(encoded, disk.events))
    told.digest = sha256(bodies.encode()).hexdigest()
    told.events = len(disk.events)
    told.kinds = frozenset(event.event for event in disk.events)
    path = _written(folder, disk)
    told.problems += broken_promises(path, len(scenario.tasks()))
    path.unlink()
    return told


def _written(folder: Path, disk: Disk) -> Path:
    path = folder / "run.db"
    path.unlink(missing_ok=True)
    return write(path, disk.events)


def _process(scenario: Scenario, process: int, disk: Disk, folder: Path) -> None:
    """Let one process live for as long as its fate lets it.

    Raises:
        Exception: If it ends by anything but its fate; also if none was to come, and it did not
            finish the run.
    """
    past = _written(folder, disk) if disk.events else None
    store = FaultyStore(disk, scenario.fate(process), Random(f"{scenario.seed}\t{process}"))
    market = Mortal(store, past, scenario.workers(process), **scenario.settings())
    try:
        with _in_order(f"{scenario.seed}\t{process}"):
            virtually(partial(_live, market, scenario, process), scenario.backend)
    except (JournalError, KilledError):
        if not store.over:
            raise
    except BaseExceptionGroup as group:
        if not store.over or group.split((JournalError, KilledError))[1] is not None:
            raise
    else:
        assert isinstance(disk.events[-1], RunClosed)


@contextmanager
def _in_order(seed: str) -> Generator[None]:
    """Let a seed decide in which order trio gives tasks their turns; elsewhere it is fixed."""
    state = trio_order.getstate()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("trio._core._run._ALLOW_DETERMINISTIC_SCHEDULING", True)
        trio_order.seed(seed)
        try:
            yield
        finally:
            trio_order.setstate(state)


async def _live(market: Mortal, scenario: Scenario, process: int) -> None:
    """Run all tasks, call some off, and perhaps die in the middle of it."""
    async with anyio.create_task_group() as life:
        if (second := scenario.killed_after(process)) is not None:
            life.start_soon(_die, market.store, second)
        async with market, anyio.create_task_group() as group:
            for after, task in scenario.cancellations():
                group.start_soon(_call_off, market, after, task)
            await market.run_all(scenario.tasks())
            group.cancel_scope.cancel()
        life.cancel_scope.cancel()


async def _die(store: FaultyStore, second: float) -> None:
    await anyio.sleep(second)
    store.die()


async def _call_off(market: Mortal, after: float, task: str) -> None:
    await anyio.sleep(after)
    with suppress(RuntimeError):  # the run is over
        await market.cancel(task)
