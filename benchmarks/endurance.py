"""A long run: 10,000 tasks by 100 workers, with a journal that is acknowledged, and the journal alone.

What grows with a run shows in the cost of the last thousand tasks against that of the first
thousand (processor time), in resident memory, and in open files. The journal is measured with 50
producers of which each waits for its event before it makes the next, beside bare SQLite: the same
rows of text in the same groups, inserted and committed in a row, without chain, queue or loop.
"""

import gc
import os
import sqlite3
import tempfile
import time
from contextlib import closing
from itertools import count
from pathlib import Path

import anyio

from benchmarks.line import RIGHT, Stub
from benchmarks.measure import table
from orchestrator import Coordinator, Limits, Task
from orchestrator.memory.journal import encoded
from orchestrator.memory.sqlite_journal import SqliteJournal
from protocols.events import Event, TaskAdded, TaskEnded
from protocols.messages import Lot
from protocols.units import Money, TaskId

PAGE = os.sysconf("SC_PAGE_SIZE")
PRODUCERS = 50


class Gauge:
    """Reads processor time, memory and open files after every thousand tasks."""

    def __init__(self) -> None:
        self.ended = 0
        self.rows: list[tuple[int, float, float, int]] = []

    def note(self, event: Event) -> None:
        """Count a task that has ended."""
        if isinstance(event, TaskEnded):
            self.ended += 1
            if self.ended % 1000 == 0:
                self.read()

    def read(self) -> None:
        """Take a reading."""
        resident = int(Path("/proc/self/statm").read_text().split()[1]) * PAGE / 2**20
        files = len(list(Path("/proc/self/fd").iterdir()))
        self.rows.append((self.ended, time.process_time(), resident, files))


async def endure(tasks: int, workers: int, journal: Path, gauge: Gauge) -> None:
    """Have so many tasks done, in announcements of 32."""
    fleet = [Stub(number, instant=False) for number in range(workers)]
    limits = Limits(batch=32, announcements=4)
    async with Coordinator(fleet, journal=journal, limits=limits) as market:
        market.listen(gauge.note)
        entries = market.admit([Task("17 * 23?", "0.05", RIGHT) for _ in range(tasks)])
        gc.freeze()  # as `truthbid run` does
        try:
            gauge.read()
            await market.complete(entries, lambda _: None)
        finally:
            gc.unfreeze()


def long_run(folder: Path, tasks: int = 10_000, workers: int = 100) -> str:
    """Return the table of a long run."""
    gauge = Gauge()
    anyio.run(endure, tasks, workers, folder / "long.db", gauge)
    pairs = list(zip(gauge.rows, gauge.rows[1:], strict=False))
    costs = [(after[1] - before[1]) * 1e6 / 1000 for before, after in pairs]
    shown = [0, 1, len(costs) // 2, len(costs) - 1]
    rows: list[tuple[object, ...]] = [
        (f"{pairs[n][1][0]:,}", f"{costs[n]:.0f}", f"{pairs[n][1][2]:.1f}", pairs[n][1][3])
        for n in shown
    ]
    size = (folder / "long.db").stat().st_size / 2**20
    header = ("tasks done", "CPU us a task, of the last thousand", "resident MiB", "open files")
    return "\n".join(
        (
            f"{tasks:,} tasks, {workers} workers who all bid on everything:",
            "",
            table(header, rows),
            "",
            (
                f"The last thousand cost {costs[-1] / costs[0]:.2f} times the first. The journal has"
                f" {size:.0f} MiB."
            ),
        )
    )


def events(number: int) -> list[Event]:
    """Return so many events of the usual size."""
    return [
        TaskAdded(
            lot=Lot(task=TaskId(f"t{n}"), value=Money(100), reserve=Money(100), prompt="x" * 100)
        )
        for n in range(number)
    ]


async def produce(journal: SqliteJournal, made: list[Event]) -> None:
    """Append events from many tasks at once; each waits until its event is on the disk."""
    numbers = count()

    async def producer() -> None:
        while (number := next(numbers)) < len(made):
            await journal.durable(journal.append(made[number]))

    async with anyio.create_task_group() as group:
        for _ in range(PRODUCERS):
            group.start_soon(producer)


def appended(folder: Path, made: list[Event], name: str) -> float:
    """Return the seconds that the journal takes for all events, closing included."""
    journal = SqliteJournal(folder / f"{name}.db", time.time)
    start = time.perf_counter()
    anyio.run(produce, journal, made)
    journal.close()
    return time.perf_counter() - start


def bare(folder: Path, made: list[Event], name: str) -> float:
    """Return the seconds that SQLite alone takes for the same text, in commits of 50 rows."""
    bodies = [(n, 0.0, event.key, encoded(event), bytes(32)) for n, event in enumerate(made)]
    with closing(sqlite3.connect(folder / f"{name}.db", isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(
            "CREATE TABLE events (seq INTEGER PRIMARY KEY, at REAL NOT NULL,"
            " key TEXT NOT NULL UNIQUE, body TEXT NOT NULL, hash BLOB NOT NULL) STRICT"
        )
        start = time.perf_counter()
        for first in range(0, len(bodies), PRODUCERS):
            connection.execute("BEGIN IMMEDIATE")
            group = bodies[first : first + PRODUCERS]
            connection.executemany("INSERT INTO events VALUES (?, ?, ?, ?, ?)", group)
            connection.execute("COMMIT")
        return time.perf_counter() - start


def journal_alone(folder: Path, number: int = 20_000, rounds: int = 5) -> str:
    """Return the table of appended events a second; rounds take turns, the best of each counts."""
    made = events(number)
    cells = {"bare SQLite, commits of 50": bare, "the journal, 50 producers": appended}
    best = dict.fromkeys(cells, float("inf"))
    for turn in range(rounds):
        for place, (name, cell) in enumerate(cells.items()):
            best[name] = min(best[name], cell(folder, made, f"{turn}-{place}"))
    floor = min(best.values())
    rows: list[tuple[object, ...]] = [
        (name, f"{number / seconds:,.0f}", f"{seconds / floor:.2f}")
        for name, seconds in best.items()
    ]
    return table(("acknowledged events, synchronous FULL", "a second", "x time"), rows)


def report(tasks: int = 10_000, workers: int = 100) -> str:
    """Return both tables."""
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        path = Path(folder)
        return "\n\n".join((long_run(path, tasks, workers), journal_alone(path)))


if __name__ == "__main__":
    print(report())
