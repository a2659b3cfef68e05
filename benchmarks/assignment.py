"""How long it takes to assign tasks and price every winner: `python -m benchmarks.assignment`.

Times are the best of several runs, so they bear comparison with the floor
of the same run: one call of scipy's solver on the column-reduced matrix.
"""

from __future__ import annotations

from time import perf_counter, process_time
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import linear_sum_assignment

from protocols import dense
from protocols.bundles import Package, best_packages, solve_packages
from protocols.contingent import ContingentVcg
from protocols.messages import Announcement, Bid, Lot, Participant
from protocols.units import AnnouncementId, Money, TaskId, WorkerId

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

SEED = 20240229
VALUE = 10**9


def best_of(runs: int, work: Callable[[], object], clock: Callable[[], float]) -> float:
    """Return the shortest time of some runs, in seconds."""
    times: list[float] = []
    for _ in range(runs):
        start = clock()
        work()
        times.append(clock() - start)
    return min(times)


def table(workers: int, tasks: int) -> NDArray[np.int64]:
    """Return costs less values, uniform and in nano-units, with an outside option of zero."""
    draw = np.random.default_rng(SEED)
    costs = draw.integers(0, VALUE, (tasks, workers))
    values = draw.integers(VALUE // 2, VALUE, (tasks, 1))
    return np.hstack([costs - values, np.zeros((tasks, 1), dtype=np.int64)])


def unit_demand(size: int) -> str:
    """Measure n workers with one task each on n tasks with reserves."""
    costs = table(size, size)
    room = np.ones(size, dtype=np.int64)
    reduced = np.minimum(costs[:, :size], 0)
    floats = (reduced - reduced.min(axis=1, keepdims=True)).astype(np.float64)
    runs = 20 if size <= 300 else 3
    floor = best_of(runs, lambda: linear_sum_assignment(floats), perf_counter)

    def whole() -> None:
        dense.Potentials(costs, room, dense.optimum(costs, room))

    time = best_of(runs, whole, perf_counter)
    memory = 4 * costs.nbytes / 2**20
    return (
        f"| {size} | {floor * 1e3:.2f} | {time * 1e3:.2f} | {time / floor:.1f} |"
        f" {size * floor * 1e3:.0f} | {memory:.0f} |"
    )


def capacities(workers: int, tasks: int, room: int) -> str:
    """Measure workers with room for several tasks against one solve more per winner."""
    costs = table(workers, tasks)
    rooms = np.full(workers, room, dtype=np.int64)
    solve = best_of(2, lambda: dense.optimum(costs, rooms), perf_counter)
    holders = dense.optimum(costs, rooms)
    winners = sorted({int(holder) for holder in holders if holder != workers})

    def priced() -> None:
        potentials = dense.Potentials(costs, rooms, holders)
        for winner in winners:
            potentials.price(winner)

    time = best_of(2, priced, perf_counter)
    naive = solve * (len(winners) + 1)
    return (
        f"| {workers} | {tasks} | {room} | {solve * 1e3:.0f} | {(solve + time) * 1e3:.0f} |"
        f" {naive * 1e3:.0f} | {naive / (solve + time):.0f} |"
    )


def batch(bidders: int, lots: int) -> str:
    """Measure a batch without capacities, from bids to awards with their contracts, in CPU time."""
    draw = np.random.default_rng(SEED)
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
            cost=Money(int(draw.integers(0, VALUE // 2))),
            probability=float(draw.random()),
        )
        for lot in announcement.lots
        for member in announcement.participants
    ]
    mechanism = ContingentVcg(lambda report: -report * (1 - report), stake=Money(VALUE // 10))
    repeat = max(2_000 // (bidders * lots), 1)

    def clear() -> None:
        for _ in range(repeat):
            mechanism.clear(announcement, bids, {}, 0)

    time = best_of(20, clear, process_time) / repeat
    return f"| {bidders} | {lots} | {time * 1e6:.0f} | {time * 1e6 / lots:.1f} |"


def bundles(workers: int, tasks: int, each: int) -> str:
    """Measure XOR bundles of one to five tasks: winner determination, then all pivots."""
    draw = np.random.default_rng(SEED)
    packages: list[Package] = []
    for worker in range(workers):
        for _ in range(each):
            chosen = draw.permutation(tasks)[: draw.integers(1, 6)]
            score = int(draw.integers(VALUE // 2, VALUE, len(chosen)).sum())
            packages.append(Package(f"w{worker}", frozenset(f"t{task}" for task in chosen), score))
    solve = best_of(3, lambda: best_packages(packages), perf_counter)
    priced = best_of(1, lambda: solve_packages(packages), perf_counter)
    return f"| {workers} | {tasks} | {each} | {solve * 1e3:.0f} | {priced * 1e3:.0f} |"


def report() -> str:
    """Measure everything and return it as markdown tables."""
    tables = {
        "Unit demand, n workers x n tasks with reserves, every Clarke payment included:\n\n"
        "| n | one solve, ms | solve and all payments, ms | ratio | n re-solves, ms | MiB |": [
            unit_demand(size) for size in (100, 300, 1000, 2000)
        ],
        "Capacities, every Clarke payment included, against one re-solve per winner:\n\n"
        "| workers | tasks | room | one solve, ms | with payments, ms | re-solves, ms | ratio |": [
            capacities(*size) for size in ((60, 90, 2), (300, 635, 3), (600, 1002, 2))
        ],
        "XOR bundles by HiGHS with gap 0:\n\n"
        "| workers | tasks | bundles each | one solve, ms | with every pivot, ms |": [
            bundles(30, 30, 10)
        ],
        "A batch without capacities by `contingent-vcg`, bids to awards, CPU:\n\n"
        "| bidders | lots | us | us per lot |": [
            batch(*size) for size in ((5, 1), (10, 1), (5, 32), (10, 100))
        ],
    }
    return "\n\n".join(
        "\n".join([head, "|---" * (head.count("|") - 1) + "|", *rows])
        for head, rows in tables.items()
    )


if __name__ == "__main__":
    print(report())
