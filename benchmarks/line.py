"""The cost of one task: announce, 5 bids, clear, execute, verify, score, settle, journal.

The workers answer at once, so all that is measured is ours. They pass the event loop once for every
call, as a model's client would; "in a row" are workers that promise never to wait.
"""

import asyncio
import gc
import resource
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import anyio
from anyio.lowlevel import checkpoint

from benchmarks.measure import interleaved, table
from orchestrator import Coordinator, Limits, Task
from protocols.messages import Announcement, Award, Bid, Lot, Participant, Result
from protocols.units import Money, WorkerId
from workers.ports import Submit, Worker
from workers.verifiers import exact

RIGHT = exact("391")
FLOOR = "floor: asyncio gather and semaphore"


class Stub(Worker):
    """Bids and answers at once; passes the event loop once per call unless it is instant."""

    seats = 100

    def __init__(self, number: int, *, instant: bool) -> None:
        self.participant = Participant(worker=WorkerId(f"w{number}"))
        self.instant = instant
        self._probability = 0.5 + 0.08 * (number % 6)
        self._cost = Money(1000 + 100 * number)

    async def bid(self, announcement: Announcement, submit: Submit) -> None:
        """Bid on every lot."""
        if not self.instant:
            await checkpoint()
        for lot in announcement.lots:
            submit(
                Bid(
                    announcement=announcement.announcement,
                    task=lot.task,
                    worker=self.participant.worker,
                    cost=self._cost,
                    probability=self._probability,
                )
            )

    async def execute(self, lot: Lot, award: Award) -> Result:
        """Answer rightly."""
        if not self.instant:
            await checkpoint()
        return Result(
            announcement=award.announcement,
            task=lot.task,
            worker=self.participant.worker,
            answer="391",
            cost=self._cost,
        )


async def market(tasks: int, bidders: int, *, instant: bool, journal: Path | None) -> None:
    """Have so many tasks done by so many bidders."""
    fleet = [Stub(number, instant=instant) for number in range(bidders)]
    limits = Limits(batch=32, announcements=4)
    async with Coordinator(fleet, journal=journal, limits=limits) as coordinator:
        done = 0

        def count(_: object) -> None:
            nonlocal done
            done += 1

        entries = coordinator.admit([Task("17 * 23?", "0.05", RIGHT) for _ in range(tasks)])
        gc.freeze()  # as `truthbid run` does
        try:
            await coordinator.complete(entries, count)
        finally:
            gc.unfreeze()
    assert done == tasks


REPEATS = 10
"""The floor is so low that it is measured over so many repeats, as long as the other cells take."""


async def floor(tasks: int) -> None:
    """Have as many stubs called by bare asyncio, `REPEATS` times: gather and a semaphore."""
    gate = asyncio.Semaphore(100)

    async def one() -> None:
        async with gate:
            await asyncio.sleep(0)

    for _ in range(REPEATS):
        await asyncio.gather(*(one() for _ in range(tasks)))


def run_market(tasks: int, bidders: int, *, instant: bool, recorded: bool) -> None:
    """Run a market, with a journal in a new file or without one."""
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        path = Path(folder) / "bench.db" if recorded else None
        anyio.run(partial(market, tasks, bidders, instant=instant, journal=path))


def cells(tasks: int) -> dict[str, Callable[[], object]]:
    """Return what is measured, each doing so many tasks."""
    cell = partial(run_market, tasks)
    return {
        FLOOR: lambda: anyio.run(floor, tasks),
        "no journal": lambda: cell(5, instant=False, recorded=False),
        "no journal, workers in a row": lambda: cell(5, instant=True, recorded=False),
        "SQLite journal, synchronous FULL": lambda: cell(5, instant=False, recorded=True),
        "SQLite journal, workers in a row": lambda: cell(5, instant=True, recorded=True),
        "no journal, 15 bidders": lambda: cell(15, instant=False, recorded=False),
    }


def report(sizes: tuple[int, ...] = (1_000, 10_000), rounds: int = 3) -> str:
    """Return the table of the cost of a task by the size of the run."""
    rows: list[tuple[object, ...]] = []
    costs: dict[tuple[str, int], float] = {}
    for size in sizes:
        measured = interleaved(cells(size), rounds if size <= 10_000 else 1)
        measured[FLOOR] /= REPEATS
        base = measured[FLOOR]
        for name, seconds in measured.items():
            costs[name, size] = seconds / size * 1e6
            rows.append((f"{size:,}", name, f"{seconds / size * 1e6:.1f}", f"{seconds / base:.1f}"))
    small, large = sizes[0], sizes[-1]
    extra = (costs["no journal, 15 bidders", small] - costs["no journal", small]) / 10
    growth = [
        f"{name}: {costs[name, large] / costs[name, small]:.2f}"
        for name in ("no journal", "SQLite journal, synchronous FULL")
    ]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return "\n".join(
        (
            table(("tasks", "cell", "CPU us a task", "x floor"), rows),
            "",
            f"An extra bidder costs {extra:.1f} us a task.",
            f"Cost at {large:,} tasks against {small:,}: {'; '.join(growth)}.",
            f"Peak memory of the whole benchmark: {peak:.0f} MiB.",
        )
    )


if __name__ == "__main__":
    print(report())
