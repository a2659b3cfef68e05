"""How long it takes to assign tasks and price every winner: `python -m benchmarks.assignment`.

Times are processor time, the best of several rounds. Every round goes through all draws and, for
each, through floor and solver in turn: a solver that meets the same matrix again and again is twice
as fast at n = 100, because the processor learns its branches (the ratio is 3.8 to 4.0 then), and
no market is solved twice.

The floor is one call of scipy's `linear_sum_assignment` on costs less values, at most the reserve,
with the best of each task taken off (without that it takes up to 14 times as long), workers as rows
(the faster way round), as floating point. The ratio compares sums over the draws.
"""

from __future__ import annotations

import tracemalloc
from time import process_time
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import linear_sum_assignment

from benchmarks import bundles
from benchmarks.measure import table
from protocols import augmentation, dense
from protocols.contingent import ContingentVcg
from protocols.market import Market
from protocols.messages import Announcement, Bid, Lot, Participant
from protocols.units import AnnouncementId, Money, TaskId, WorkerId

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

SEED = 20240229
VALUE = 10**9
MEBI = 2**20


def best_of(rounds: int, works: Sequence[Callable[[], object]]) -> list[float]:
    """Return the shortest processor time of each piece of work, in seconds, taken in turn."""
    best = [float("inf")] * len(works)
    for _ in range(rounds):
        for place, work in enumerate(works):
            start = process_time()
            work()
            best[place] = min(best[place], process_time() - start)
    return best


def draw(workers: int, tasks: int, seed: int = SEED) -> NDArray[np.int64]:
    """Return costs less values, uniform and in nano-units, with an outside option of zero."""
    chance = np.random.default_rng(seed)
    costs = chance.integers(0, VALUE, (workers, tasks))
    values = chance.integers(VALUE // 2, VALUE, tasks)
    return np.vstack([costs - values, np.zeros(tasks, dtype=np.int64)])


def floor_of(costs: NDArray[np.int64]) -> Callable[[], object]:
    """Return one call of scipy's solver on the column-reduced matrix."""
    capped = np.minimum(costs[:-1], 0)
    reduced = (capped - capped.min(axis=0)).astype(np.float64)
    return lambda: linear_sum_assignment(reduced)


def priced(costs: NDArray[np.int64]) -> Callable[[], object]:
    """Return one solve with the proof of the optimum and all Clarke prices, one task a worker."""
    room = np.ones(len(costs) - 1, dtype=np.int64)
    return lambda: dense.Potentials(costs, room, dense.optimum(costs, room)).prices


def peak(work: Callable[[], object]) -> float:
    """Return the most memory that a piece of work takes at once, in MiB."""
    tracemalloc.start()
    work()
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most / MEBI


def unit_demand(size: int, draws: int, rounds: int) -> tuple[object, ...]:
    """Measure n workers with one task each on n tasks with reserves."""
    markets = [draw(size, size, SEED + number) for number in range(draws)]
    works = [work for costs in markets for work in (floor_of(costs), priced(costs))]
    times = best_of(rounds, works)
    floors, wholes = times[::2], times[1::2]
    worst = max(whole / floor for floor, whole in zip(floors, wholes, strict=True))
    floor, whole = sum(floors) / draws, sum(wholes) / draws
    return (
        size,
        draws,
        f"{floor * 1e3:.2f}",
        f"{whole * 1e3:.2f}",
        f"{whole / floor:.1f}",
        f"{worst:.1f}",
        f"{(size + 1) * floor:.2f}",
        f"{markets[0].nbytes / MEBI:.1f}",
        f"{peak(priced(markets[0])):.1f}",
    )


def capacities(workers: int, tasks: int, room: int) -> tuple[object, ...]:
    """Measure workers with room for several tasks against one solve more per winner."""
    costs = draw(workers, tasks)
    rooms = np.full(workers, room, dtype=np.int64)
    holders = dense.optimum(costs, rooms)
    winners = sorted({int(holder) for holder in holders if holder != workers})

    def prices() -> None:
        potentials = dense.Potentials(costs, rooms, holders)
        for winner in winners:
            potentials.price(winner)

    solve, time = best_of(3, [lambda: dense.optimum(costs, rooms), prices])
    naive = solve * (len(winners) + 1)
    cells = (solve * 1e3, (solve + time) * 1e3, naive * 1e3)
    shown = [f"{cell:.1f}" for cell in cells]
    return (workers, tasks, room, len(winners), *shown, f"{naive / (solve + time):.0f}")


def crossover(workers: int, tasks: int, room: int) -> tuple[object, ...]:
    """Measure the plain solver against the vectorised one, from dictionaries to prices."""
    costs = draw(workers, tasks)
    market = Market(
        tasks=tuple(map(str, range(tasks))),
        workers=tuple(map(str, range(workers))),
        costs=tuple(
            {worker: int(cost) for worker, cost in enumerate(row[:-1]) if cost <= 0}
            for row in costs.T
        ),
        outside=(0,) * tasks,
        capacities=(room,) * workers,
    )
    plain, fast = best_of(3, [lambda: augmentation.assign(market), lambda: dense.assign(market)])
    pairs = sum(map(len, market.costs))
    return workers, tasks, room, pairs, f"{plain * 1e3:.1f}", f"{fast * 1e3:.1f}"


def batch(bidders: int, lots: int) -> tuple[object, ...]:
    """Measure a batch without capacities, from bids to awards with their contracts, in CPU time."""
    chance = np.random.default_rng(SEED)
    name = AnnouncementId("a1")
    announcement = Announcement(
        announcement=name,
        number=1,
        lots=tuple(
            Lot(task=TaskId(f"t{lot}"), value=Money(VALUE), reserve=Money(VALUE))
            for lot in range(lots)
        ),
        participants=tuple(Participant(worker=WorkerId(f"w{worker}")) for worker in range(bidders)),
    )
    bids = [
        Bid(
            announcement=name,
            task=lot.task,
            worker=member.worker,
            cost=Money(int(chance.integers(0, VALUE // 2))),
            probability=float(chance.random()),
        )
        for lot in announcement.lots
        for member in announcement.participants
    ]
    mechanism = ContingentVcg(lambda report: -report * (1 - report), stake=Money(VALUE // 10))
    repeat = max(2_000 // (bidders * lots), 1)

    def clear() -> None:
        for _ in range(repeat):
            mechanism.clear(announcement, bids, {}, 0)

    time = best_of(20, [clear])[0] / repeat
    return bidders, lots, f"{time * 1e6:.0f}", f"{time * 1e6 / lots:.1f}"


def report() -> str:
    """Measure everything and return it as markdown tables."""
    unit = ("n", "draws", "floor, ms", "solve and all payments, ms", "ratio", "worst draw")
    memory = ("n + 1 re-solves, s", "costs, MiB", "beyond them, MiB")
    room = ("workers", "tasks", "room", "winners", "one solve, ms", "with payments, ms")
    size = ("workers", "tasks", "room", "bids")
    parts = [
        (
            "Unit demand, n workers x n tasks with reserves, the proof of the optimum and every"
            " Clarke payment included; the re-solves are the floor n + 1 times:"
        ),
        table(
            (*unit, *memory),
            [
                unit_demand(*cell)
                for cell in ((100, 10, 30), (300, 5, 8), (1000, 2, 3), (2000, 1, 2))
            ],
        ),
        "Capacities, every Clarke payment included, against one re-solve per winner:",
        table(
            (*room, "re-solves, ms", "ratio"),
            [capacities(*cell) for cell in ((60, 90, 2), (300, 635, 3), (600, 1002, 2))],
        ),
        (
            "The plain solver, which decides up to 2,000 bids, and the vectorised one, for which"
            " scipy must be loaded once, some 300 ms:"
        ),
        table(
            (*size, "plain, ms", "vectorised, ms"),
            [
                crossover(*cell)
                for cell in ((10, 10, 1), (30, 60, 2), (45, 45, 1), (40, 80, 2), (60, 120, 2))
            ],
        ),
        (bundles.__doc__ or "").strip(),
        bundles.report(),
        "A batch without capacities by `contingent-vcg`, bids to awards; no solver is loaded:",
        table(
            ("bidders", "lots", "us", "us per lot"),
            [batch(*cell) for cell in ((5, 1), (10, 1), (5, 32), (10, 100))],
        ),
    ]
    return "\n\n".join(parts)


if __name__ == "__main__":
    print(report())
